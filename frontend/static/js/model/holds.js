// Who holds what: locks and the permits of semaphores. A lock has one holder; it is free when it is
// released, whoever does that. Of a semaphore only so many permits can be out as it has given away
// of those that it was made with, whoever gives them back.

/** @import { Sync, Thread } from "./types.d.ts" */
/**
 * One hold of one thread, from `t` to `end`, in seconds; `end` is Infinity while it lasts.
 * @typedef {{run: string, tid: number, object: number, kind: string, name?: string, t: number,
 *   end: number, events: Sync[]}} Hold
 */
/** @typedef {{began: Hold | null, ended: Hold[]}} Change */
/**
 * `depth` is how often its holder has acquired it; `saved` what a thread that waits at a condition
 * gave back in one go: thread → depth. `before` is the hold that ended last.
 * @typedef {{run: string, hold: Hold | null, depth: number, saved: Map<number, number>,
 *   before: Hold | null}} Lock
 */
/**
 * `made` is the number of permits that it was made with (`isSure`: that was told), `out` who has one.
 * @typedef {{run: string, made: number, isSure: boolean, out: Hold[]}} Permits
 */

export const LIMITS = Object.freeze({
  things: 5_000, // locks, and semaphores, that are known at a time
  out: 1_000, // permits of one semaphore
  forgotten: 500, // how many go at once when there are more
});

const REENTRANT = new Set(["RLock", "Condition"]);
const LOCKS = new Set(["Lock", ...REENTRANT]);
const SEMAPHORES = new Set(["Semaphore", "BoundedSemaphore"]);

/** @type {Readonly<Change>} */
const NOTHING = Object.freeze({ began: null, ended: [] });

export class Holds {
  forgotten = 0; // holds that are not followed any more, because there were too many
  /** @type {Map<string, Lock>} */
  #locks = new Map();
  /** @type {Map<string, Permits>} */
  #permits = new Map();
  /** @type {Set<Hold>} whose end may have been lost */
  #doubtful = new Set();

  /**
   * Take a "sync" event; `inWait` says whether its thread waits at a condition.
   * @param {Sync} event
   * @param {{inWait: boolean}} where
   * @returns {Readonly<Change>}
   */
  take(event, { inWait }) {
    if (SEMAPHORES.has(event.kind)) return this.#takePermit(event);
    if (!LOCKS.has(event.kind)) return NOTHING;
    if (event.event === "acquired") return this.#acquire(event);
    if (event.event === "released") return this.#release(event, inWait);
    return NOTHING;
  }

  /** The run is over: nobody in it holds anything. Returns the holds that ended. */
  endRun(/** @type {{run: string, t: number}} */ { run, t }) {
    /** @type {Hold[]} */
    const ended = [];
    for (const [key, lock] of this.#locks) {
      if (lock.run !== run) continue;
      if (lock.hold) ended.push(lock.hold);
      this.#locks.delete(key);
    }
    for (const [key, permits] of this.#permits) {
      if (permits.run !== run) continue;
      ended.push(...permits.out);
      this.#permits.delete(key);
    }
    for (const hold of ended) hold.end = Math.max(t, hold.t);
    this.#doubtful.clear();
    return ended;
  }

  /** Say that events are missing, of one run or (null) of any. */
  lose(/** @type {string | null} */ run) {
    for (const hold of this.#open()) {
      if (run === null || hold.run === run) this.#doubtful.add(hold);
    }
  }

