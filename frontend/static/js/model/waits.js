// Who waits for what, since when. This is the one place that knows which events begin a wait and
// which end it; the lit lines, the lanes and the diagram show what it says. Events are taken by
// time; what was told late, twice or not at all leaves nobody waiting for ever.

import { writtenName } from "./calls.js";
import { insert } from "./sorted.js";

/** @import { Call, Dropped, RoomEvent, Sync, Thread } from "./types.d.ts" */
/** @typedef {Call | Sync | Thread} Deed what a thread tells */
/** @typedef {{run: string, t: number}} RunEnd */
/**
 * What is waited for: a socket call that is in the kernel, the end of a thread, a call of the
 * library (`until` "others", "ready", "line" or "loop"), or a lock, semaphore, event or condition
 * (`until` "notify" or "set"; null: until it can be acquired).
 * @typedef {{kind: string, call?: string, other?: string, object?: number, name?: string,
 *   until: "notify" | "set" | "others" | "ready" | "line" | "loop" | null}} What
 */
/**
 * One wait of one thread, from `t` to `end`, in seconds on the clock of the events; `end` is Infinity
 * while it lasts. `how` it ended: it got what it waited for ("granted"), or the time was over, or a
 * signal came, or its thread or run is no more ("over"), or that was not told ("lost").
 * @typedef {object} Wait
 * @property {string} run
 * @property {number} tid number of the thread in its run
 * @property {string} thread its name
 * @property {What} what
 * @property {number} t
 * @property {number} end
 * @property {"granted" | "timeout" | "interrupted" | "over" | "lost" | null} how
 * @property {string | null} file where its call stands, as is `line`
 * @property {number | null} line
 * @property {number | null} n number of the call in its run
 * @property {Deed[]} events its beginning and its end
 */
/**
 * What one event changed.
 * @typedef {{began: Wait | null, ended: Wait[]}} Change
 */

export const LIMITS = Object.freeze({
  returned: 1_000, // calls whose end was told before their beginning
  runs: 1_000, // runs whose end is remembered, for what is told after it
});

/** The call that waits for nothing but time. */
const SLEEP = "time.sleep";

/** A socket call that took less has not waited to speak of, in seconds. */
const SHORT_S = 0.005;

/** @typedef {NonNullable<Wait["how"]>} How */

// How a wait ends, by the event that its thread tells of the same object, thread or call.
/** @type {Readonly<Record<string, Readonly<Record<string, How>>>>} */
const ENDS = Object.freeze({
  call: { return: "granted" },
  join: { joined: "granted", timeout: "timeout", woken: "interrupted" },
  sleep: { slept: "granted", timeout: "interrupted" }, // an exception wakes who sleeps: Ctrl+C
  library: { waited: "granted", timeout: "timeout", woken: "interrupted" },
  acquire: {
    acquired: "granted",
    woken: "granted",
    timeout: "timeout",
    interrupted: "interrupted",
  },
  // Whoever waits at a condition acquires its lock again before it goes on.
  notify: { woken: "granted", timeout: "timeout", interrupted: "interrupted" },
  set: { woken: "granted", timeout: "timeout", interrupted: "interrupted" },
});

const WAITED = Object.entries({ joined: "join", slept: "sleep", waited: "library" });
const RUN_ENDS = new Set(["run.exited", "run.crashed", "run.failed"]);

/** @type {Readonly<Change>} */
const NOTHING = Object.freeze({ began: null, ended: [] });

/** Whether an event ends its run: nobody waits in it any more, nothing in it is held. */
export const endsRun = (/** @type {{type: string}} */ { type }) => RUN_ENDS.has(type);

/**
 * Whether an event tells that some of what threads did was not told, of its run or of any.
 * @param {RoomEvent} event
 * @returns {event is Dropped}
 */
export const tellsLoss = (event) =>
  event.type === "dropped" && event.what !== "output" && !event.client;

/** Whether a call, or a wait, took so little time that it is shown as if it took none. */
export const isShort = (/** @type {{t: number, end: number}} */ { t, end }) => end - t < SHORT_S;

