// The lifelines: one line for each party, as far as it is in view.

import { setAttribute } from "../dom/markup.js";
import { svg } from "../dom/svg.js";
import { FLIGHT } from "./item-needs.js";

/** @import { Party } from "../model/diagram.d.ts" */
/** @import { View } from "./diagram-shapes.js" */
/** @import { PartyColours } from "./party-colours.js" */

const HEADS = 24; // a line begins so far above the picture, below its head
const PIECE = 1000; // px: a line in view is drawn that much longer, so that few scrolls change it

export class Lifelines {
  group = svg("g", { class: "diagram__lines" });
  /** @type {Map<Party | null, SVGLineElement>} null: of those who are folded away */
  #lines = new Map();

  /** Show what of the lines is between two places. */
  paint(
    /** @type {View} */ { layout, now, colours },
    /** @type {number} */ top,
    /** @type {number} */ bottom,
  ) {
    const shown = new Set();
    const piece = { top: PIECE * Math.floor(top / PIECE), end: PIECE * Math.ceil(bottom / PIECE) };
    layout.columns.forEach(({ parties, isRest }, /** @type {number} */ i) => {
      const party = isRest ? null : parties[0];
      if (party === undefined || (party && party.bornT > now)) return;
      const isThere = party === null || party.bornT <= (layout.stops[0]?.t ?? now);
      const more = party?.kind === "peer" ? FLIGHT : 0; // others tell of what it sent and got
      const y1 = isThere ? -HEADS : layout.yAt(party.bornT) - more;
      const y2 = party && party.endT <= now ? layout.yAt(party.endT) + more : layout.heightAt(now);
      if (y2 < top || y1 > bottom) return;
      shown.add(party);
      const line = this.#lineOf(party, colours);
      setAttribute(line, "x1", layout.xs[i]);
      setAttribute(line, "x2", layout.xs[i]);
      setAttribute(line, "y1", Math.max(y1, piece.top));
      setAttribute(line, "y2", Math.min(y2, piece.end));
    });
    for (const [party, line] of this.#lines) {
      if (shown.has(party)) continue;
      line.remove();
      this.#lines.delete(party);
    }
  }

  #lineOf(/** @type {Party | null} */ party, /** @type {PartyColours} */ colours) {
    let line = this.#lines.get(party);
    if (!line) {
      line = svg("line", { class: `lifeline${party ? "" : " lifeline--rest"}` });
      line.style.setProperty("--who", colours.of(party));
      this.#lines.set(party, line);
      this.group.append(line);
    }
    return line;
  }
}
