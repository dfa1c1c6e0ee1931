// What lies across the diagram: the line where the moment is that is shown, and the span of time that
// somebody has selected.

import { setAttribute } from "../dom/markup.js";
import { Span } from "./span.js";
import { svg } from "../dom/svg.js";

/** @import { DiagramLayout } from "./diagram-layout.js" */
/** @import { Sight } from "./sight.js" */
/** @import { Drawn } from "./span.js" */

const BELOW = 5; // the row

export class Cursor {
  group = svg("g");
  #line = svg("line", { class: "diagram__cursor", x1: 0 });
  #span;

  /**
   * @param {Drawn} picture
   * @param {Sight} sight
   * @param {() => DiagramLayout} layout
   */
  constructor(picture, sight, layout) {
    this.#span = new Span(picture, sight, layout);
    this.group.append(this.#span.band, this.#line);
  }

  /** What is said of the span. */
  get words() {
    return this.#span.words;
  }

  /** Show the line at a moment; null: it is live, there is none. */
  paint(/** @type {DiagramLayout} */ layout, /** @type {number | null} */ until) {
    this.#span.paint(layout);
    const isHidden = until === null || layout.stops.length === 0;
    setAttribute(this.#line, "visibility", isHidden ? "hidden" : "visible");
    if (isHidden) return;
    const y = layout.yAt(until) + BELOW;
    setAttribute(this.#line, "x2", layout.width);
    setAttribute(this.#line, "y1", y);
    setAttribute(this.#line, "y2", y);
  }
}
