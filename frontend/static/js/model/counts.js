// How many permits each semaphore has, and whether each event is set, from moment to moment.

import { firstAfter, insertByTime } from "./by-time.js";

/** @import { Sync } from "./types.d.ts" */
/**
 * A semaphore or event: its permits, or 1 while it is set, from each `t` (seconds) on; `most` of
 * them ever, at least 1.
 * @typedef {{key: string, run: string, object: number, kind: string, name?: string, toldT: number,
 *   most: number, steps: {t: number, value: number}[]}} Counted
 */

export const LIMITS = Object.freeze({ objects: 50 }); // semaphores and events kept

export class Counts {
  /** @type {Counted[]} in the order in which they came */
  all = [];
  folded = 0; // how many are not kept, because there were too many
  version = 0; // another one: other objects, or more permits than ever
  /** @type {Map<string, Counted>} */
  #byKey = new Map();

  /** Take a "sync" event; returns by how many the steps that are kept have grown. */
  take(/** @type {Sync} */ { run, object, kind, name, value, t }) {
    if (value === undefined || !(kind.endsWith("Semaphore") || kind === "Event")) return 0;
    const key = `${run}/${object}`;
    const known = this.#byKey.get(key);
    const counted =
      known ?? this.#add({ key, run, object, kind, name, toldT: t, most: 1, steps: [] });
    counted.toldT = t;
    if (value > counted.most) {
      counted.most = value;
      this.version += 1;
    }
    const gone = known ? 0 : this.#fold();
    if (counted.steps.at(-1)?.value === value) return -gone;
    insertByTime(counted.steps, { t, value });
    return 1 - gone;
  }

  /** Forget what was before a moment, but for what it was until then. */
  forget(/** @type {number} */ before) {
    for (const { steps } of this.all) steps.splice(0, Math.max(0, firstAfter(steps, before) - 1));
  }

  /** Begin anew at a moment, with what programs that live have then. */
  begin(/** @type {number} */ t, /** @type {ReadonlySet<string>} */ living) {
    this.forget(t);
    this.all = this.all.filter(({ run }) => living.has(run));
    this.#byKey = new Map(this.all.map((counted) => [counted.key, counted]));
    for (const { steps } of this.all) if (steps.length > 0) steps[0].t = Math.max(t, steps[0].t);
    this.folded = 0;
    this.version += 1;
  }

  #add(/** @type {Counted} */ counted) {
    this.#byKey.set(counted.key, counted);
    this.all.push(counted);
    this.version += 1;
    return counted;
  }

  // The one of which nothing was told for longest goes; returns how many steps went with it.
  #fold() {
    if (this.all.length <= LIMITS.objects) return 0;
    const oldest = this.all.reduce((a, b) => (b.toldT < a.toldT ? b : a));
    this.all.splice(this.all.indexOf(oldest), 1);
    this.#byKey.delete(oldest.key);
    this.folded += 1;
    this.version += 1;
    return oldest.steps.length;
  }
}

/** What a semaphore had, or whether an event was set, at a time; null before it was made. */
export function valueAt(/** @type {Counted} */ { steps }, /** @type {number} */ t) {
  const i = firstAfter(steps, t) - 1;
  return i < 0 ? null : steps[i].value;
}