export class Waits {
  /** @type {Map<string, Map<number, Wait[]>>} run → thread → its open waits, the innermost last */
  #open = new Map();
  /** @type {Set<Wait>} whose end may have been lost */
  #doubtful = new Set();
  /** @type {Set<string>} run/n of calls that returned before their beginning was told */
  #returned = new Set();
  /** @type {Map<string, number>} run → when it ended */
  #over = new Map();

  /**
   * Take one event; returns what it changes, to be read before the next one.
   * @param {RoomEvent} event
   * @returns {Readonly<Change>}
   */
  take(event) {
    if (event.type === "call") return this.#takeCall(event);
    if (event.type === "sync") return this.#takeSync(event);
    if (event.type === "thread") return this.#takeThread(event);
    if (endsRun(event)) return this.#endRun(/** @type {RunEnd} */ (event));
    if (tellsLoss(event)) this.lose(event.run ?? null);
    return NOTHING;
  }

  /** The wait that a thread is in: the innermost, when a signal's handler waits within a wait. */
  current(/** @type {string} */ run, /** @type {number} */ tid) {
    return this.#open.get(run)?.get(tid)?.at(-1) ?? null;
  }

  /** The waits that the threads of a run are in, one each, by thread. */
  of(/** @type {string} */ run) {
    const threads = [...(this.#open.get(run)?.values() ?? [])];
    return threads.flatMap((waits) => waits.slice(-1)).sort((a, b) => a.tid - b.tid);
  }

  /** Say that events are missing, of one run or (null) of any. */
  lose(/** @type {string | null} */ run) {
    for (const [id, threads] of this.#open) {
      if (run !== null && id !== run) continue;
      for (const waits of threads.values()) for (const wait of waits) this.#doubtful.add(wait);
    }
  }

  #takeCall(/** @type {Call} */ event) {
    if (event.phase === "enter") {
      if (this.#returned.delete(`${event.run}/${event.n}`)) return NOTHING;
      return this.#begin(event, {
        kind: "call",
        call: event.call,
        name: writtenName(event),
        until: null,
      });
    }
    const ended = this.#goOn(event, "call", event.phase ?? "");
    if (event.phase === "return" && ended.length === 0) this.#noteReturned(event);
    return changed(null, ended);
  }

  #takeSync(/** @type {Sync} */ event) {
    if (event.event !== "waiting") return changed(null, this.#goOn(event, null, event.event));
    const { kind, object, name, until = null } = event;
    return this.#begin(event, { kind, object, name, until });
  }

