// <see-view>: the See column: the diagram, the lanes of threads and the list are three pictures of
// the same events at the moment of the page. Asks for another one: "moment" {moment}; "show-call" comes
// from the pictures. With data-moment="given" the means to choose one are somewhere else.

import { LateNote } from "./late-note.js";
import { inFrame } from "../dom/frame.js";
import { number, t, tn } from "../words/i18n.js";
import { mainProgram } from "../model/lab-view.js";
import { at, LIVE, partOf, scrub, step } from "../model/moment.js";
import { keep, kept, ofPage } from "../dom/kept.js";
import { icon } from "../dom/svg.js";
import { ask, h, setAttribute, setText } from "../dom/markup.js";
import { FirstSteps } from "./first-steps.js";
import { SeePictures } from "./see-pictures.js";
import { TrackMarks } from "./track-marks.js";

const SLIDER_STEPS = 1000;
/** @import { History, Entry } from "../model/history.js" */
/** @import { Refused } from "../net/live-room.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { LabSummary } from "../model/types.d.ts" */
/** @import { Site } from "../picture/picture.js" */
/**
 * `hint` is what to do while there is nothing to see; null: nothing new.
 * `end` is the count of the history with which the take ends that is shown, `count` how much of the
 * history is known here.
 * @typedef {Omit<LabView, "active"> & {history: History, count: number, moment: Moment, end: number,
 *   lab: LabSummary, clockOffsetS: number, takesWishes: boolean, isKnown: boolean,
 *   refused: Refused, hint: string | null}} View
 */

// Where there is no room for words.
const SIGNS = Object.freeze({ pause: "M8 5v14M16 5v14", live: "M6 5l9 7-9 7M18 5v14" });

/** @type {Readonly<Record<string, number | undefined>>} */
const KEYS = { ",": -1, ".": 1, б: -1, ю: 1 };
/** On the slider. @type {typeof KEYS} */
const ARROWS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

