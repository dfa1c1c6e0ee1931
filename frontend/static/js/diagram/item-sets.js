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

/** The items with a value for which `is` holds. */
export const keysWhere = (
  /** @type {Map<Item, number>} */ values,
  /** @type {(value: number) => boolean} */ is,
) => [...values].filter(([, value]) => is(value)).map(([item]) => item);
