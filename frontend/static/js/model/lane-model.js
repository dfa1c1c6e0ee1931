// The threads of programs over time: running, waiting (for what), holding (what); who let whom go
// on; how many permits a semaphore has, whether an event is set. A function of the events; what is
// open has end Infinity, so that it can be cut at any time.

import { inOrder } from "./event-order.js";

export const LIMITS = Object.freeze({ events: 40_000, pieces: 6_000, lanes: 200, breaks: 500 });

/** A socket call that took less is not a wait, in seconds. */
const SHORT_S = 0.005;

const HELD = new Set(["Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore"]);
const GRANTED = new Set(["acquired", "woken"]); // ends of a wait that somebody else brought about

/**
 * `lanes`: {key, run, tid, thread, bornT, endT, waits, holds}; a wait is {t, end, what, events}, a
 * hold {t, end, object, kind, events}. `wakes`: {t, from, to, toT, events} between lanes.
 * `objects`: {key, run, object, kind, steps: [{t, value}]} for semaphores and events.
 */
export class LaneModel {
  lanes = [];
  wakes = [];
  objects = [];
  breaks = [];
  now = -Infinity;
  start = Infinity;
  version = 0;
  #lanes = new Map();
  #objects = new Map();
  #open = new Map(); // lane → Map of key → wait that has not ended
  #calls = new Set(); // run/n of calls that returned before their enter was told
  #seen = new Set();
  #started = []; // threads that were started and have not begun

  append(events) {
    for (const event of inOrder(events)) {
      if (this.#seen.has(event.seq)) continue;
      this.#seen.add(event.seq);
      this.#take(event);
    }
    if (this.#seen.size > LIMITS.events) this.#forgetSeen();
  }

  /** Say what time it is, when no event tells. */
  advance(t) {
    if (t > this.now) this.now = t;
  }

  #take(event) {
    const known = { thread: "takeThread", sync: "takeSync", call: "takeCall" }[event.type];
    const isEnd = ["run.exited", "run.crashed", "run.failed"].includes(event.type);
    if (!known && !isEnd && event.type !== "dropped") return;
    if (event.type === "dropped" && (event.what === "output" || event.client)) return;
    this.advance(event.t);
    this.start = Math.min(this.start, event.t);
    this.version += 1;
    if (event.type === "thread") this.#takeThread(event);
    else if (event.type === "sync") this.#takeSync(event);
    else if (event.type === "call") this.#takeCall(event);
    else if (isEnd) this.#endRun(event);
    else this.#break(event.t, event.count, [event]);
  }

  /** Say that events are missing here. */
  missed(count = 0) {
    if (this.now !== -Infinity) this.#break(this.now, count, []);
  }

  #break(t, count, events) {
    this.breaks.push({ t, count, events });
    if (this.breaks.length > LIMITS.breaks) this.breaks.shift();
  }

  // Threads.

