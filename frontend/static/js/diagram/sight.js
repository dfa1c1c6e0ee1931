// What of the diagram is in sight, in units of the picture. The layout counts in these: 16 of them are
// a rem, so that everything in the picture grows with the text of the page; less where there is little
// room. How many px a unit has is measured when the box changes, and nowhere else.

import { setStyle } from "../dom/markup.js";

/** @import { Viewport } from "../dom/viewport.js" */

const REM = 16; // units
const NARROW_PX = 480; // with a rem of 16 px
const SMALLER = 0.9;

const ZOOM = Object.freeze({ least: 0.3, most: 3 });

export const HEAD = 60; // units: the height of the heads

export class Sight {
  unit = 1; // px
  zoom = 1; // as many times the usual size
  #viewport;
  /** @type {{at: number, y: number} | null} what stands at a height of the box, in px, until it is measured */
  #held = null;

  constructor(/** @type {Viewport} */ viewport) {
    this.#viewport = viewport;
  }

  /** Measure, and tell the sheet of an element what a unit is. */
  measure(/** @type {HTMLElement} */ element) {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / REM;
    this.unit = (this.#viewport.width < NARROW_PX * rem ? rem * SMALLER : rem) * this.zoom;
    setStyle(element, "--unit", `${this.unit}px`);
    if (this.#held === null) return;
    const { at, y } = this.#held;
    this.#held = null;
    this.#viewport.scrollTo({ top: Math.max(0, at * this.unit - y) });
  }

  /** Be so many times as large from the next measuring on; what stands at `y` of the box stays there. */
  zoomTo(/** @type {number} */ zoom, y = this.#viewport.height / 2) {
    this.#held = { at: this.top + y / this.unit, y };
    this.zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, zoom));
  }

  get width() {
    return this.#viewport.width / this.unit;
  }

  get height() {
    return this.#viewport.height / this.unit;
  }

  get top() {
    return this.#viewport.top / this.unit;
  }

  /** Bring a place to the middle. */
  center(/** @type {number} */ y) {
    this.#viewport.scrollTo({ top: Math.max(0, y - this.height / 2) * this.unit });
  }
}
