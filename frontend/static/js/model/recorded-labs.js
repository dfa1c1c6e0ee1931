// The labs that a recording tells of.

import { count } from "./tally.js";

/**
 * A lab that the playground does not have has `isStrange` and what its events tell of it.
 * @typedef {{id: string, programs: string[], isStrange?: boolean} & Record<string, any>} Lab
 */

/**
 * The labs of a recording, the one with most events first; of those that this playground has it
 * knows everything.
 * @param {readonly any[]} events
 * @param {Lab[]} known
 * @returns {Lab[]}
 */
export function labsOf(events, known) {
  /** @type {Map<string, string>} */
  const labOf = new Map(); // run → lab
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { type, run, lab } of events) {
    if (type === "run.started") labOf.set(run, lab);
    const id = labOf.get(run);
    if (id) count(counts, id);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([id]) => known.find((lab) => lab.id === id) ?? strangeLab(id, events));
}

/**
 * A lab that the recording names and this playground does not have.
 * @param {string} id
 * @param {readonly any[]} events
 * @returns {Lab}
 */
export function strangeLab(id, events) {
  const starts = events.filter((event) => event.type === "run.started" && event.lab === id);
  const programs = [...new Set(starts.map((event) => event.program))];
  return { id, isStrange: true, programs, server: null, transport: null, client: { kind: "none" } };
}
