// What of the lanes is in sight, in units of the picture: 16 of them are a rem, so that the lanes grow with
// the text of the page. How many px a unit has is measured when the box changes, and nowhere else.

import { setStyle } from "../dom/markup.js";

/** @import { Viewport } from "../dom/viewport.js" */

const REM = 16; // units

export class LaneSight {
  unit = 1; // px
  side = 0; // width of the names
  #viewport;

  constructor(/** @type {Viewport} */ viewport) {
    this.#viewport = viewport;
  }

  /** Measure, and tell the sheet of an element what a unit is. */
  measure(/** @type {HTMLElement} */ element, /** @type {HTMLElement} */ names) {
    this.unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / REM;
    setStyle(element, "--unit", `${this.unit}px`);
    this.side = names.offsetWidth / this.unit;
  }

  get width() {
    return this.#viewport.width / this.unit;
  }

  get height() {
    return this.#viewport.height / this.unit;
  }

  get left() {
    return this.#viewport.left / this.unit;
  }

  get top() {
    return this.#viewport.top / this.unit;
  }

  /** Scroll so that a place stands at the left. */
  scrollTo(/** @type {number} */ left) {
    this.#viewport.scrollTo({ left: Math.max(0, left) * this.unit });
  }
}