  #lane({ run, tid, thread, t }) {
    const key = `${run}/${tid}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = { key, run, tid, thread, bornT: t, endT: Infinity, waits: [], holds: [] };
      this.#lanes.set(key, lane);
      this.#open.set(lane, new Map());
      if (this.lanes.length < LIMITS.lanes) this.lanes.push(lane);
      this.lanes.sort((a, b) => a.bornT - b.bornT || a.tid - b.tid);
    }
    lane.thread = thread;
    lane.bornT = Math.min(lane.bornT, t);
    return lane;
  }

  #takeThread(event) {
    const lane = this.#lane(event);
    const { t } = event;
    if (event.event === "starts")
      this.#started.push({ run: event.run, name: event.other, lane, t, event });
    if (event.event === "began") this.#begin(lane, event);
    if (event.event === "joins") {
      this.#wait(lane, `join:${event.other}`, event, { kind: "join", other: event.other });
    }
    if (event.event === "joined") this.#joined(lane, event);
    if (event.event === "ended") this.#end(lane, t);
  }

  #begin(lane, event) {
    const i = this.#started.findIndex(
      ({ run, name }) => run === event.run && name === event.thread,
    );
    if (i < 0) return;
    const [{ lane: parent, t, event: start }] = this.#started.splice(i, 1);
    this.#wake({ from: parent, t, to: lane, toT: event.t, why: "start", events: [start, event] });
  }

  #joined(lane, event) {
    this.#endWait(lane, `join:${event.other}`, event);
    if (!event.ended) return;
    const other = this.lanes.findLast(
      (each) => each.run === event.run && each.thread === event.other,
    );
    if (!other || other.endT === Infinity) return;
    this.#wake({
      from: other,
      t: other.endT,
      to: lane,
      toT: event.t,
      why: "join",
      events: [event],
    });
  }

  #end(lane, t) {
    lane.endT = Math.max(t, lane.bornT);
    for (const wait of this.#open.get(lane).values()) wait.end = Math.max(t, wait.t);
    this.#open.get(lane).clear();
    for (let i = lane.holds.length - 1; i >= 0 && i > lane.holds.length - 16; i--) {
      if (lane.holds[i].end === Infinity) lane.holds[i].end = lane.endT;
    }
  }

  #endRun({ run, t }) {
    for (const lane of this.#lanes.values()) {
      if (lane.run === run && lane.endT === Infinity) this.#end(lane, t);
    }
  }

  // What threads do to locks, semaphores, events, conditions.

  #takeSync(event) {
    const lane = this.#lane(event);
    const object = this.#object(event);
    const key = `sync:${event.object}`;
    this.#step(object, event);
    switch (event.event) {
      case "waiting":
        this.#wait(lane, key, event, { kind: event.kind, object: event.object });
        break;
      case "acquired":
        this.#goOn(lane, key, event, object);
        this.#hold(lane, event, object);
        break;
      case "woken":
      case "timeout":
      case "interrupted":
        this.#goOn(lane, key, event, object);
        break;
      case "released":
        this.#release(lane, event, object);
        break;
      case "set":
      case "notified":
        for (const tid of event.woke ?? []) object.wakers.set(tid, { lane, t: event.t, event });
        break;
      default: // made, cleared, missed: told by the steps
    }
  }

  #object({ run, object, kind, t }) {
    const key = `${run}/${object}`;
    let known = this.#objects.get(key);
    if (!known) {
      const counts = kind.endsWith("Semaphore") || kind === "Event";
      known = { key, run, object, kind, bornT: t, steps: [], wakers: new Map(), released: null };
      this.#objects.set(key, known);
      if (counts) this.objects.push(known);
    }
    return known;
  }

  #step(object, { value, t }) {
    if (value === undefined || value === null) return;
    const last = object.steps.at(-1);
    if (last?.value === value) return;
    if (last && t < last.t) insertByTime(object.steps, { t, value });
    else object.steps.push({ t, value });
    if (object.steps.length > LIMITS.pieces) object.steps.splice(0, LIMITS.pieces / 4);
  }

  #goOn(lane, key, event, object) {
    const wait = this.#endWait(lane, key, event);
    if (!wait || !GRANTED.has(event.event)) return;
    const waker = object.wakers.get(lane.tid) ?? object.released;
    object.wakers.delete(lane.tid);
    if (!waker || waker.lane === lane || waker.t < wait.t) return;
    this.#wake({
      from: waker.lane,
      t: waker.t,
      to: lane,
      toT: event.t,
      why: event.kind,
      events: [waker.event, event],
    });
  }

  #hold(lane, event, object) {
    if (!HELD.has(event.kind)) return;
    const hold = {
      t: event.t,
      end: Infinity,
      object: event.object,
      kind: event.kind,
      events: [event],
    };
    lane.holds.push(hold);
    trim(lane.holds);
    object.holder = { lane, hold };
  }

  #release(lane, event, object) {
    const hold = lane.holds.findLast(
      (each) => each.object === event.object && each.end === Infinity,
    );
    if (hold) {
      hold.end = Math.max(event.t, hold.t);
      hold.events.push(event);
    }
    object.released = { lane, t: event.t, event };
    for (const tid of event.woke ?? []) object.wakers.set(tid, { lane, t: event.t, event });
  }

  // Socket calls: a thread that waits in the kernel.

  #takeCall(event) {
    const lane = this.#lane(event);
    const key = `call:${event.n}`;
    if (event.phase === "enter") {
      if (this.#calls.delete(`${event.run}/${event.n}`)) return;
      this.#wait(lane, key, event, { kind: "call", call: event.call });
    } else if (event.phase === "return") {
      const wait = this.#endWait(lane, key, event);
      if (wait && wait.end - wait.t < SHORT_S) lane.waits.splice(lane.waits.lastIndexOf(wait), 1);
      else if (!wait) this.#calls.add(`${event.run}/${event.n}`);
      if (this.#calls.size > 1000) this.#calls.clear();
    }
  }

  #wait(lane, key, event, what) {
    const open = this.#open.get(lane);
    if (open.has(key)) return;
    const wait = {
      t: event.t,
      end: Infinity,
      what: { ...what, until: event.until ?? null },
      events: [event],
    };
    open.set(key, wait);
    insertByTime(lane.waits, wait);
    trim(lane.waits);
  }

  #endWait(lane, key, event) {
    const open = this.#open.get(lane);
    const wait = open.get(key);
    if (!wait) return null;
    open.delete(key);
    wait.end = Math.max(event.t, wait.t);
    wait.events.push(event);
    return wait;
  }

  #wake(wake) {
    insertByTime(this.wakes, wake);
    if (this.wakes.length > LIMITS.pieces) this.wakes.splice(0, LIMITS.pieces / 4);
  }

  #forgetSeen() {
    const least = Math.max(...this.#seen) - LIMITS.events / 2;
    for (const seq of this.#seen) if (seq < least) this.#seen.delete(seq);
  }
}

/** What a semaphore had, or whether an event was set, at a time; null before it was made. */
export function valueAt({ steps }, t) {
  const i = firstAfter(steps, t) - 1;
  return i < 0 ? null : steps[i].value;
}

/** The number of the first element that is later than t, in a list by time. */
export function firstAfter(list, t) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].t > t) high = middle;
    else low = middle + 1;
  }
  return low;
}

function insertByTime(list, item) {
  let at = list.length;
  while (at > 0 && list[at - 1].t > item.t) at -= 1;
  if (at === list.length) list.push(item);
  else list.splice(at, 0, item);
}

function trim(list) {
  if (list.length <= LIMITS.pieces) return;
  const open = list.filter((piece) => piece.end === Infinity);
  list.splice(0, LIMITS.pieces / 4);
  for (const piece of open) if (!list.includes(piece)) list.unshift(piece);
}
