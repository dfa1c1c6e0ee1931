// Events come by number, which is the order of their arrival; what happened is ordered by time.

/** @import { Numbered } from "./types.js" */

/**
 * Compare two events by time, those of one moment by number.
 * @param {Numbered} a
 * @param {Numbered} b
 */
export const byTime = (a, b) => a.t - b.t || a.seq - b.seq;

/**
 * A batch of events by time, those of one moment by number.
 * @template {Numbered} Event
 * @param {readonly Event[]} events
 * @returns {readonly Event[]}
 */
export function inOrder(events) {
  const ordered = events.every((event, i) => i === 0 || byTime(events[i - 1], event) <= 0);
  return ordered ? events : [...events].sort(byTime);
}