export class SeeView extends HTMLElement {
  #pictures = new SeePictures({
    explain: (/** @type {any} */ item) => this.#explain(item),
    onadd: () => inFrame("draw", this.#timing),
  });
  /** @type {string | null} */
  #mode = null;
  #first = new FirstSteps();
  #odd = h("p", { class: "see__odd", role: "status", hidden: true });
  #isChosen = false; // whether a person has chosen the picture
  #moment = LIVE;
  #timing = () => this.#updateTime();
  #note = new LateNote();
  #words = h("span", { class: "see__words" }); // of #pause
  #sign = icon(SIGNS.pause, "icon see__sign");
  #pause = h("button", { class: "button see__pause", type: "button" }, this.#sign, this.#words);
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
    h("span", { class: "see__sign", "aria-hidden": "true" }, "›"),
    h("span", { class: "see__words" }, t("Step ›")),
  );
  #number = h("span", { class: "see__count", role: "status" });
  #slider = h("input", {
    class: "see__slider",
    type: "range",
    min: "0",
    max: String(SLIDER_STEPS),
    "aria-label": t("Moment"),
  });
  #marks = new TrackMarks();
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
        autocomplete: "off", // what the browser would bring back is not what is shown
        class: "visually-hidden",
        value: mode,
        onchange: () => {
          this.#isChosen = true;
          keep(this.#modeName, mode, "tab");
          this.#choose(mode);
        },
      });
      this.#choices.set(mode, input);
      this.#modes.append(h("label", { class: "see__mode" }, input, h("span", {}, words)));
    }
    this.#pause.addEventListener("click", () => this.#pauseOrGoOn());
    this.#back.addEventListener("click", () => this.#step(-1));
    this.#forth.addEventListener("click", () => this.#step(1));
    this.#slider.addEventListener("input", () => this.#slide());
    this.addEventListener("keydown", (event) => this.#key(event));
    const track = h("div", { class: "see__track" }, this.#marks.element, this.#slider);
    const time = [this.#pause, this.#back, this.#forth, track, h("take-bar")];
    this.append(
      h(
        "header",
        { class: "see__head" },
        this.#modes,
        this.#number,
        h("div", { class: "see__time" }, ...time),
      ),
      this.#first.element,
      this.#odd,
      this.#pictures.board,
    );
    this.#choose("text");
    this.#updateTime();
  }

  /** Light the calls of a line {run, file, line} in the pictures; null: of none. */
  set highlight(/** @type {Site | null} */ site) {
    this.#pictures.highlight = site;
  }

  /** Take the next entries of the history; `view` tells whose they are. */
  take(/** @type {readonly Entry[]} */ entries, /** @type {View} */ view) {
    this.#pictures.take(entries, view);
    inFrame("draw", this.#timing); // after the diagram, which knows its moments then
  }

  clear() {
    this.#moment = LIVE;
    this.#pictures.clear();
    this.#updateTime();
  }

  /** Show {history, moment, lab, main, runs, names, clockOffsetS, hint}. */
  update(/** @type {View} */ view) {
    // A lab without a network has nothing to draw but threads.
    const first = mainProgram(view.lab) === "demo" ? "lanes" : "text";
    if (!this.#isChosen) this.#choose(this.#keptMode ?? first);
    this.#pictures.update(view);
    this.#first.update(view);
    this.#tellOdd(view.history.unshown);
    if (view.moment !== this.#moment) {
      this.#moment = view.moment;
      this.#updateTime();
    }
  }

  #tellOdd(/** @type {number} */ count) {
    this.#odd.hidden = count === 0;
    if (count === 0) return;
    setText(
      this.#odd,
      tn("{n} event could not be shown.", "{n} events could not be shown.", count),
    );
  }

  get #modeName() {
    return ofPage("picture");
  }

  get #keptMode() {
    const mode = kept(this.#modeName, "tab");
    return this.#choices.has(mode) ? mode : null;
  }

  #choose(/** @type {string} */ mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#choices.get(mode).checked = true;
    this.#pictures.choose(mode);
    this.#first.picture = mode;
  }

  #pauseOrGoOn() {
    const last = this.#pictures.stops.at(-1);
    ask(this, "moment", { moment: this.#isLive && last ? at(last.t) : LIVE });
  }

  #step(/** @type {number} */ by) {
    ask(this, "moment", { moment: step(this.#moment, this.#pictures.stops, by) });
  }

  #slide() {
    const part = Number(this.#slider.value) / SLIDER_STEPS;
    ask(this, "moment", { moment: scrub(this.#pictures.track, part) });
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const by = KEYS[event.key] ?? (event.target === this.#slider ? ARROWS[event.key] : undefined);
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
    const stops = this.#pictures.stops;
    const none = stops.length === 0;
    const pause = this.#isLive ? t("Pause") : t("Live");
    setText(this.#words, pause);
    setAttribute(this.#pause, "title", pause);
    setAttribute(this.#sign.firstElementChild, "d", this.#isLive ? SIGNS.pause : SIGNS.live);
    setAttribute(this.#pause, "aria-pressed", String(!this.#isLive));
    for (const control of [this.#pause, this.#back, this.#slider]) control.disabled = none;
    this.#forth.disabled = none || this.#isLive;
    const { track } = this.#pictures;
    const { until } = this.#moment;
    const n = track.count;
    const words =
      until === null
        ? tn("{n} event", "{n} events", n)
        : tn("event {at} of {n}", "event {at} of {n}", n, { at: number(track.countAt(until)) });
    setText(this.#number, words);
    setAttribute(this.#slider, "aria-valuetext", until === null ? `${t("Live")}, ${words}` : words);
    if (this.dataset.moment !== "given") this.#marks.update(track);
    const value = String(Math.round(partOf(this.#moment, track) * SLIDER_STEPS));
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
