// The line across the diagram where the moment is that is shown.

import { setAttribute } from "../dom/markup.js";
import { svg } from "../dom/svg.js";

/** @import { DiagramLayout } from "./diagram-layout.js" */

const BELOW = 5; // the row

export class Cursor {
  line = svg("line", { class: "diagram__cursor", x1: 0 });

  /** Show it at a moment; null: it is live, there is none. */
  paint(/** @type {DiagramLayout} */ layout, /** @type {number | null} */ until) {
    const isHidden = until === null || layout.stops.length === 0;
    setAttribute(this.line, "visibility", isHidden ? "hidden" : "visible");
    if (isHidden) return;
    const y = layout.yAt(until) + BELOW;
    setAttribute(this.line, "x2", layout.width);
    setAttribute(this.line, "y1", y);
    setAttribute(this.line, "y2", y);
  }
}
