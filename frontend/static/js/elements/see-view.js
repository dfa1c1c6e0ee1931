// <see-view>: the See column: the diagram, the lanes of threads and the list are three pictures of
// the same events, with one moment for all of them: live, or where somebody has paused.
// Tells: "moment" {until} when the moment changes; "show-call" comes from the pictures.

import "../diagram/diagram-view.js";
import "./event-list.js";
import "./explain-note.js";
import "../lanes/lane-view.js";
import { inFrame } from "../dom/frame.js";
import { t, tn } from "../words/i18n.js";
import { belongsHere, mainProgram } from "../model/lab-view.js";
import { ask, h, setAttribute, setText } from "../dom/markup.js";

const SLIDER_STEPS = 1000;
const KEYS = { ",": -1, ".": 1, б: -1, ю: 1 };

export class SeeView extends HTMLElement {
  #diagram = h("sequence-diagram");
  #lanes = h("thread-lanes");
  #list = h("event-list");
  /** @type {string | null} */
  #mode = null;
  #isChosen = false; // whether a person has chosen the picture
  #count = 0;
  #names = "";
  #timing = () => this.#updateTime();
  #note = h("explain-note");
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
  #told = h("span", { class: "see__count", role: "status" });
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
    for (const picture of [this.#diagram, this.#lanes]) {
      picture.explain = (item) => this.#explain(item);
    }
    this.#pause.addEventListener("click", () => this.#moveTo(this.isLive ? this.#last : null));
    this.#back.addEventListener("click", () => this.#step(-1));
    this.#forth.addEventListener("click", () => this.#step(1));
    this.#slider.addEventListener("input", () => this.#slide());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.append(
      h(
        "header",
        { class: "see__head" },
        h("div", { class: "see__time" }, this.#pause, this.#back, this.#forth, this.#told),
        this.#modes,
        this.#slider,
      ),
      this.#diagram,
      this.#lanes,
      this.#list,
    );
    this.#choose("text");
    this.#updateTime();
  }

  /** Whether the present is shown, and not a moment that somebody chose. */
  get isLive() {
    return this.#diagram.until === null;
  }

  /** The moment that is shown, null for the present. */
  get until() {
    return this.#diagram.until;
  }

  /** Show a moment that somebody else keeps (the replay); the means to choose one go away. */
  set until(time) {
    this.dataset.moment = "given";
    for (const picture of [this.#diagram, this.#lanes]) {
      picture.hint = t("Press play, or → for the first event.");
    }
    this.#diagram.until = time;
    this.#lanes.until = time;
  }

  /** Light the calls of a line {run, file, line} in the pictures; null: of none. */
  set highlight(site) {
    this.#diagram.highlight = site;
    this.#lanes.highlight = site;
  }

  take(events, view) {
    this.#name(view);
    const ours = events.filter((event) => belongsHere(event, view));
    if (ours.length > 0) {
      this.#count += ours.length;
      this.#diagram.take(ours);
      this.#lanes.take(ours);
    }
    this.#list.take(events, view);
    inFrame("place", this.#timing); // the diagram knows its moments once it has drawn them
  }

  missed(gap) {
    this.#diagram.missed(gap.missed);
    this.#lanes.missed(gap.missed);
    this.#list.missed(gap);
  }

  clear() {
    this.#count = 0;
    for (const picture of [this.#diagram, this.#lanes, this.#list]) picture.clear();
    this.#updateTime();
  }

  update(view) {
    this.#name(view);
    // A lab without a network has nothing to draw but threads.
    if (!this.#isChosen) this.#choose(mainProgram(view.lab) === "demo" ? "lanes" : "text");
    this.#list.update(view);
  }

  #name(view) {
    const names = JSON.stringify([...view.names]);
    if (names !== this.#names) {
      this.#names = names;
      this.#diagram.names = view.names;
    }
    for (const picture of [this.#diagram, this.#lanes]) picture.clockOffsetS = view.clockOffsetS;
  }

  #choose(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#choices.get(mode).checked = true;
    this.#diagram.hidden = mode === "lanes" || mode === "list";
    this.#lanes.hidden = mode !== "lanes";
    this.#list.hidden = mode !== "list";
    if (!this.#diagram.hidden) this.#diagram.mode = mode;
  }

  get #last() {
    return this.#diagram.span.last;
  }

  #moveTo(time) {
    this.#diagram.until = time;
    this.#lanes.until = time;
    this.#updateTime();
    ask(this, "moment", { until: time });
  }

  #step(by) {
    this.#diagram.step(by);
    this.#moveTo(this.#diagram.until);
  }

  #slide() {
    const { first, last } = this.#diagram.span;
    if (first === null) return;
    const part = Number(this.#slider.value) / SLIDER_STEPS;
    this.#moveTo(part >= 1 ? null : first + part * (last - first));
  }

  #key(event) {
    const by = KEYS[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=range], [type=radio]), textarea, select")) return;
    event.preventDefault();
    this.#step(by);
  }

  #updateTime() {
    const { first, last } = this.#diagram.span;
    const none = first === null;
    setText(this.#pause, this.isLive ? t("Pause") : t("Live"));
    setAttribute(this.#pause, "aria-pressed", String(!this.isLive));
    for (const control of [this.#pause, this.#back, this.#forth, this.#slider]) {
      control.disabled = none;
    }
    this.#forth.disabled ||= this.isLive;
    setText(this.#told, tn("{n} event", "{n} events", this.#count));
    const part = this.isLive || last === first ? 1 : (this.until - first) / (last - first);
    this.#slider.value = String(Math.round(part * SLIDER_STEPS));
  }

  #explain(item) {
    const event = item?.events?.findLast?.((each) => each.error) ?? item?.events?.at(-1);
    if (!event) return null;
    this.#note.update(event, { transport: event.transport });
    return this.#note;
  }
}

customElements.define("see-view", SeeView);
