// <playback-bar>: plays a recording like a film: play and pause, one event back and forward, speed,
// and a scrubber with a mark for each event.
// Asks for: "playback-play" {playing}, "playback-step" {by}, "playback-seek" {time},
// "playback-speed" {speed}, "playback-skip" {skip}.

import { clockTime, number, t, tn } from "../words/i18n.js";
import { ask, h, notYet, setAttribute, setText } from "../dom/markup.js";
import { SPEEDS } from "../model/playback.js";
import { TimeTrack } from "../model/time-track.js";
import { icon } from "../dom/svg.js";
import { TrackMarks } from "./track-marks.js";

const SLIDER_STEPS = 10_000;
const TENTHS = Object.freeze({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const PATHS = {
  play: "M7 5v14l12-7Z",
  pause: "M8 5v14M16 5v14",
  back: "M17 6l-7 6 7 6M7 6v12",
  forward: "M7 6l7 6-7 6M17 6v12",
};

/** @import { RoomEvent } from "../model/types.d.ts" */
/**
 * Times are seconds on the clock of the events.
 * @typedef {{events: readonly RoomEvent[], start: number, end: number, time: number, count: number,
 *   first: number, speed: number, playing: boolean, skipsWaits: boolean}} View
 */

export class PlaybackBar extends HTMLElement {
  #back = iconButton("back", t("One event back (←)"), "ArrowLeft");
  #play = iconButton("play", t("Play (space)"), "Space");
  #forward = iconButton("forward", t("One event forward (→)"), "ArrowRight");
  #slider = h("input", {
    class: "playback__slider",
    type: "range",
    min: "0",
    max: SLIDER_STEPS,
    step: "1",
    value: "0",
    "aria-label": t("Place in the recording"),
  });
  #marks = new TrackMarks();
  #track = new TimeTrack();
  #time = h("output", { class: "playback__time" });
  #count = h("span", { class: "playback__count" });
  #clock = h("span", { class: "playback__clock" });
  #speed = h("select", { class: "field playback__speed", "aria-label": t("Speed") });
  #skip = h("input", { type: "checkbox" });
  /** @type {readonly RoomEvent[] | null} */
  #marked = null; // the events whose marks are drawn
  /** @type {View} */
  #view = notYet();

  connectedCallback() {
    if (this.firstChild) return;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", t("Playback"));
    this.#back.addEventListener("click", () => ask(this, "playback-step", { by: -1 }));
    this.#forward.addEventListener("click", () => ask(this, "playback-step", { by: 1 }));
    this.#play.addEventListener("click", () =>
      ask(this, "playback-play", { playing: !this.#view.playing }),
    );
    this.#slider.addEventListener("input", () => this.#seek());
    this.#speed.addEventListener("change", () =>
      ask(this, "playback-speed", { speed: Number(this.#speed.value) }),
    );
    this.#skip.addEventListener("change", () =>
      ask(this, "playback-skip", { skip: this.#skip.checked }),
    );
    for (const speed of SPEEDS) {
      this.#speed.append(h("option", { value: speed }, `${number(speed)}×`));
    }
    this.append(
      h("div", { class: "playback__keys" }, this.#back, this.#play, this.#forward),
      h("div", { class: "playback__track" }, this.#marks.element, this.#slider),
      h("div", { class: "playback__where" }, this.#time, this.#count, this.#clock),
      this.#speed,
      h("label", { class: "playback__skip" }, this.#skip, h("span", {}, t("Skip long waits"))),
    );
  }

  /** Show where the recording is; `clockOffsetS` makes of its time that on the wall. */
  update(/** @type {View} */ view, /** @type {{clockOffsetS: number}} */ { clockOffsetS }) {
    this.#view = view;
    const { events, start, end, time, count, first, playing } = view;
    const label = playing ? t("Pause (space)") : t("Play (space)");
    setAttribute(this.#play, "aria-label", label);
    setAttribute(this.#play, "title", label);
    setAttribute(this.#play.querySelector("path"), "d", playing ? PATHS.pause : PATHS.play);
    this.#play.classList.toggle("is-playing", playing);
    setAttribute(this.#back, "aria-disabled", count === first ? "true" : null);
    setAttribute(this.#forward, "aria-disabled", count === events.length ? "true" : null);
    const here = `${duration(time - start)} / ${duration(end - start)}`;
    const events_ = tn("event {at} of {n}", "event {at} of {n}", events.length - first, {
      at: number(count - first),
    });
    setText(this.#time, here);
    setText(this.#count, events_);
    setText(this.#clock, clockTime(time + clockOffsetS));
    if (this.#marked !== events) {
      this.#marked = events;
      this.#track = new TimeTrack(events.slice(first).map((event) => event.t));
      this.#marks.update(this.#track);
    }
    const value = this.#track.partOf(time) * SLIDER_STEPS;
    if (Number(this.#slider.value) !== Math.round(value)) {
      this.#slider.value = String(Math.round(value));
    }
    this.style.setProperty("--done", String(value / SLIDER_STEPS));
    setAttribute(this.#slider, "aria-valuetext", `${here}, ${events_}`);
    if (this.#speed.value !== String(view.speed)) this.#speed.value = String(view.speed);
    this.#skip.checked = view.skipsWaits;
  }

  #seek() {
    const time = this.#track.timeAt(Number(this.#slider.value) / SLIDER_STEPS);
    ask(this, "playback-seek", { time });
  }
}

/** Write a length of time: 0:04.2, 12:30.0. */
function duration(/** @type {number} */ seconds) {
  const minutes = Math.floor(seconds / 60);
  const tenths = Math.trunc((seconds - minutes * 60) * 10) / 10;
  return `${minutes}:${number(tenths, TENTHS).padStart(4, "0")}`;
}

function iconButton(
  /** @type {keyof typeof PATHS} */ name,
  /** @type {string} */ label,
  /** @type {string} */ shortcut,
) {
  return h(
    "button",
    {
      class: `button playback__${name}`,
      type: "button",
      title: label,
      "aria-label": label,
      "aria-keyshortcuts": shortcut,
    },
    icon(PATHS[name]),
  );
}

customElements.define("playback-bar", PlaybackBar);
