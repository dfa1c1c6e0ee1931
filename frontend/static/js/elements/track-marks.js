// The marks along a slider of time: a tick for each event, dots where nothing happened for long.

import { setAttribute } from "../dom/markup.js";
import { svg } from "../dom/svg.js";

/** @import { TimeTrack } from "../model/time-track.js" */

const PLACES = 600;
const HEIGHT = 10;

export class TrackMarks {
  #events = svg("path", { "vector-effect": "non-scaling-stroke" });
  #silences = svg("path", { class: "track-marks__silence", "vector-effect": "non-scaling-stroke" });
  element = svg("svg", {
    class: "track-marks",
    viewBox: `0 0 ${PLACES} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  /** @type {TimeTrack | null} */
  #track = null;
  #version = -1;

  constructor() {
    this.element.append(this.#events, this.#silences);
  }

  /** Show the marks of a track; without a change this costs nothing. */
  update(/** @type {TimeTrack} */ track) {
    if (track === this.#track && track.version === this.#version) return;
    this.#track = track;
    this.#version = track.version;
    const events = track.marks(PLACES).map((at) => `M${at} 0V${HEIGHT}`);
    const silences = track.silences.map(
      ([from, to]) => `M${place(from) + 1} ${HEIGHT / 2}H${place(to)}`,
    );
    setAttribute(this.#events, "d", events.join(""));
    setAttribute(this.#silences, "d", silences.join(""));
  }
}

const place = (/** @type {number} */ part) => Math.round(part * PLACES);
