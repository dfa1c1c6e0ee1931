// The rows of the diagram: one (a stop) for each moment at which something is drawn, strictly in
// order of time; idle time is compressed. A change moves only what is below it.

import { firstWhere } from "../model/sorted.js";
import { fitTo } from "./item-needs.js";
import { below, grow, IDLE_S, LEAST, makeStop, sum, tickHead, upFrom } from "./stop.js";

const TOP = 28; // above the first row
const PAUSE = 16; // room in a pause, for "recvfrom() waits 4.2 s"
const LOOK_BACK = 10; // rows above that may be in the way
const SAME = /** @type {const} */ (["above", "below", "lo", "hi", "isGhost", "turnsAt"]); // or it moves others

/** @import { Item } from "../model/diagram.d.ts" */
/** @import { Need } from "./item-needs.js" */
/** @import { Stop } from "./stop.js" */

export class Rows {
  /** @type {Stop[]} */
  stops = [];
  /** @type {Map<number, Stop>} */
  #byT = new Map();
  /** @type {Map<Item, number[]>} the times of its stops */
  #times = new Map();
  /** @type {Set<number>} the gaps between columns at which items need other room */
  #turns = new Set();
  #dirty = 0; // stops before this one stand where they stand

  /** The times at which an item has a row, the first one first; undefined: it has none. */
  timesOf(/** @type {Item} */ item) {
    return this.#times.get(item);
  }

  stopAt(/** @type {number} */ t) {
    return this.#byT.get(t) ?? null;
  }

  /** The number of the last stop at or before a moment; -1: none. */
  indexAt(/** @type {number} */ t) {
    return firstWhere(this.stops, (stop) => stop.t > t) - 1;
  }

  /** The number of the first stop at or below a place. */
  indexBelow(/** @type {number} */ y) {
    return firstWhere(this.stops, (stop) => stop.y >= y);
  }

  /** The place of a moment; between two rows by compressed time. */
  yAt(/** @type {number} */ t) {
    const stop = this.#byT.get(t);
    if (stop) return stop.y;
    const i = this.indexAt(t);
    if (i < 0) return TOP;
    const before = this.stops[i];
    const next = this.stops[i + 1];
    const pause = t - before.t;
    const y = pause < IDLE_S ? before.y + grow(pause) : this.bottomOf(i) + grow(pause) - LEAST;
    return next && !next.isGhost ? Math.min(y, next.y - 1) : y;
  }

  /** How far down the words of a row, and of those right above it, reach. */
  bottomOf(/** @type {number} */ i) {
    let bottom = 0;
    for (const stop of upFrom(this.stops[i], 5)) bottom = Math.max(bottom, stop.y + stop.below);
    return bottom;
  }

