// The lifelines: one line for each party, as far as it is in view.

import { setAttribute } from "../dom/markup.js";
import { svg } from "../dom/svg.js";

const HEADS = 24; // a line begins so far above the picture, below its head
const PIECE = 1000; // px: a line in view is drawn that much longer, so that few scrolls change it

export class Lifelines {
  group = svg("g", { class: "diagram__lines" });
  #lines = new Map(); // party → its line

  /** Show what of the lines is between two places. `view` is {layout, now, colours}. */
  paint({ layout, now, colours }, top, bottom) {
    const shown = new Set();
    const piece = { top: PIECE * Math.floor(top / PIECE), end: PIECE * Math.ceil(bottom / PIECE) };
    layout.columns.forEach(({ parties }, i) => {
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

  #lineOf(party, colours) {
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
