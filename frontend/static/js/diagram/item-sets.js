// Which items are of a kind, kept up as they change.

/** @import { Item } from "../model/diagram.d.ts" */

/** Have an item in a set, or not: one that stays keeps its place in the order. */
export function toggle(
  /** @type {Set<Item>} */ set,
  /** @type {Item} */ item,
  /** @type {boolean} */ belongs,
) {
  if (belongs) set.add(item);
  else set.delete(item);
}

/** Items by a value: many items, few values, so that a question about the value is asked of few. */
export class ByValue {
  /** @type {Map<Item, number>} */
  #values = new Map();
  /** @type {Map<number, Set<Item>>} */
  #items = new Map();

  /** Give an item a value; 0: none. */
  put(/** @type {Item} */ item, /** @type {number} */ value) {
    const known = this.#values.get(item) ?? 0;
    if (value === known) return;
    if (known !== 0) this.#takeFrom(known, item);
    if (value === 0) this.#values.delete(item);
    else {
      this.#values.set(item, value);
      const same = this.#items.get(value);
      if (same) same.add(item);
      else this.#items.set(value, new Set([item]));
    }
  }

  clear() {
    this.#values.clear();
    this.#items.clear();
  }

  /** The items with a value for which `is` holds. */
  where(/** @type {(value: number) => boolean} */ is) {
    return [...this.#items].flatMap(([value, items]) => (is(value) ? [...items] : []));
  }

  #takeFrom(/** @type {number} */ value, /** @type {Item} */ item) {
    const same = this.#items.get(value);
    same?.delete(item);
    if (same?.size === 0) this.#items.delete(value);
  }
}
