// <see-view>: the See column: the diagram, the lanes of threads and the list are three pictures of
// the same events at the moment of the page. Asks for another one: "moment" {moment}; "show-call" comes
// from the pictures. With data-moment="given" the means to choose one are somewhere else.
// The lanes and the list are loaded when they are first chosen.

import "../diagram/diagram-view.js";
import { loadLanesSheet, loadLateSheet } from "../dom/late-sheet.js";
import { LateNote } from "./late-note.js";
import { askForNames } from "./peer-asking.js";
import { inFrame } from "../dom/frame.js";
import { t, tn } from "../words/i18n.js";
import { mainProgram } from "../model/lab-view.js";
import { at, LIVE, partOf, scrub, step } from "../model/moment.js";
import { feed } from "../picture/feed.js";
import { ask, h, setAttribute, setText } from "../dom/markup.js";

const SLIDER_STEPS = 1000;
/** @import { History, Entry } from "../model/history.js" */
/** @import { Refused } from "../net/live-room.js" */
/** @import { EventList } from "./event-list.js" */
/** @import { ThreadLanes } from "../lanes/lane-view.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { LabSummary } from "../model/types.d.ts" */
/** @import { Site } from "../picture/picture.js" */
/** @import { Mode } from "../words/diagram-words.js" */
/**
 * `hint` is what to do while there is nothing to see; null: nothing new.
 * @typedef {Pick<LabView, "main" | "runs" | "names" | "owners"> & {history: History, moment: Moment,
 *   lab: LabSummary, clockOffsetS: number, takesWishes: boolean,
 *   refused: Refused, hint: string | null}} View
 */

/** @type {Readonly<Record<string, number | undefined>>} */
const KEYS = { ",": -1, ".": 1, б: -1, ю: 1 };

