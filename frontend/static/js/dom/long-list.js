// A list of many rows that grows at its end: rows stand in blocks, so that a new row costs the page
// no more than its block, and a block out of sight costs nothing (content-visibility).

import { reconcile } from "./list.js";
import { h } from "./markup.js";

const ROWS = 25; // in a block, at most

/** @type {WeakMap<Element, unknown[]>} */
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
  /** @type {{place: number, items: Item[]}[]} */
  const blocks = [];
  for (const item of items) {
    const place = placeOf(number(item));
    let block = blocks.at(-1);
    if (block === undefined || place > block.place) {
      block = { place, items: [] };
      blocks.push(block);
    }
    block.items.push(item);
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

/**
 * The number of the first row of the block in which the row `at` stands: rows that leave a list at its
 * beginning leave it a block at a time.
 * @template Item
 * @param {Item[]} items
 * @param {number} at
 * @param {(item: Item) => number} number
 */
export function firstRowOfBlock(items, at, number) {
  let first = at;
  const isInBlock = (/** @type {number} */ i) =>
    placeOf(number(items[i])) === placeOf(number(items[at]));
  while (first > 0 && isInBlock(first - 1)) first -= 1;
  return first;
}

const placeOf = (/** @type {number} */ number) => Math.floor(number / ROWS);

/**
 * @param {unknown[] | undefined} before
 * @param {unknown[]} items
 */
const isSame = (before, items) =>
  before?.length === items.length && items.every((item, i) => item === before[i]);