  /** Whether an item reaches over a pause. */
  isTall(/** @type {Item} */ item) {
    const times = /** @type {number[]} */ (this.#times.get(item));
    return lastOf(times) - times[0] > IDLE_S;
  }

  /** The stops from here upwards that words beside it may touch. */
  upFrom(/** @type {Stop} */ stop) {
    return upFrom(stop, LOOK_BACK);
  }

  /** Whether an item has moments, but no place. */
  isGhost(/** @type {Item} */ item) {
    return this.needOf(item)?.isGhost ?? false;
  }

  /** What an item needs at its first moment. */
  needOf(/** @type {Item} */ item) {
    const t = this.#times.get(item)?.[0];
    return t === undefined ? undefined : this.#byT.get(t)?.needs.get(item);
  }

  clear() {
    this.stops = [];
    this.#byT.clear();
    this.#times.clear();
    this.#turns.clear();
    this.#dirty = 0;
  }

  /** Give an item the room that it needs now, and no other. */
  put(/** @type {Item} */ item, /** @type {Need[]} */ needs) {
    if (this.#isSame(item, needs)) return;
    const known = this.#times.get(item);
    const isThere = known?.length === needs.length && needs.every(({ t }, i) => known[i] === t);
    if (!isThere) this.takeAway(item);
    if (needs.length === 0) return;
    if (!isThere)
      this.#times.set(
        item,
        needs.map((need) => need.t),
      );
    for (const need of needs) {
      this.#stopFor(need.t).needs.set(item, need);
      if (need.turnsAt) this.#turns.add(need.turnsAt);
    }
  }

  /** Give all items the room that they need with so much between columns, which was `before` until now. */
  fit(/** @type {number} */ gap, /** @type {number} */ before) {
    const isOther = (/** @type {number} */ at) => gap < at !== before < at;
    if (![...this.#turns].some(isOther)) return;
    this.stops.forEach((stop, i) => {
      for (const need of stop.needs.values()) {
        if (!need.turnsAt || !isOther(need.turnsAt)) continue;
        fitTo(gap, need);
        stop.isSummed = false;
        this.#dirty = Math.min(this.#dirty, i);
      }
    });
  }

  takeAway(/** @type {Item} */ item) {
    const times = this.#times.get(item);
    if (!times) return;
    this.#times.delete(item);
    for (const t of times) {
      const stop = this.#byT.get(t);
      if (!stop) continue;
      stop.needs.delete(item);
      stop.isSummed = false;
      const i = this.indexAt(t);
      if (stop.needs.size === 0) {
        this.stops.splice(i, 1);
        this.#byT.delete(t);
      }
      this.#dirty = Math.min(this.#dirty, i);
    }
  }

  /** Forget the oldest items at once: what is left moves up as it is. */
  forget(/** @type {Item[]} */ items) {
    const dirtyT = this.stops[this.#dirty]?.t ?? Infinity;
    for (const item of items) {
      for (const t of this.#times.get(item) ?? []) {
        const stop = this.#byT.get(t);
        if (!stop) continue;
        stop.needs.delete(item);
        stop.isSummed = false;
        if (stop.needs.size === 0) this.#byT.delete(t);
      }
      this.#times.delete(item);
    }
    this.stops = this.stops.filter((stop) => stop.needs.size > 0);
    const up = (this.stops[0]?.y ?? 0) - TOP - 20;
    for (const stop of this.stops) stop.y -= up;
    this.#dirty = Math.max(0, this.indexAt(dirtyT));
  }

  /** Place the rows from the first one that changed downwards; returns the first y that moved. */
  settle() {
    const { stops } = this;
    const first = Math.min(this.#dirty, stops.length);
    this.#dirty = Infinity;
    let from = Math.max(0, first - 1);
    while (from > 0 && (stops[from]?.head || stops[from]?.isGhost)) from -= 1; // a row of ticks is laid as a whole
    for (let i = from; i < stops.length; i++) this.#place(i);
    return first >= stops.length ? Infinity : (stops[from]?.y ?? 0);
  }

  #isSame(/** @type {Item} */ item, /** @type {Need[]} */ needs) {
    const times = this.#times.get(item);
    if (times?.length !== needs.length) return false;
    return needs.every((need, i) => {
      const known = this.#byT.get(need.t)?.needs.get(item);
      return known && times[i] === need.t && SAME.every((what) => known[what] === need[what]);
    });
  }

  #stopFor(/** @type {number} */ t) {
    const known = this.#byT.get(t);
    const i = known || this.stops.length > 0 ? this.indexAt(t) : -1;
    if (known) {
      known.isSummed = false;
      this.#dirty = Math.min(this.#dirty, i);
      return known;
    }
    const stop = makeStop(t);
    this.#byT.set(t, stop);
    if (i === this.stops.length - 1) this.stops.push(stop);
    else this.stops.splice(i + 1, 0, stop);
    this.#dirty = Math.min(this.#dirty, i + 1);
    return stop;
  }

  #place(/** @type {number} */ i) {
    const stop = this.stops[i];
    if (!stop.isSummed) sum(stop);
    const above = this.stops[i - 1];
    const before = above?.isGhost ? above.up : (above ?? null);
    stop.up = before;
    if (stop.isGhost) {
      stop.head = null;
      stop.row = [];
      stop.y = above?.y ?? TOP;
      return;
    }
    stop.head = tickHead(stop, before);
    if (before && stop.head) {
      stop.y = before.y;
      stop.head.row.push(stop);
      return;
    }
    if (stop.row.length !== 1) stop.row = [stop];
    if (!before) {
      stop.y = TOP + stop.above;
      return;
    }
    const pause = stop.t - before.t;
    let y = before.y + grow(pause);
    if (pause >= IDLE_S) y = this.bottomOf(i - 1) + grow(pause) - LEAST + stop.above + PAUSE;
    /** @type {Stop | null} */
    let other = before; // no generator: this is done for all rows in the frame in which a turn of the wheel moves them
    for (let k = 1; other && k < LOOK_BACK; k++, other = other.up) {
      if (other.lo <= stop.hi && stop.lo <= other.hi) {
        y = Math.max(y, other.y + below(other, stop) + stop.above);
      }
    }
    stop.y = Math.round(y);
  }
}

/** The last of some times, of which there is at least one. */
export const lastOf = (/** @type {number[]} */ times) => /** @type {number} */ (times.at(-1));
