// A row of the diagram (a stop) by itself: the room that it needs, and what it keeps free below it.

const TICKS_IN_ROW = 4;
export const LEAST = 9; // between two rows
export const IDLE_S = 0.05; // from here on it is a pause, and has room of its own

/** @import { Item, Party } from "../model/diagram.d.ts" */
/** @import { Need } from "./item-needs.js" */
/**
 * A row: `needs` maps each item to the room that it needs there, which makes the room `above` and
 * `below` between the columns `lo` and `hi`; `head` is the stop whose row it shares, `row` those that
 * share its own; `tickOf` is the party that has a tick there, and nobody else anything; `isSummed`
 * whether all this is as `needs` has it.
 * @typedef {{t: number, y: number, above: number, below: number, lo: number, hi: number,
 *   needs: Map<Item, Need>, isSummed: boolean, head: Stop | null, row: Stop[], hasFlights: boolean,
 *   hasTransfers: boolean, tickOf: Party | null, isGhost: boolean, up: Stop | null}} Stop `up` is the
 *   next one above that is no ghost
 */

/** Make a row at which nothing is drawn yet. @returns {Stop} */
export const makeStop = (/** @type {number} */ t) => ({
  t,
  y: 0,
  above: 0,
  below: 0,
  lo: 0,
  hi: 0,
  needs: new Map(),
  isSummed: false,
  head: null,
  row: [],
  hasFlights: false,
  hasTransfers: false,
  tickOf: null,
  isGhost: false,
  up: null,
});

/** So many stops with a place, from here upwards. */
export function* upFrom(/** @type {Stop | null} */ stop, /** @type {number} */ most) {
  let next = stop?.isGhost ? stop.up : stop;
  for (let k = 0; next && k < most; k++, next = next.up) yield next;
}

/** How much room a time takes: 0.08 ms and 4 s are both to be seen. */
export function grow(/** @type {number} */ seconds) {
  if (seconds < IDLE_S) return LEAST + 1.5 * Math.log2(1 + seconds / 0.001);
  return LEAST + 8 + 7 * Math.log2(1 + seconds / IDLE_S);
}

/** How much a row keeps free below it, seen from another row. */
export function below(/** @type {Stop} */ stop, /** @type {Stop} */ next) {
  let most = stop.below;
  if (stop.hasFlights && next.hasTransfers) {
    for (const { until, belowFar = 0 } of stop.needs.values()) {
      if (until !== undefined && until !== next.t) most = Math.max(most, belowFar);
    }
  }
  return most;
}

/** Sum up the room that is needed at a stop. */
export function sum(/** @type {Stop} */ stop) {
  stop.above = stop.below = 0;
  stop.hasFlights = stop.hasTransfers = false;
  stop.isGhost = stop.isSummed = true;
  stop.tickOf = null;
  stop.lo = Infinity;
  stop.hi = -Infinity;
  for (const [item, need] of stop.needs) {
    stop.above = Math.max(stop.above, need.above);
    stop.below = Math.max(stop.below, need.below);
    stop.lo = Math.min(stop.lo, need.lo);
    stop.hi = Math.max(stop.hi, need.hi);
    if (!need.isGhost) stop.isGhost = false;
    if (need.until !== undefined) stop.hasFlights = true;
    if (need.carries) stop.hasTransfers = true;
    if (need.tick && stop.needs.size === 1 && item.kind !== "transfer") stop.tickOf = item.party;
  }
}

/**
 * The row in which a stop stands with others, null: none. Calls of one lifeline right after each other
 * share one: socket() · bind() · listen().
 */
export function tickHead(/** @type {Stop} */ stop, /** @type {Stop | null} */ before) {
  if (!before || !stop.tickOf || before.tickOf !== stop.tickOf) return null;
  if (stop.t - before.t >= IDLE_S) return null;
  const head = before.head ?? before;
  return head.row.length < TICKS_IN_ROW ? head : null;
}