  /**
   * A thread has ended. What it has not released stays held, as it is in truth, unless its release
   * may not have been told.
   */
  endThread(/** @type {Thread} */ { run, tid, t }) {
    if (this.#doubtful.size === 0) return;
    const isGone = (/** @type {Hold} */ hold) =>
      this.#doubtful.has(hold) && hold.run === run && hold.tid === tid;
    for (const lock of this.#locks.values()) {
      if (lock.hold && isGone(lock.hold)) this.#free(lock, t);
    }
    for (const permits of this.#permits.values()) {
      for (const hold of permits.out.filter(isGone)) this.#giveBack(permits, hold, t);
    }
  }

  *#open() {
    for (const { hold } of this.#locks.values()) if (hold) yield hold;
    for (const { out } of this.#permits.values()) yield* out;
  }

  // Locks.

  #acquire(/** @type {Sync} */ event) {
    const lock = this.#lockOf(event);
    const { hold } = lock;
    if (hold?.tid === event.tid && REENTRANT.has(event.kind)) {
      lock.depth += 1;
      return NOTHING;
    }
    const ended = hold ? [this.#free(lock, event.t)] : []; // its release is told late, or never
    lock.depth = lock.saved.get(event.tid) ?? 1;
    lock.saved.delete(event.tid);
    lock.hold = newHold(event);
    return { began: lock.hold, ended };
  }

  #release(/** @type {Sync} */ event, /** @type {boolean} */ inWait) {
    const lock = this.#lockOf(event);
    const { hold, before } = lock;
    if (!hold || hold.t > event.t) {
      // The next one had it before this was told.
      if (before && before.t <= event.t && event.t < before.end) before.end = event.t;
      return NOTHING;
    }
    if (inWait && hold.tid === event.tid) lock.saved.set(event.tid, lock.depth);
    else if (lock.depth > 1) {
      lock.depth -= 1;
      return NOTHING;
    }
    hold.events.push(event);
    return { began: null, ended: [this.#free(lock, event.t)] };
  }

  #free(/** @type {Lock} */ lock, /** @type {number} */ t) {
    const hold = /** @type {Hold} */ (lock.hold);
    hold.end = Math.max(t, hold.t);
    this.#doubtful.delete(hold);
    lock.before = hold;
    lock.hold = null;
    lock.depth = 0;
    return hold;
  }

  #lockOf(/** @type {Sync} */ { run, object, t }) {
    const key = `${run}/${object}`;
    let lock = this.#locks.get(key);
    if (!lock) {
      lock = { run, hold: null, depth: 0, saved: new Map(), before: null };
      this.#locks.set(key, lock);
      if (this.#locks.size > LIMITS.things) this.#forget(this.#locks, t, holdsOfLock);
    }
    return lock;
  }

  // Semaphores.

  #takePermit(/** @type {Sync} */ event) {
    const permits = this.#permitsOf(event);
    const { value } = event;
    if (value === undefined) return NOTHING;
    noteMade(permits, event.event, value);
    const taken = Math.max(0, permits.made - value);
    const began = event.event === "acquired" && taken > 0 ? newHold(event) : null;
    if (began) permits.out.push(began);
    /** @type {Hold[]} */
    const ended = [];
    if (event.event === "released") {
      const own = permits.out.find(({ tid }) => tid === event.tid);
      if (own) ended.push(this.#giveBack(permits, own, event.t));
    }
    while (permits.out.length > taken) {
      ended.push(this.#giveBack(permits, permits.out[0], event.t));
    }
    for (const hold of ended) hold.events.push(event);
    if (permits.out.length > LIMITS.out) {
      this.#giveBack(permits, permits.out[0], event.t);
      this.forgotten += 1;
    }
    return { began, ended };
  }

  #giveBack(/** @type {Permits} */ permits, /** @type {Hold} */ hold, /** @type {number} */ t) {
    permits.out.splice(permits.out.indexOf(hold), 1);
    hold.end = Math.max(t, hold.t);
    this.#doubtful.delete(hold);
    return hold;
  }

  #permitsOf(/** @type {Sync} */ { run, object, t }) {
    const key = `${run}/${object}`;
    let permits = this.#permits.get(key);
    if (!permits) {
      permits = { run, made: 0, isSure: false, out: [] };
      this.#permits.set(key, permits);
      if (this.#permits.size > LIMITS.things) this.#forget(this.#permits, t, ({ out }) => out);
    }
    return permits;
  }

  // Those that nobody holds first: of them nothing is lost.
  /**
   * @template Thing
   * @param {Map<string, Thing>} things
   * @param {number} t
   * @param {(thing: Thing) => Hold[]} holdsOf
   */
  #forget(things, t, holdsOf) {
    const keys = [...things.keys()];
    const heldBy = (/** @type {string} */ key) => holdsOf(/** @type {Thing} */ (things.get(key)));
    const idle = keys.filter((key) => heldBy(key).length === 0);
    const gone = (idle.length >= LIMITS.forgotten ? idle : keys).slice(0, LIMITS.forgotten);
    for (const key of gone) {
      for (const hold of heldBy(key)) {
        hold.end = Math.max(t, hold.t);
        this.forgotten += 1;
      }
      things.delete(key);
    }
  }
}

const holdsOfLock = (/** @type {Lock} */ { hold }) => (hold ? [hold] : []);

// Where that was not told, it has been at least as many as were ever there at a time.
function noteMade(
  /** @type {Permits} */ permits,
  /** @type {string} */ event,
  /** @type {number} */ value,
) {
  if (event === "made") Object.assign(permits, { made: value, isSure: true });
  else if (!permits.isSure) {
    permits.made = Math.max(permits.made, event === "acquired" ? value + 1 : value);
  }
}

/** @returns {Hold} */
function newHold(/** @type {Sync} */ event) {
  const { run, tid, object, kind, name, t } = event;
  return { run, tid, object, kind, name, t, end: Infinity, events: [event] };
}
