// Takes: what happened in one lab since its board was last cleared (docs/architecture.md). Pure.

import { firstWhere } from "./sorted.js";

/** @import { Output } from "./output-lines.js" */
/**
 * A take: its number in its lab, when it began, the number of the event that told it. `lines` has from
 * which line on the output of a run belongs to it, where some does not.
 * @typedef {{number: number, seq: number, t: number, lines: ReadonlyMap<string, number>}} Take
 */

const KEPT = 50; // takes of a lab that are known

/** The first take of a lab, which begins with the room. @type {Take} */
export const FIRST = Object.freeze({ number: 1, seq: 0, t: -Infinity, lines: new Map() });

/**
 * The takes of a lab with one more, the present one last.
 * @param {readonly Take[] | undefined} known
 * @param {Take} take
 */
export const withTake = (known, take) => [...(known ?? [FIRST]), take].slice(-KEPT);

/**
 * From which line on the outputs belong to a take that begins now; a line without its end does.
 * @param {Iterable<[string, Output]>} outputs
 * @returns {ReadonlyMap<string, number>}
 */
export function linesFrom(outputs) {
  const lines = new Map();
  for (const [run, output] of outputs) {
    const last = output.lines.at(-1);
    if (last) lines.set(run, last.ended ? output.nextId : last.id);
  }
  return lines;
}

/**
 * The output of a run as a take has it; the same object for the same output.
 * @param {Take} take
 * @param {string} run
 * @param {Output} output
 * @returns {Pick<Output, "lines" | "forgotten">}
 */
export function outputIn({ lines }, run, output) {
  const from = lines.get(run);
  if (from === undefined) return output;
  let part = parts.get(output);
  if (part?.from !== from) {
    const first = firstWhere(output.lines, ({ id }) => id >= from);
    const isWhole = first === 0 && (output.lines[0]?.id ?? from) > from;
    part = { from, lines: output.lines.slice(first), forgotten: isWhole ? output.forgotten : 0 };
    parts.set(output, part);
  }
  return part;
}

/** @type {WeakMap<Output, {from: number, lines: Output["lines"], forgotten: number}>} */
const parts = new WeakMap();

/** Which of these takes there was at a time; null: the present one. */
export function takeAt(/** @type {readonly Take[]} */ takes, /** @type {number | null} */ until) {
  if (until === null) return takes.length - 1;
  return Math.max(0, firstWhere(takes, ({ t }) => t > until) - 1);
}

/** Whether something that has ended did so before a take, when its last event had this number. */
export const isBefore = (/** @type {Take} */ { seq }, /** @type {number} */ asOf) => asOf < seq;