export class SeeView extends HTMLElement {
  #diagram = h("sequence-diagram");
  /** @type {ThreadLanes | null} */
  #lanes = null;
  /** @type {EventList | null} */
  #list = null;
  #late = h("div", { class: "see__late", role: "status" }); // stands where a picture will be
  #loading = new Set(); // modes
  /** @type {View | null} what was shown last */
  #view = null;
  /** @type {View | null} whose events came last */
  #whose = null;
  #told = 0; // the count of the history up to which events came
  /** @type {Site | null} */
  #highlight = null;
  /** @type {string | null} */
  #mode = null;
  #isChosen = false; // whether a person has chosen the picture
  #moment = LIVE;
  #count = 0;
  #names = "";
  #timing = () => this.#updateTime();
  #note = new LateNote();
  #pause = h("button", { class: "button see__pause", type: "button" });
  #back = h(
    "button",
    {
      class: "button button--icon",
      type: "button",
      "aria-keyshortcuts": ",",
      title: t("Step back (,)"),
      "aria-label": t("Step back"),
    },
    "‹",
  );
  #forth = h(
    "button",
    { class: "button", type: "button", "aria-keyshortcuts": ".", title: t("Step forward (.)") },
    t("Step ›"),
  );
  #number = h("span", { class: "see__count", role: "status" });
  #slider = h("input", {
    class: "see__slider",
    type: "range",
    min: "0",
    max: String(SLIDER_STEPS),
    "aria-label": t("Moment"),
  });
  #choices = new Map(); // mode → its radio button
  #modes = h("fieldset", { class: "see__modes" });

  connectedCallback() {
    if (this.firstChild) return;
    this.#modes.append(h("legend", { class: "visually-hidden" }, t("Picture")));
    for (const [mode, words] of [
      ["text", t("Text")],
      ["hex", "Hex"],
      ["calls", t("Calls")],
      ["lanes", t("Threads")],
      ["list", t("List")],
    ]) {
      const input = h("input", {
        type: "radio",
        name: "see-mode",
        class: "visually-hidden",
        value: mode,
        onchange: () => {
          this.#isChosen = true;
          this.#choose(mode);
        },
      });
      this.#choices.set(mode, input);
      this.#modes.append(h("label", { class: "see__mode" }, input, h("span", {}, words)));
    }
    this.#diagram.explain = (item) => this.#explain(item);
    this.#pause.addEventListener("click", () => this.#pauseOrGoOn());
    this.#back.addEventListener("click", () => this.#step(-1));
    this.#forth.addEventListener("click", () => this.#step(1));
    this.#slider.addEventListener("input", () => this.#slide());
    this.addEventListener("keydown", (event) => this.#key(event));
    askForNames(this.#diagram);
    this.append(
      h(
        "header",
        { class: "see__head" },
        h("div", { class: "see__time" }, this.#pause, this.#back, this.#forth, this.#number),
        this.#modes,
        this.#slider,
      ),
      this.#diagram,
      this.#late,
    );
    this.#choose("text");
    this.#updateTime();
  }

  /** Light the calls of a line {run, file, line} in the pictures; null: of none. */
  set highlight(/** @type {Site | null} */ site) {
    this.#highlight = site;
    for (const picture of this.#pictures) picture.highlight = site;
  }

  /** Take the next entries of the history; `view` tells whose they are. */
  take(/** @type {readonly Entry[]} */ entries, /** @type {View} */ view) {
    this.#name(view);
    this.#whose = view;
    this.#told = view.moment.count ?? view.history.count;
    this.#count += feed(this.#pictures, entries, view);
    inFrame("draw", this.#timing); // after the diagram, which knows its moments then
  }

  clear() {
    this.#count = 0;
    this.#told = 0;
    this.#moment = LIVE;
    for (const each of [...this.#pictures, this.#list]) each?.clear();
    this.#updateTime();
  }

  /** Show {history, moment, lab, main, runs, names, clockOffsetS, hint}. */
  update(/** @type {View} */ view) {
    this.#view = view;
    this.#name(view);
    // A lab without a network has nothing to draw but threads.
    if (!this.#isChosen) this.#choose(mainProgram(view.lab) === "demo" ? "lanes" : "text");
    if (view.moment !== this.#moment) {
      this.#moment = view.moment;
      for (const picture of this.#pictures) picture.until = view.moment.until;
      this.#updateTime();
    }
    if (view.hint !== null) for (const picture of this.#pictures) picture.hint = view.hint;
    this.#list?.update(view);
  }

  #name(/** @type {View} */ view) {
    const names = [...view.names].flat().join("\n");
    if (names !== this.#names) {
      this.#names = names;
      this.#diagram.names = view.names;
    }
    const canName = view.takesWishes && view.refused.name_peer === undefined;
    this.#diagram.toggleAttribute("data-can-name", canName);
    for (const picture of this.#pictures) picture.clockOffsetS = view.clockOffsetS;
  }

  #choose(/** @type {string} */ mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#choices.get(mode).checked = true;
    this.#diagram.hidden = mode === "lanes" || mode === "list";
    if (this.#lanes) this.#lanes.hidden = mode !== "lanes";
    if (this.#list) this.#list.hidden = mode !== "list"; // its box hears that it is in sight, and is filled then
    if (!this.#diagram.hidden) this.#diagram.mode = /** @type {Mode} */ (mode);
    const isThere =
      mode === "lanes" ? this.#lanes !== null : mode === "list" ? this.#list !== null : true;
    this.#late.hidden = isThere;
    if (!isThere) this.#bring(mode);
  }

  async #bring(/** @type {string} */ mode) {
    if (this.#loading.has(mode)) return;
    this.#loading.add(mode);
    setText(this.#late, "");
    try {
      await (mode === "lanes"
        ? Promise.all([import("../lanes/lane-view.js"), loadLanesSheet()])
        : Promise.all([import("./event-list.js"), loadLateSheet()]));
    } catch (error) {
      this.#loading.delete(mode); // some browsers try again when it is chosen again
      setText(this.#late, t("This picture could not be loaded. Reload the page."));
      throw error;
    }
    if (mode === "lanes") this.#addLanes();
    else this.#addList();
    this.#late.hidden ||= this.#mode === mode;
  }

  // It draws what the diagram has heard so far.
  #addLanes() {
    const lanes = h("thread-lanes");
    this.#lanes = lanes;
    lanes.hidden = this.#mode !== "lanes";
    lanes.explain = (item) => this.#explain(item);
    this.#late.before(lanes);
    lanes.highlight = this.#highlight;
    if (this.#view && this.#view.hint !== null) lanes.hint = this.#view.hint;
    if (this.#whose) {
      lanes.clockOffsetS = this.#whose.clockOffsetS;
      feed([lanes], this.#whose.history.between(0, this.#told), this.#whose);
    }
    lanes.until = this.#moment.until;
  }

  #addList() {
    const list = h("event-list");
    this.#list = list;
    list.hidden = this.#mode !== "list";
    this.#late.before(list);
    if (this.#view) list.update(this.#view);
  }

  get #pictures() {
    return this.#lanes ? [this.#diagram, this.#lanes] : [this.#diagram];
  }

  // The moments that one can go to: where something is drawn.
  get #stops() {
    return this.#diagram.stops;
  }

  #pauseOrGoOn() {
    const last = this.#stops.at(-1);
    ask(this, "moment", { moment: this.#isLive && last ? at(last.t) : LIVE });
  }

  #step(/** @type {number} */ by) {
    ask(this, "moment", { moment: step(this.#moment, this.#stops, by) });
  }

  #slide() {
    const part = Number(this.#slider.value) / SLIDER_STEPS;
    ask(this, "moment", { moment: scrub(this.#stops, part) });
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const by = KEYS[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target);
    if (target.matches("input:not([type=range], [type=radio]), textarea, select")) return;
    event.preventDefault();
    this.#step(by);
  }

  get #isLive() {
    return this.#moment.until === null;
  }

  #updateTime() {
    const stops = this.#stops;
    const none = stops.length === 0;
    setText(this.#pause, this.#isLive ? t("Pause") : t("Live"));
    setAttribute(this.#pause, "aria-pressed", String(!this.#isLive));
    for (const control of [this.#pause, this.#back, this.#forth, this.#slider]) {
      control.disabled = none;
    }
    this.#forth.disabled ||= this.#isLive;
    setText(this.#number, tn("{n} event", "{n} events", this.#count));
    const value = String(Math.round(partOf(this.#moment, stops) * SLIDER_STEPS));
    if (this.#slider.value !== value) this.#slider.value = value;
  }

  #explain(/** @type {any} */ item) {
    const event =
      item?.events?.findLast?.((/** @type {any} */ each) => each.error) ?? item?.events?.at(-1);
    if (!event) return null;
    this.#note.tell(event);
    return this.#note.element;
  }
}

customElements.define("see-view", SeeView);
