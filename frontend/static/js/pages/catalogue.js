// <lab-catalogue>: finds labs by typing, and shows on their cards what runs in the room.

/** @import { Refused } from "../net/live-room.js" */
/** @import { Told } from "../net/timeline.js" */

import "../elements/connection-bar.js";
import { readRoom, stopRun } from "../net/api.js";
import { runStateDot } from "../words/format.js";
import { reconcile } from "../dom/list.js";
import { find, findAll, h, notYet, on, setText } from "../dom/markup.js";
import { fileOf } from "../model/new-run.js";
import { hasEnded, initial, merge, reduceAll } from "../model/room-state.js";
import { visible } from "../model/text.js";
import { Timeline, timelineUrl } from "../net/timeline.js";

const RETRY_MS = 3000;

/** @import { Run, State } from "../model/room-state.js" */

class LabCatalogue extends HTMLElement {
  /** @type {any} */
  #page = notYet();
  #state = initial();
  /** @type {HTMLElement[] | null} */
  #known = null;
  /** @type {Refused} */
  #refused = {};
  /** @type {HTMLInputElement} */
  #filter = notYet();

  connectedCallback() {
    if (this.#known) return;
    this.#page = JSON.parse(find(document, "#page").textContent);
    this.#known = findAll(this, ".station");
    this.#filter = /** @type {HTMLInputElement} */ (find(this, "#filter"));
    this.#filter.addEventListener("input", () => this.#find());
    this.#filter.addEventListener("keydown", (event) => this.#filterKey(event));
    document.addEventListener("keydown", (event) => this.#slash(event));
    find(this, ".running").addEventListener("click", (event) => this.#stop(event));
    this.#find();
    if (this.#page.hosted) this.#enterClass();
    else this.#follow();
  }

  async #enterClass() {
    const { enter, refusedIn } = await import("../elements/classroom.js");
    const mine = await enter(this.#page, { lost: (lost) => this.#lost(lost) });
    const allow = () => {
      this.#refused = refusedIn(mine, this.#page.permissions);
      for (const item of findAll(this, ".running-item")) this.#allow(item);
    };
    mine.addEventListener("change", allow);
    allow();
    if (mine.may("manage")) {
      const { showBrokenLabs } = await import("../elements/broken-labs.js");
      showBrokenLabs(find(this, ".broken"), this.#page.room);
    }
    mine.follow(await this.#follow());
  }

  #find() {
    const words = plain(this.#filter.value).split(/\s+/).filter(Boolean);
    for (const station of this.#stations) {
      const text = plain(station.dataset.words ?? "");
      station.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of findAll(this, ".group")) {
      group.hidden = !group.querySelector(".station:not([hidden])");
    }
    const found = this.#found.length;
    find(this, ".catalogue-none").hidden = found > 0;
    const result = find(this, "#filter-result");
    setText(result, words.length ? `${result.dataset.found} ${found}` : "");
  }

  get #stations() {
    return this.#known ?? [];
  }

  get #found() {
    return this.#stations.filter((station) => !station.hidden);
  }

  #filterKey(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape") {
      this.#filter.value = "";
      this.#find();
    }
    if (event.key === "Enter" && this.#filter.value) this.#found[0]?.querySelector("a")?.click();
  }

  #slash(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {Element} */ (event.target);
    const typing = target.closest("input, textarea, select");
    const slash = event.key === "/" || (event.code === "Slash" && event.key === "."); // ЙЦУКЕН
    if (!slash || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#filter.focus();
    this.#filter.select();
  }

  async #follow() {
    const room = await this.#readRoom();
    this.#update(initial(room));
    const timeline = new Timeline({ url: timelineUrl(this.#page.room), epoch: room.epoch });
    on(timeline, "events", (/** @type {Told["events"]} */ { events }) =>
      this.#update(reduceAll(this.#state, events)),
    );
    on(timeline, "gap", async (/** @type {Told["gap"]} */ { restarted, epoch }) => {
      if (restarted) this.#update(initial(null, epoch));
      this.#update(merge(this.#state, await this.#readRoom()));
    });
    const bar = h("connection-bar");
    document.body.append(bar);
    on(timeline, "status", (/** @type {Told["status"]} */ status) => {
      if (status.state !== "connecting") this.#lost(status.state === "lost");
      const { state } = status; // what is lost is said above, but not why
      if (state === "live" || (state === "lost" && status.ended)) bar.update(status);
    });
    timeline.start(room.last_seq);
    return timeline;
  }

  async #readRoom() {
    while (true) {
      try {
        return await readRoom(this.#page.room);
      } catch {
        this.#lost(true);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #lost(/** @type {boolean} */ lost) {
    find(this, ".running-lost").hidden = !lost;
  }

  #update(/** @type {State} */ state) {
    this.#state = state;
    const runs = [...state.runs.values()].filter((run) => !hasEnded(run));
    for (const station of this.#stations) this.#updateStation(station, runs);
    find(this, ".running-none").hidden = runs.length > 0;
    reconcile(find(this, ".running-list"), runs, {
      key: (run) => run.id,
      create: (run) => this.#createItem(run),
      update: (item, run) => this.#updateItem(item, run),
    });
  }

  #updateStation(/** @type {HTMLElement} */ station, /** @type {Run[]} */ runs) {
    const here = runs.filter((run) => run.lab === station.dataset.lab);
    station.classList.toggle("is-live", here.length > 0);
    find(station, ".station-address").hidden = here.some((run) => run.port);
    const live = find(station, ".station-live");
    live.hidden = here.length === 0;
    setText(live, here.map(addressOf).filter(Boolean).join(" ") || (live.dataset.word ?? ""));
  }

  #createItem(/** @type {Run} */ run) {
    const template = /** @type {HTMLTemplateElement} */ (find(this, "#running-item"));
    const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const link = /** @type {HTMLAnchorElement} */ (find(item, ".running-lab"));
    const station = this.#stations.find((each) => each.dataset.lab === run.lab)?.querySelector("a");
    link.href = station?.href ?? "";
    link.textContent = visible(station?.textContent ?? run.lab ?? "");
    item.dataset.run = run.id;
    return item;
  }

  #updateItem(/** @type {HTMLElement} */ item, /** @type {Run} */ run) {
    find(item, ".dot").className = runStateDot(run.state);
    setText(find(item, ".running-address"), addressOf(run) || fileOf(run));
    this.#allow(item);
  }

  #allow(/** @type {HTMLElement} */ item) {
    const stop = /** @type {HTMLButtonElement} */ (find(item, ".running-stop"));
    stop.disabled = this.#refused.stop !== undefined;
    stop.title = this.#refused.stop ?? "";
  }

  async #stop(/** @type {MouseEvent} */ event) {
    const target = /** @type {Element} */ (event.target);
    /** @type {HTMLButtonElement | null} */
    const button = target.closest(".running-stop");
    /** @type {HTMLElement | null | undefined} */
    const item = button?.closest("[data-run]");
    if (!button || !item) return;
    button.disabled = true;
    try {
      await stopRun(this.#page.room, item.dataset.run ?? "");
    } catch (error) {
      button.disabled = false;
      const { message } = /** @type {Error} */ (error);
      find(item, ".running-address").textContent = visible(message);
    }
  }
}

const addressOf = (/** @type {Run} */ run) => (run.port ? `${run.host}:${run.port}` : "");

const plain = (/** @type {string} */ text) => text.toLowerCase().replaceAll("ё", "е");

customElements.define("lab-catalogue", LabCatalogue);
