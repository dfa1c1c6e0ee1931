// Who let whom go on: who started a thread, whose end was joined, who released, set or notified what
// another thread waited for.

/** @import { Lane } from "./lane-model.js" */
/** @import { Sync, Thread } from "./types.d.ts" */
/** @import { Wait } from "./waits.js" */
/**
 * One thread let another go on: `from` at `t`, `to` at `toT`, in seconds; `why` is "start", "join"
 * or the kind of the object; "nobody": a notify that was lost, for nobody waited (`to` is `from`).
 * @typedef {{t: number, from: Lane, to: Lane, toT: number, why: string, events: (Sync | Thread)[]}} Wake
 */
/** @typedef {{lane: Lane, t: number, event: Sync | Thread}} Waker */
/** @typedef {{run: string, wakers: Map<number, Waker>, released: Waker | null}} Thing */

export const LIMITS = Object.freeze({
  started: 1_000, // threads that were started and have not begun
  things: 5_000, // locks, semaphores, events and conditions that are known at a time
  wakers: 1_000, // threads that were let go on by one thing and have not told yet
});

export class Wakes {
  /** @type {{run: string, name: string, waker: Waker}[]} */
  #started = [];
  /** @type {Map<string, Thing>} */
  #things = new Map();

  /** A thread starts another one. */
  start(/** @type {Thread} */ event, /** @type {Lane} */ lane) {
    this.#started.push({ run: event.run, name: event.other ?? "", waker: wakerOf(event, lane) });
    if (this.#started.length > LIMITS.started) this.#started.shift();
  }

  /** A thread has begun. @returns {Wake | null} */
  begin(/** @type {Thread} */ event, /** @type {Lane} */ lane) {
    const i = this.#startOf(event);
    if (i < 0) return null;
    const [{ waker }] = this.#started.splice(i, 1);
    return wake(waker, lane, event, "start");
  }

  /** A thread has joined another one, whose lane is `ended`. @returns {Wake | null} */
  join(
    /** @type {Thread} */ event,
    /** @type {Lane} */ lane,
    /** @type {Lane | undefined} */ ended,
  ) {
    if (!event.ended || !ended || ended.endT === Infinity) return null;
    return { t: ended.endT, from: ended, to: lane, toT: event.t, why: "join", events: [event] };
  }

  /** A thread has released, set or notified something. @returns {Wake | null} */
  note(/** @type {Sync} */ event, /** @type {Lane} */ lane) {
    const { t } = event;
    if (!["released", "set", "notified"].includes(event.event)) return null;
    if (event.event === "notified" && event.woke?.length === 0)
      return { t, from: lane, to: lane, toT: t, why: "nobody", events: [event] };
    const thing = this.#thingOf(event);
    const waker = wakerOf(event, lane);
    if (event.event === "released") thing.released = waker;
    for (const tid of event.woke ?? []) {
      thing.wakers.delete(tid);
      thing.wakers.set(tid, waker);
      if (thing.wakers.size > LIMITS.wakers) deleteOldest(thing.wakers);
    }
    return null;
  }

  /**
   * A thread has got what it waited for.
   * @param {Sync} event
   * @param {Lane} lane
   * @param {Wait} wait
   * @returns {Wake | null}
   */
  goOn(event, lane, wait) {
    const thing = this.#thingOf(event);
    const named = thing.wakers.get(lane.tid);
    thing.wakers.delete(lane.tid);
    if (wait.how !== "granted") return null;
    const waker = named ?? (wait.what.until === null ? thing.released : null);
    if (!waker || waker.lane === lane || waker.t < wait.t) return null;
    return wake(waker, lane, event, event.kind);
  }

  /** The run is over. */
  endRun(/** @type {{run: string}} */ { run }) {
    this.#started = this.#started.filter((each) => each.run !== run);
    for (const [key, thing] of this.#things) if (thing.run === run) this.#things.delete(key);
  }

  // A thread of the module _thread is started by the name of its function and has none of its own: it
  // is whoever was started first, if one thread has started all that have not begun.
  #startOf(/** @type {Thread} */ { run, thread, tid }) {
    const byName = this.#started.findIndex((each) => each.run === run && each.name === thread);
    if (byName >= 0 || thread !== `thread ${tid}`) return byName;
    const ours = this.#started.filter((each) => each.run === run);
    const isOne = ours.every(({ waker }) => waker.lane === ours[0].waker.lane);
    return isOne ? this.#started.findIndex((each) => each.run === run) : -1;
  }

  #thingOf(/** @type {Sync} */ { run, object }) {
    const key = `${run}/${object}`;
    let thing = this.#things.get(key);
    if (!thing) {
      thing = { run, wakers: new Map(), released: null };
      this.#things.set(key, thing);
      if (this.#things.size > LIMITS.things) deleteOldest(this.#things);
    }
    return thing;
  }
}

/** @returns {Waker} */
const wakerOf = (/** @type {Sync | Thread} */ event, /** @type {Lane} */ lane) => ({
  lane,
  t: event.t,
  event,
});

/** @returns {Wake} */
function wake(
  /** @type {Waker} */ { lane: from, t, event: cause },
  /** @type {Lane} */ to,
  /** @type {Sync | Thread} */ event,
  /** @type {string} */ why,
) {
  return { t, from, to, toT: event.t, why, events: [cause, event] };
}

function deleteOldest(/** @type {Map<unknown, unknown>} */ map) {
  const [oldest] = map.keys();
  map.delete(oldest);
}
