// A list of many rows that grows at its end: rows stand in blocks, so that a new row costs the page
// no more than its block, and a block out of sight costs nothing (content-visibility). Blocks and rows
// that go are written anew where they stand: to make others costs several times as much.

import { reconcile } from "./list.js";
import { h } from "./markup.js";

const ROWS = 25; // in a block, at most

/** @type {WeakMap<Element, unknown[]>} */
const written = new WeakMap(); // block → its items
/** @type {WeakMap<Element, unknown>} */
const scopes = new WeakMap(); // parent → what it shows

/**
 * Show `items` in blocks in `parent`. `number(item)` grows along the list, but for few; `scope`
 * names what the list shows: with another one everything is made anew. `create()` makes an empty row,
 * `update(row, item)` writes all of it. The rest as reconcile().
 * @template Item
 * @template {Element} Made
 * @param {Element} parent
 * @param {Item[]} items
 * @param {{scope: unknown, number: (item: NoInfer<Item>) => number, create: () => Made,
 *   update: (row: Made, item: NoInfer<Item>) => void}} how
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
  const reuses = scopes.get(parent) === scope;
  scopes.set(parent, scope);
  reconcile(parent, blocks, {
    reuses,
    key: ({ place }) => `${scope} ${place}`,
    create: () => h("div", { class: "rows", role: "presentation" }),
    update: (block, { items: rows }) => {
      if (isSame(written.get(block), rows)) return;
      written.set(block, rows);
      reconcile(block, rows, { key: number, create, update, reuses });
    },
  });
}

/**
 * The last `count` rows of a list, and what stands in the block of the first of them: rows that leave a
 * list at its beginning leave it a block at a time.
 * @template Item
 * @param {Item[]} items
 * @param {number} count
 * @param {(item: Item) => number} number
 */
export function lastRows(items, count, number) {
  let first = Math.max(0, items.length - count);
  const place = first > 0 ? placeOf(number(items[first])) : null;
  while (first > 0 && placeOf(number(items[first - 1])) === place) first -= 1;
  return items.slice(first);
}

const placeOf = (/** @type {number} */ number) => Math.floor(number / ROWS);

/**
 * @param {unknown[] | undefined} before
 * @param {unknown[]} items
 */
const isSame = (before, items) =>
  before?.length === items.length && items.every((item, i) => item === before[i]);
