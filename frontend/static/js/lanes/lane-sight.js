// What of the lanes is in sight: beside what every picture knows, where the names end and the time begins.

import { keepSize, keptSize } from "../picture/zoom.js";
import { PictureSight } from "../picture/sight.js";

const SCALE = Object.freeze({ least: 2, most: 1e6 });

export class LaneSight extends PictureSight {
  side = 0; // width of the names
  #scale = keptSize("scale");

  /** Units per second, as somebody has chosen; null: as much as is usual. */
  get scale() {
    return this.#scale;
  }

  set scale(scale) {
    this.#scale = scale && Math.min(SCALE.most, Math.max(SCALE.least, scale));
    keepSize("scale", this.#scale);
  }

  /** Measure, and tell the sheet of an element what a unit is. */
  measure(/** @type {HTMLElement} */ element, /** @type {HTMLElement} */ names) {
    this.countIn(this.textUnit, element);
    this.side = names.offsetWidth / this.unit;
  }

  get left() {
    return this.viewport.left / this.unit;
  }

  /** Scroll so that a place stands at the left. */
  scrollTo(/** @type {number} */ left) {
    this.viewport.scrollTo({ left: Math.max(0, left) * this.unit });
  }
}
