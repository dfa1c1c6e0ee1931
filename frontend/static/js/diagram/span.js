// A span of time that somebody selects in the diagram, from one row to another: with Shift and the mouse,
// or with Shift and the arrow keys. How long it is stands below the picture.

import { HEAD } from "./sight.js";
import { duration } from "../words/diagram-words.js";
import { t } from "../words/i18n.js";
import { h, setAttribute, setText } from "../dom/markup.js";
import { firstWhere } from "../model/sorted.js";
import { svg } from "../dom/svg.js";

/** @import { DiagramLayout } from "./diagram-layout.js" */
/** @import { Sight } from "./sight.js" */
/** @typedef {{box: HTMLElement, draw(): void}} Drawn */

const KEYS = Object.freeze({ ArrowDown: 1, ArrowUp: -1 });

export class Span {
  band = svg("rect", { class: "diagram__span", x: 0, visibility: "hidden" });
  words = h("span", { class: "diagram__length", role: "status" });
  #picture;
  #sight;
  #layout;
  /** @type {{from: number, to: number} | null} two times */
  #times = null;
  /** @type {DiagramLayout | null} in which it was selected */
  #of = null;

  /**
   * @param {Drawn} picture
   * @param {Sight} sight
   * @param {() => DiagramLayout} layout
   */
  constructor(picture, sight, layout) {
    this.#picture = picture;
    this.#sight = sight;
    this.#layout = layout;
    const { box } = picture;
    box.addEventListener("pointerdown", (event) => {
      if (!event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      box.setPointerCapture(event.pointerId); // what it is let go over is not picked
      const time = this.#timeAt(event.clientY);
      this.#select(time, time);
    });
    box.addEventListener("pointermove", ({ pointerId, clientY }) => {
      if (this.#times === null || !box.hasPointerCapture(pointerId)) return;
      this.#select(this.#times.from, this.#timeAt(clientY));
    });
    box.addEventListener("keydown", (event) => this.#press(event), { capture: true });
  }

  /** Show it where it is. */
  paint(/** @type {DiagramLayout} */ layout) {
    if (layout !== this.#of) this.#times = null; // another take
    this.#of = layout;
    const { from, to } = this.#times ?? { from: 0, to: 0 };
    const [start, end] = from < to ? [from, to] : [to, from];
    setText(this.words, end > start ? t("Selected: {time}", { time: duration(end - start) }) : "");
    setAttribute(this.band, "visibility", this.#times === null ? "hidden" : "visible");
    if (this.#times === null) return;
    const y = layout.yAt(start);
    setAttribute(this.band, "y", y);
    setAttribute(this.band, "width", layout.width);
    setAttribute(this.band, "height", Math.max(1, layout.yAt(end) - y));
  }

  #press(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape") this.#select(null);
    const by =
      event.shiftKey && event.key in KEYS ? KEYS[/** @type {keyof typeof KEYS} */ (event.key)] : 0;
    const { stops } = this.#layout();
    const last = stops.at(-1);
    if (by === 0 || !last) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // it is no step to the next event
    const { from, to } = this.#times ?? { from: last.t, to: last.t };
    const here = firstWhere(stops, (stop) => stop.t >= to);
    const next = stops[Math.min(stops.length - 1, Math.max(0, here + by))];
    this.#select(from, next.t);
  }

  // The time of the row that is nearest to a place on the screen.
  #timeAt(/** @type {number} */ clientY) {
    const { top, unit } = this.#sight;
    const y = top + (clientY - this.#picture.box.getBoundingClientRect().top) / unit - HEAD;
    const { stops } = this.#layout();
    const i = firstWhere(stops, (stop) => stop.y >= y);
    const [above, below] = [stops[i - 1], stops[i]];
    if (!above || !below) return (above ?? below)?.t ?? 0;
    return y - above.y < below.y - y ? above.t : below.t;
  }

  #select(/** @type {number | null} */ from, /** @type {number | null} */ to = null) {
    this.#times = from === null || to === null ? null : { from, to };
    this.#picture.draw();
  }
}
