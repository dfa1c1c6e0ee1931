// The moment that all views of a page show: the present, or a time of the history. Pure.

import { firstWhere } from "./sorted.js";

/** @import { TimeTrack } from "./time-track.js" */
/**
 * What has happened until a time in seconds, on the clock of the events; null: the present. `count`
 * tells events of one time apart, where it is known: so many have happened.
 * @typedef {{readonly until: number | null, readonly count: number | null}} Moment
 */

/** The present. @type {Moment} */
export const LIVE = Object.freeze({ until: null, count: null });

/**
 * A moment of the past.
 * @param {number} until
 * @param {number | null} [count]
 * @returns {Moment}
 */
export const at = (until, count = null) => Object.freeze({ until, count });

/**
 * Whether an event has happened at a moment. Where `count` is known, events are numbered by time.
 * @param {Moment} moment
 * @param {{t: number, seq: number}} event
 */
export function hasHappened({ until, count }, { t, seq }) {
  if (count !== null) return seq <= count;
  return until === null || t <= until;
}

/**
 * The moment that comes so many stops after this one, or (negative) before it; past the last stop it
 * is the present. `stops` are by time.
 * @param {Moment} moment
 * @param {readonly {t: number}[]} stops
 * @param {number} by
 */
export function step(moment, stops, by) {
  const { until } = moment;
  const here = (until === null ? stops.length : firstWhere(stops, ({ t }) => t > until)) - 1;
  const next = stops[here + by];
  if (next) return at(next.t);
  return by > 0 ? LIVE : moment;
}

/**
 * The moment at a part (0 to 1) of a track; at its end it is the present.
 * @param {TimeTrack} track
 * @param {number} part
 */
export const scrub = (track, part) =>
  track.count === 0 || part >= 1 ? LIVE : at(track.timeAt(part));

/**
 * Where on a track a moment is, from 0 to 1.
 * @param {Moment} moment
 * @param {TimeTrack} track
 */
export const partOf = ({ until }, track) => (until === null ? 1 : track.partOf(until));