  #takeThread(/** @type {Thread} */ event) {
    if (event.event === "ended") return this.#endThread(event);
    if (event.event === "sleeps") {
      return this.#begin(event, { kind: "call", call: SLEEP, until: null });
    }
    if (event.event === "waits") {
      return this.#begin(event, { kind: "call", call: event.call, until: event.until ?? null });
    }
    if (event.event === "joins") {
      return this.#begin(event, { kind: "join", other: event.other, until: null });
    }
    const [, kind] = WAITED.find(([step]) => step === event.event) ?? [];
    return changed(
      null,
      kind ? this.#goOn(event, kind, howWaited(event)) : this.#endDoubtful(event),
    );
  }

  // A wait that is told twice is the same one.
  /** @returns {Change} */
  #begin(/** @type {Deed} */ event, /** @type {What} */ what) {
    const ended = this.#endDoubtful(event);
    const { run, tid, thread, t, file = null, line = null } = event;
    const n = event.type === "call" ? event.n : null;
    const waits = this.#waitsOf(run, tid);
    if (waits.some((/** @type {Wait} */ wait) => isOf(wait, event))) return changed(null, ended);
    /** @type {Wait} */
    const wait = { run, tid, thread, what, t, end: Infinity, how: null, file, line, n, events: [] };
    wait.events.push(event);
    insert(waits, wait, byBeginning); // one that is told late may lie around another
    const overT = this.#over.get(run);
    if (overT !== undefined) {
      this.#close(wait, overT, "over");
      ended.push(wait);
    }
    return { began: wait, ended };
  }

  // The thread has told something: it is no longer in the wait that this ends.
  /** @returns {Wait[]} */
  #goOn(/** @type {Deed} */ event, /** @type {string | null} */ kind, /** @type {string} */ what) {
    const { run, tid, t } = event;
    for (const wait of this.#open.get(run)?.get(tid) ?? []) {
      if (!isOf(wait, event)) continue;
      const how = ENDS[kind ?? wait.what.until ?? "acquire"][what];
      if (how === undefined) continue;
      wait.events.push(event);
      this.#close(wait, t, how);
      return [wait];
    }
    return this.#endDoubtful(event);
  }

  // After a loss, whoever tells of anything else than what it waits for has gone on.
  #endDoubtful(/** @type {Deed} */ event) {
    const isReturn = event.type === "call" && event.phase === "return";
    if (this.#doubtful.size === 0 || isReturn) return [];
    const waits = this.#open.get(event.run)?.get(event.tid) ?? [];
    const gone = waits.filter((wait) => this.#doubtful.has(wait) && !isOf(wait, event));
    for (const wait of gone) this.#close(wait, event.t, "lost");
    return gone;
  }

  #endThread(/** @type {Thread} */ { run, tid, t }) {
    const ended = [...(this.#open.get(run)?.get(tid) ?? [])];
    for (const wait of ended) this.#close(wait, t, "over");
    return changed(null, ended);
  }

  #endRun(/** @type {RunEnd} */ { run, t }) {
    this.#over.set(run, t);
    forgetOldest(this.#over, LIMITS.runs);
    const ended = [...(this.#open.get(run)?.values() ?? [])].flat();
    for (const wait of ended) this.#close(wait, t, "over");
    return changed(null, ended);
  }

  #close(/** @type {Wait} */ wait, /** @type {number} */ t, /** @type {Wait["how"]} */ how) {
    wait.end = Math.max(t, wait.t);
    wait.how = how;
    this.#doubtful.delete(wait);
    const threads = this.#open.get(wait.run);
    const waits = threads?.get(wait.tid);
    if (!threads || !waits) return;
    waits.splice(waits.indexOf(wait), 1);
    if (waits.length === 0) threads.delete(wait.tid);
    if (threads.size === 0) this.#open.delete(wait.run);
  }

  #waitsOf(/** @type {string} */ run, /** @type {number} */ tid) {
    const threads = getOrMake(this.#open, run, () => new Map());
    return getOrMake(threads, tid, () => []);
  }

  #noteReturned(/** @type {Call} */ { run, n }) {
    this.#returned.add(`${run}/${n}`);
    forgetOldest(this.#returned, LIMITS.returned);
  }
}

const byBeginning = (/** @type {Wait} */ a, /** @type {Wait} */ b) => a.t - b.t;

// Whether an event is about what somebody waits for.
function isOf(/** @type {Wait} */ { what, n }, /** @type {Deed} */ event) {
  if (event.type === "call") return what.kind === "call" && n === event.n;
  if (event.type === "sync") return what.object === event.object;
  if (event.event === "waits" || event.event === "waited")
    return what.kind === "call" && n === null && what.call === event.call;
  const isSleep = event.event === "sleeps" || event.event === "slept";
  return isSleep ? what.call === SLEEP : what.kind === "join";
}

// Time was over, or an exception came: Ctrl+C.
const howWaited = (/** @type {Thread} */ { event, ended, error }) =>
  error && error !== "timeout" ? "woken" : error || ended === false ? "timeout" : event;

/**
 * @param {Wait | null} began
 * @param {Wait[]} ended
 */
const changed = (began, ended) =>
  began === null && ended.length === 0 ? NOTHING : { began, ended };

/**
 * @template Key, Value
 * @param {Map<Key, Value>} map
 * @param {Key} key
 * @param {() => Value} make
 */
function getOrMake(map, key, make) {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function forgetOldest(
  /** @type {Map<string, unknown> | Set<string>} */ known,
  /** @type {number} */ limit,
) {
  if (known.size <= limit) return;
  const [oldest] = known.keys();
  known.delete(oldest);
}
