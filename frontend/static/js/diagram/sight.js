// What of the diagram is in sight: the layout counts in units that are a little less where there is little
// room, and more or less as somebody has made the picture larger or smaller.

import { keepSize, keptSize } from "../picture/zoom.js";
import { setAttribute } from "../dom/markup.js";
import { PictureSight } from "../picture/sight.js";

const NARROW_PX = 480; // with a rem of 16 px
const SMALLER = 0.9;

const ZOOM = Object.freeze({ least: 0.3, most: 3 });

export const HEAD = 60; // units: the height of the heads

export class Sight extends PictureSight {
  zoom = within(keptSize("zoom") ?? 1); // as many times the usual size
  /** @type {{at: number, y: number} | null} what stands at a height of the box, in px, until it is measured */
  #held = null;

  /** Measure, and tell the sheet of an element what a unit is. */
  measure(/** @type {HTMLElement} */ element) {
    const usual = this.textUnit;
    const isNarrow = this.viewport.width < NARROW_PX * usual;
    this.countIn((isNarrow ? usual * SMALLER : usual) * this.zoom, element);
    if (this.#held === null) return;
    const { at, y } = this.#held;
    this.#held = null;
    this.viewport.scrollTo({ top: Math.max(0, at * this.unit - y) });
  }

  /**
   * Be so many times as large from the next measuring on; what stands at `y` of the box stays there. Returns
   * whether that is another size: it may be as large, or small, as it gets.
   */
  zoomTo(/** @type {number} */ zoom, y = this.viewport.height / 2) {
    const before = this.zoom;
    this.zoom = within(zoom);
    if (this.zoom === before) return false;
    this.#held = { at: this.top + y / this.unit, y };
    keepSize("zoom", this.zoom === 1 ? null : this.zoom);
    return true;
  }

  /** Tell the sheet of an element on which sides a picture of so many units goes on out of sight. */
  tellBeyond(/** @type {number} */ width, /** @type {HTMLElement} */ element) {
    const { left, width: shown } = this.viewport;
    setAttribute(element, "data-before", left > 1 ? "" : null);
    setAttribute(element, "data-after", left + shown < width * this.unit - 1 ? "" : null);
  }

  /** Bring a place to the middle. */
  center(/** @type {number} */ y) {
    this.viewport.scrollTo({ top: Math.max(0, y - this.height / 2) * this.unit });
  }
}

const within = (/** @type {number} */ zoom) => Math.min(ZOOM.most, Math.max(ZOOM.least, zoom));
