// The labs that a recording tells of.

import { count } from "./tally.js";

/** @import { Lab as AnyLab } from "./lab-view.js" */
/** @import { LabSummary, RoomEvent } from "./types.d.ts" */

/**
 * A lab that the playground does not have has `isStrange` and what its events tell of it.
 * @typedef {AnyLab & Partial<Pick<LabSummary, "title">> & {isStrange?: boolean}} Lab
 */

/**
 * The labs of a recording, the one with most events first; of those that this playground has it
 * knows everything. A recording of a take is of `only` that lab.
 * @param {readonly RoomEvent[]} events
 * @param {Lab[]} known
 * @param {string | null} [only]
 * @returns {Lab[]}
 */
export function labsOf(events, known, only = null) {
  const labNamed = (/** @type {string} */ id) =>
    known.find((lab) => lab.id === id) ?? strangeLab(id, events);
  if (only !== null) return [labNamed(only)];
  /** @type {Map<string, string>} */
  const labOf = new Map(); // run → lab
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const event of events) {
    if (event.type === "run.started") labOf.set(event.run, event.lab);
    const id = "run" in event && event.run ? labOf.get(event.run) : undefined;
    if (id) count(counts, id);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([id]) => labNamed(id));
}

/**
 * A lab that the recording names and this playground does not have.
 * @param {string} id
 * @param {readonly RoomEvent[]} events
 * @returns {Lab}
 */
export function strangeLab(id, events) {
  const starts = events
    .filter((event) => event.type === "run.started")
    .filter(({ lab }) => lab === id);
  const programs = [...new Set(starts.map(({ program }) => program))];
  return { id, isStrange: true, programs, server: null, transport: null, client: { kind: "none" } };
}
