// A list of many rows that grows at its end: rows stand in blocks, so that a new row costs the page
// no more than its block, and a block out of sight costs nothing (content-visibility).

import { reconcile } from "./list.js";
import { h } from "./markup.js";

const ROWS = 100; // in a block, at most

const written = new WeakMap(); // block → its items

/**
 * Show `items` in blocks in `parent`. `number(item)` grows along the list, but for few; `scope`
 * names what the list shows: with another one everything is made anew. The rest as reconcile().
 * @template Item
 * @template {Element} Made
 * @param {Element} parent
 * @param {Item[]} items
 * @param {{scope: unknown, number: (item: NoInfer<Item>) => number, create: (item: NoInfer<Item>) => Made,
 *   update?: (node: Made, item: NoInfer<Item>) => void}} how
 */
export function reconcileLong(parent, items, { scope, number, create, update }) {
  const blocks = [];
  for (const item of items) {
    const place = Math.floor(number(item) / ROWS);
    if (blocks.length === 0 || place > blocks.at(-1).place) blocks.push({ place, items: [] });
    blocks.at(-1).items.push(item);
  }
  reconcile(parent, blocks, {
    key: ({ place }) => `${scope} ${place}`,
    create: () => h("div", { class: "rows", role: "presentation" }),
    update: (block, { items: rows }) => {
      if (isSame(written.get(block), rows)) return;
      written.set(block, rows);
      reconcile(block, rows, { key: number, create, update });
    },
  });
}

const isSame = (before, items) =>
  before?.length === items.length && items.every((item, i) => item === before[i]);
