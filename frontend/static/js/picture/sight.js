// What of a picture is in sight, in units: 16 of them are a rem, so that the picture grows with the text of
// the page. How many px a unit has is measured when the box changes, and nowhere else.

import { setStyle } from "../dom/markup.js";

/** @import { Viewport } from "../dom/viewport.js" */

const REM = 16; // units

export class PictureSight {
  unit = 1; // px
  viewport;

  constructor(/** @type {Viewport} */ viewport) {
    this.viewport = viewport;
  }

  /** What a unit is by the text of the page, in px. */
  get textUnit() {
    return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / REM;
  }

  /** Count in units of so many px, and tell the sheet of an element. */
  countIn(/** @type {number} */ unit, /** @type {HTMLElement} */ element) {
    this.unit = unit;
    setStyle(element, "--unit", `${unit}px`);
  }

  get width() {
    return this.viewport.width / this.unit;
  }

  get height() {
    return this.viewport.height / this.unit;
  }

  get top() {
    return this.viewport.top / this.unit;
  }
}
