// <lab-catalogue>: finds labs by typing, and shows on their cards what runs in the room.

/** @import { Told } from "../net/timeline.js" */

import { readRoom, stopRun } from "../net/api.js";
import { runStateDot } from "../words/format.js";
import { reconcile } from "../dom/list.js";
import { find, findAll, on, setText } from "../dom/markup.js";
import { hasEnded, initial, merge, reduceAll } from "../model/room-state.js";
import { visible } from "../model/text.js";
import { Timeline, timelineUrl } from "../net/timeline.js";

const RETRY_MS = 3000;

class LabCatalogue extends HTMLElement {
  #page;
  #state = null;
  #stations;
  #filter;

  connectedCallback() {
    if (this.#stations) return;
    this.#page = JSON.parse(document.getElementById("page").textContent);
    this.#stations = findAll(this, ".station");
    this.#filter = this.querySelector("#filter");
    this.#filter.addEventListener("input", () => this.#find());
    this.#filter.addEventListener("keydown", (event) => this.#filterKey(event));
    document.addEventListener("keydown", (event) => this.#slash(event));
    this.querySelector(".running").addEventListener("click", (event) => this.#stop(event));
    this.#find();
    this.#follow();
  }

  #find() {
    const words = plain(this.#filter.value).split(/\s+/).filter(Boolean);
    for (const station of this.#stations) {
      const text = plain(station.dataset.words);
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

  get #found() {
    return this.#stations.filter((station) => !station.hidden);
  }

  #filterKey(event) {
    if (event.key === "Escape") {
      this.#filter.value = "";
      this.#find();
    }
    if (event.key === "Enter" && this.#filter.value) this.#found[0]?.querySelector("a").click();
  }

  #slash(event) {
    const typing = event.target.closest("input, textarea, select");
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
    on(timeline, "status", (/** @type {Told["status"]} */ { state }) => {
      if (state !== "connecting") this.#lost(state === "lost");
    });
    timeline.start(room.last_seq);
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

  #lost(lost) {
    find(this, ".running-lost").hidden = !lost;
  }

  #update(state) {
    this.#state = state;
    const runs = [...state.runs.values()].filter((run) => !hasEnded(run));
    for (const station of this.#stations) this.#updateStation(station, runs);
    find(this, ".running-none").hidden = runs.length > 0;
    reconcile(this.querySelector(".running-list"), runs, {
      key: (run) => run.id,
      create: (run) => this.#createItem(run),
      update: updateItem,
    });
  }

  #updateStation(station, runs) {
    const here = runs.filter((run) => run.lab === station.dataset.lab);
    station.classList.toggle("is-live", here.length > 0);
    station.querySelector(".station-address").hidden = here.some((run) => run.port);
    const live = station.querySelector(".station-live");
    live.hidden = here.length === 0;
    setText(live, here.map(addressOf).filter(Boolean).join(" ") || live.dataset.word);
  }

  #createItem(run) {
    /** @type {HTMLTemplateElement} */
    const template = this.querySelector("#running-item");
    const item = /** @type {HTMLElement} */ (template.content.firstElementChild.cloneNode(true));
    /** @type {HTMLAnchorElement} */
    const link = item.querySelector(".running-lab");
    const station = this.#stations.find((each) => each.dataset.lab === run.lab)?.querySelector("a");
    link.href = station?.href ?? "";
    link.textContent = visible(station?.textContent ?? run.lab ?? "");
    item.dataset.run = run.id;
    return item;
  }

  async #stop(event) {
    const button = event.target.closest(".running-stop");
    if (!button) return;
    button.disabled = true;
    try {
      await stopRun(this.#page.room, button.closest("[data-run]").dataset.run);
    } catch (error) {
      button.disabled = false;
      button.closest("[data-run]").querySelector(".running-address").textContent = visible(
        error.message,
      );
    }
  }
}

function updateItem(item, run) {
  item.querySelector(".dot").className = runStateDot(run.state);
  setText(item.querySelector(".running-address"), addressOf(run) || `${run.program}.py`);
}

const addressOf = (run) => (run.port ? `${run.host}:${run.port}` : "");

const plain = (text) => text.toLowerCase().replaceAll("ё", "е");

customElements.define("lab-catalogue", LabCatalogue);
