// The lifelines: one line for each party, as far as it is in view.

import { setAttribute } from "../dom/markup.js";
import { svg } from "../dom/svg.js";

/** @import { Party } from "../model/diagram.d.ts" */
/** @import { View } from "./diagram-shapes.js" */
/** @import { PartyColours } from "./party-colours.js" */

const HEADS = 24; // a line begins so far above the picture, below its head
const PIECE = 1000; // px: a line in view is drawn that much longer, so that few scrolls change it

export class Lifelines {
  group = svg("g", { class: "diagram__lines" });
  /** @type {Map<Party, SVGLineElement>} */
  #lines = new Map();

  /** Show what of the lines is between two places. */
  paint(
    /** @type {View} */ { layout, now, colours },
    /** @type {number} */ top,
    /** @type {number} */ bottom,
  ) {
    const shown = new Set();
    const piece = { top: PIECE * Math.floor(top / PIECE), end: PIECE * Math.ceil(bottom / PIECE) };
    layout.columns.forEach(({ parties }, /** @type {number} */ i) => {
      for (const party of parties) {
        if (party.bornT > now) continue;
        const y1 = parties[0] === party ? -HEADS : layout.yAt(party.bornT);
        const y2 = party.endT <= now ? layout.yAt(party.endT) : layout.heightAt(now);
        if (y2 < top || y1 > bottom) continue;
        shown.add(party);
        const line = this.#lineOf(party, colours);
        setAttribute(line, "x1", layout.xs[i]);
        setAttribute(line, "x2", layout.xs[i]);
        setAttribute(line, "y1", Math.max(y1, piece.top));
        setAttribute(line, "y2", Math.min(y2, piece.end));
      }
    });
    for (const [party, line] of this.#lines) {
      if (shown.has(party)) continue;
      line.remove();
      this.#lines.delete(party);
    }
  }

  #lineOf(/** @type {Party} */ party, /** @type {PartyColours} */ colours) {
    let line = this.#lines.get(party);
    if (!line) {
      line = svg("line", { class: "lifeline" });
      line.style.setProperty("--who", colours.of(party));
      this.#lines.set(party, line);
      this.group.append(line);
    }
    return line;
  }
}
