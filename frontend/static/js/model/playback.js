// A recording in time: which events have happened at a moment, and what to feed to the views to
// get from one moment to another. Pure: values in, values out; the clock is somebody else's.

import { initial, reduceAll } from "./room-state.js";

export const SPEEDS = Object.freeze([0.25, 0.5, 1, 2, 4, 8]);

/** Where nothing happens for longer than this, it may be left out; some of it stays. */
export const LONG_WAIT = Object.freeze({ s: 10, keptS: 2, beforeNextS: 1 });

const CHECKPOINT_EVENTS = 1000;

/**
 * Prepare the events of a recording: by time, numbered anew in that order (a reducer takes an
 * event only when its number is greater than the last), each with `recorded`, its number before.
 * Runs that the header names and whose start is not among the events get one.
 */
export function prepare({ events, header }) {
  const sorted = [...startsOf(header.runs, events), ...events].sort(
    (a, b) => a.t - b.t || a.seq - b.seq,
  );
  return Object.freeze(
    sorted.map((event, at) => Object.freeze({ ...event, seq: at + 1, recorded: event.seq })),
  );
}

// The history of a room is bounded: the start of a long run may be gone.
function startsOf(runs, events) {
  const started = new Set();
  const seen = new Set();
  let first = Infinity;
  for (const event of events) {
    if (event.type === "run.started") started.add(event.run);
    if (event.run) seen.add(event.run);
    first = Math.min(first, event.t);
  }
  return runs
    .filter((run) => seen.has(run.id) && !started.has(run.id))
    .flatMap(({ id, lab, program, pid, host, port, transport }) => {
      const at = { t: first, seq: 0, run: id };
      const start = { ...at, type: "run.started", lab, program, pid: pid ?? null, args: [] };
      if (!port) return [start, { ...at, type: "run.running" }];
      return [start, { ...at, type: "run.listening", host, port, ...(transport && { transport }) }];
    });
}

/**
 * A moment of a recording, and how it goes on: {events, start, end, time, count, speed, playing,
 * skipsWaits}.
 */
export function playback(events) {
  const start = events.length > 0 ? events[0].t : 0;
  const end = events.length > 0 ? events.at(-1).t : 0;
  return Object.freeze({
    events,
    start,
    end,
    time: start,
    count: 0,
    speed: 1,
    playing: false,
    skipsWaits: true,
  });
}

/** How many events have happened at a time. */
export function countAt(events, time) {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle].t <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The moment of a time: all events up to it have happened. */
export function seek(state, time) {
  const within = Math.min(Math.max(time, state.start), state.end);
  return changed(state, { time: within, count: countAt(state.events, within) });
}

/** The moment before anything happened. */
export const toStart = (state) => changed(state, { time: state.start, count: 0 });

/** The moment at which the next event, or the one before, has just happened; it pauses. */
export function step(state, by) {
  const count = Math.min(Math.max(state.count + by, 0), state.events.length);
  const time = count === 0 ? state.start : state.events[count - 1].t;
  return changed(state, { time, count, playing: false });
}

/** The moment after so many seconds of a clock on the wall; at the end it stops. */
export function advance(state, elapsedS) {
  if (!state.playing) return state;
  const next = seek(state, withoutWait(state, state.time + elapsedS * state.speed));
  return next.time >= state.end ? changed(next, { playing: false }) : next;
}

// The time after a long wait that has gone on long enough, or the time itself.
function withoutWait({ events, count, start, skipsWaits }, time) {
  if (!skipsWaits || count === events.length) return time;
  const before = count === 0 ? start : events[count - 1].t;
  const after = events[count].t;
  const isLong = after - before > LONG_WAIT.s && time > before + LONG_WAIT.keptS;
  return isLong ? Math.max(time, after - LONG_WAIT.beforeNextS) : time;
}

/** Leave long waits out, or not. */
export const skippingWaits = (state, skipsWaits) => changed(state, { skipsWaits });

/** Play or pause; to play at the end is to play again. */
export function play(state, playing = true) {
  const isOver = state.count === state.events.length && state.time >= state.end;
  return changed(playing && isOver ? toStart(state) : state, {
    playing: playing && state.events.length > 0,
  });
}

/** Go on at another speed, one of SPEEDS. */
export const atSpeed = (state, speed) =>
  SPEEDS.includes(speed) ? changed(state, { speed }) : state;

/** What to feed to views that have seen `from` events so that they have seen `to`. */
export function feed(events, from, to) {
  return from <= to
    ? { reset: false, events: events.slice(from, to) }
    : { reset: true, events: events.slice(0, to) };
}

/** The states of a room along a recording: what is true after so many events. */
export class States {
  #events;
  #checkpoints = [initial()];
  #last = { count: 0, state: this.#checkpoints[0] };

  constructor(events) {
    this.#events = events;
  }

  /** The state after `count` events. */
  at(count) {
    const mark = Math.min(Math.floor(count / CHECKPOINT_EVENTS), this.#checkpoints.length - 1);
    let from = { count: mark * CHECKPOINT_EVENTS, state: this.#checkpoints[mark] };
    if (this.#last.count <= count && this.#last.count > from.count) from = this.#last;
    while (from.count < count) {
      const end = (Math.floor(from.count / CHECKPOINT_EVENTS) + 1) * CHECKPOINT_EVENTS;
      const to = Math.min(end, count);
      from = { count: to, state: reduceAll(from.state, this.#events.slice(from.count, to)) };
      if (to === end) this.#checkpoints[to / CHECKPOINT_EVENTS] ??= from.state;
    }
    this.#last = from;
    return from.state;
  }
}

function changed(state, change) {
  return Object.freeze({ ...state, ...change });
}
