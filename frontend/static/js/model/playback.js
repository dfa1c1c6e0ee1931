// A recording in time: which events have happened at a moment, and how the moment goes on while it is
// played. Pure: values in, values out; the clock is somebody else's.

import { byTime } from "./event-order.js";
import { firstWhere } from "./sorted.js";

/** @import { RoomEvent, RunInfo, Transport } from "./types.d.ts" */

export const SPEEDS = Object.freeze([0.25, 0.5, 1, 2, 4, 8]);

/** Where nothing happens for longer than this, it may be left out; some of it stays. */
export const LONG_WAIT = Object.freeze({ s: 10, keptS: 2, beforeNextS: 1 });

/** An event that is numbered anew; `recorded` is its number in the file. */
/** @typedef {RoomEvent & {recorded: number}} Recorded */
/** What the header of a file tells of a run. @typedef {RunInfo & {transport?: Transport}} Run */
/**
 * @typedef {{readonly events: readonly Recorded[], readonly start: number, readonly end: number,
 *   readonly time: number, readonly count: number, readonly speed: number, readonly playing: boolean,
 *   readonly skipsWaits: boolean,
 *   readonly first: number}} Playback
 */

/**
 * Prepare the events of a recording: by time, numbered anew in that order (a reducer takes an
 * event only when its number is greater than the last), each with `recorded`, its number before.
 * Runs that the header names and whose start is not among the events get one.
 * @param {{events: readonly RoomEvent[], header: {runs: readonly Run[]}}} recording
 * @returns {readonly Recorded[]}
 */
export function prepare({ events, header }) {
  const sorted = [...startsOf(header.runs, events), ...events].sort(byTime);
  return Object.freeze(
    sorted.map((event, at) => Object.freeze({ ...event, seq: at + 1, recorded: event.seq })),
  );
}

// The history of a room is bounded: the start of a long run may be gone.
/** @returns {RoomEvent[]} */
function startsOf(/** @type {readonly Run[]} */ runs, /** @type {readonly RoomEvent[]} */ events) {
  const started = new Set();
  const seen = new Set();
  let first = Infinity;
  for (const event of events) {
    if (event.type === "run.started") started.add(event.run);
    if ("run" in event && event.run) seen.add(event.run);
    first = Math.min(first, event.t);
  }
  return runs
    .filter((run) => seen.has(run.id) && !started.has(run.id))
    .flatMap((run) => {
      const at = { t: first, seq: 0, run: run.id };
      return [startOf(run, at), readinessOf(run, at)];
    });
}

/** @typedef {{t: number, seq: number, run: string}} At */

// What the header of a file tells of a run may lack something that an event of the server has.
const asEvent = (/** @type {unknown} */ event) => /** @type {RoomEvent} */ (event);

const startOf = (/** @type {Run} */ { lab, program, pid }, /** @type {At} */ at) =>
  asEvent({ ...at, type: "run.started", lab, program, pid: pid ?? null, args: [] });

const readinessOf = (/** @type {Run} */ { host, port, transport }, /** @type {At} */ at) =>
  asEvent(
    port
      ? { ...at, type: "run.listening", host, port, ...(transport && { transport }) }
      : { ...at, type: "run.running" },
  );

/**
 * A moment of a recording, and how it goes on: {events, start, end, time, count, speed, playing,
 * skipsWaits}. Of a take the `first` events are what was before it: nobody goes back to them.
 * @param {readonly Recorded[]} events
 * @param {number} [first]
 * @returns {Playback}
 */
export function playback(events, first = 0) {
  const start = events[Math.max(0, first - 1)]?.t ?? 0;
  const end = events.at(-1)?.t ?? 0;
  return Object.freeze({
    events,
    start,
    end,
    time: start,
    count: first,
    speed: 1,
    playing: false,
    skipsWaits: true,
    first,
  });
}

/**
 * How many events of a recording there are until its take has begun; 0 without a take.
 * @param {readonly Recorded[]} events
 * @param {number | null} take its number
 */
export const beginOf = (events, take) =>
  take === null
    ? 0
    : 1 + events.findIndex((event) => event.type === "take.began" && event.take === take);

/** How many events have happened at a time. */
export function countAt(/** @type {readonly Recorded[]} */ events, /** @type {number} */ time) {
  return firstWhere(events, ({ t }) => t > time);
}

/** The moment of a time: all events up to it have happened. */
export function seek(/** @type {Playback} */ state, /** @type {number} */ time) {
  const within = Math.min(Math.max(time, state.start), state.end);
  const count = Math.max(state.first, countAt(state.events, within));
  return changed(state, { time: within, count });
}

/** The moment before anything happened. */
export const toStart = (/** @type {Playback} */ state) =>
  changed(state, { time: state.start, count: state.first });

/** The moment at which the next event, or the one before, has just happened; it pauses. */
export function step(/** @type {Playback} */ state, /** @type {number} */ by) {
  const count = Math.min(Math.max(state.count + by, state.first), state.events.length);
  const time = count === 0 ? state.start : state.events[count - 1].t;
  return changed(state, { time, count, playing: false });
}

/** The moment after so many seconds of a clock on the wall; at the end it stops. */
export function advance(/** @type {Playback} */ state, /** @type {number} */ elapsedS) {
  if (!state.playing) return state;
  const next = seek(state, withoutWait(state, state.time + elapsedS * state.speed));
  return next.time >= state.end ? changed(next, { playing: false }) : next;
}

// The time after a long wait that has gone on long enough, or the time itself.
function withoutWait(
  /** @type {Playback} */ { events, count, start, skipsWaits },
  /** @type {number} */ time,
) {
  if (!skipsWaits || count === events.length) return time;
  const before = count === 0 ? start : events[count - 1].t;
  const after = events[count].t;
  const isLong = after - before > LONG_WAIT.s && time > before + LONG_WAIT.keptS;
  return isLong ? Math.max(time, after - LONG_WAIT.beforeNextS) : time;
}

/** Leave long waits out, or not. */
export const skippingWaits = (/** @type {Playback} */ state, /** @type {boolean} */ skipsWaits) =>
  changed(state, { skipsWaits });

/** Play or pause; to play at the end is to play again. */
export function play(/** @type {Playback} */ state, playing = true) {
  const isOver = state.count === state.events.length && state.time >= state.end;
  return changed(playing && isOver ? toStart(state) : state, {
    playing: playing && state.events.length > 0,
  });
}

/** Go on at another speed, one of SPEEDS. */
export const atSpeed = (/** @type {Playback} */ state, /** @type {number} */ speed) =>
  SPEEDS.includes(speed) ? changed(state, { speed }) : state;

/**
 * @param {Playback} state
 * @param {Partial<Playback>} change
 * @returns {Playback}
 */
function changed(state, change) {
  return Object.freeze({ ...state, ...change });
}
