// The heads of the columns, which stay in sight: who is there, its address, threads without a bar.

import { partyName } from "../words/diagram-words.js";
import { tn } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { h, setAttribute, setStyle, setText } from "../dom/markup.js";

/** @import { Party } from "../model/diagram.d.ts" */
/** @import { View } from "./diagram-shapes.js" */

const WIDTH = Object.freeze({ least: 90, most: 140, narrow: 104 }); // px
const BETWEEN = 10; // two heads
const ADDRESS = Object.freeze({ character: 6.7, around: 14 }); // px

/**
 * Show the heads; `hidden(party)` counts threads that have no bar. Who is known by an address only may
 * be given a name, where the picture says so.
 * @param {HTMLElement} box
 * @param {View} view
 * @param {(party: Party) => number} hidden
 */
export function paintHeads(box, { layout, now, time, names, colours }, hidden) {
  const canName = box.closest("[data-can-name]") !== null;
  const heads = layout.columns.flatMap(({ parties }, i) => {
    const party = inColumn(parties, now, time);
    if (!party) return [];
    return [{ party, x: layout.xs[i], name: partyName(party, names) }];
  });
  const width = Math.max(
    WIDTH.least,
    Math.min(layout.gap - BETWEEN, layout.narrow ? WIDTH.narrow : WIDTH.most),
  );
  reconcile(box, heads, {
    key: ({ party }) => party.key,
    create: () => h("div", { class: "diagram__head" }, h("b"), h("span"), h("em")),
    update: (node, { party, x, name }) => {
      const [title, address, threads] = node.children;
      setText(title, name);
      setAttribute(node, "title", name);
      setText(address, fitting(party.address, width));
      const more = hidden(party);
      setText(threads, more > 0 ? tn("+{n} thread", "+{n} threads", more) : "");
      node.classList.toggle("diagram__head--over", party.endT <= now);
      node.classList.toggle("diagram__head--hub", isHub(party));
      const isNamable = canName && party.kind === "peer";
      setAttribute(node, "data-peer", isNamable ? party.address : null);
      setAttribute(node, "data-name", isNamable ? names.get(party.address) : null);
      setAttribute(node, "role", isNamable ? "button" : null);
      setAttribute(node, "tabindex", isNamable ? 0 : null);
      setStyle(node, "--x", `${x}px`);
      setStyle(node, "--w", `${width}px`);
      setStyle(node, "--who", colours.of(party));
    },
  });
}

// The whole address, or where it has no room the part that tells one from another: its port.
function fitting(/** @type {string} */ address, /** @type {number} */ width) {
  const needed = ADDRESS.around + address.length * ADDRESS.character;
  return needed > width ? address.replace(/^.*(?=:\d+$)/, "") : address;
}

// Whoever is there at the top of what is in view.
function inColumn(
  /** @type {Party[]} */ parties,
  /** @type {number} */ now,
  /** @type {number} */ time,
) {
  const here = parties.filter((/** @type {Party} */ party) => party.bornT <= now);
  return here.findLast((/** @type {Party} */ party) => party.bornT <= time) ?? here[0];
}

const isHub = (/** @type {Party} */ party) => party.kind === "run" && party.program !== "client";
