// Lists by time: of things that have a time `t`, in seconds.

import { firstWhere, insert } from "./sorted.js";

/** @typedef {{t: number}} Timed */

/** The number of the first element that is later than `t`. */
export const firstAfter = (/** @type {readonly Timed[]} */ list, /** @type {number} */ t) =>
  firstWhere(list, (item) => item.t > t);

/**
 * Put an element where it belongs; it is nearly always the last.
 * @template {Timed} Item
 * @param {Item[]} list
 * @param {Item} item
 */
export const insertByTime = (list, item) => insert(list, item, (a, b) => a.t - b.t);
