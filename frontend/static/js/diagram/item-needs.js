// How much room each thing asks for in the rows of the diagram, and between which columns:
// the same item and the same columns need the same, so that what has not changed does not move.

import { isShort } from "../model/waits.js";
import { transferLabel } from "../words/diagram-words.js";
import { roomForOne } from "./message-lines.js";

/** @import { End, Item, Party, Transfer } from "../model/diagram.d.ts" */
/** @import { Mode } from "../words/diagram-words.js" */
/** @import { Column } from "./diagram-columns.js" */
/**
 * Room that an item needs at a time: px `above` and `below` its row, in the gaps `lo` to `hi`
 * between columns (0: between the first two). `until`: when the arrow ends that begins here. A ghost
 * is a moment without a place of its own: what happened then is folded away. `lines`: of its message.
 * From a gap of `turnsAt` px between columns on it needs less: a message stands in one line, words beside
 * a lifeline reach over one column.
 * @typedef {{t: number, above: number, below: number, lo: number, hi: number, tick?: boolean,
 *   carries?: boolean, until?: number, belowFar?: number, isGhost?: boolean, lines?: number,
 *   turnsAt?: number}} Need
 */
/**
 * Where the columns are, `gap` px apart, who is folded away but there, and what arrows say.
 * @typedef {{columns: Column[], columnOf: (party: Party | null | undefined) => number,
 *   isSilent: (party: Party | null | undefined) => boolean,
 *   lanesOf: (party: Party) => number, gap: number, mode: Mode}} Place
 */

const DIRECT_S = 0.02; // what takes longer has waited in the kernel
const NOWHERE = { above: 3, below: 3, lo: Infinity, hi: -Infinity }; // in nobody's way
const GHOST = { ...NOWHERE, above: 0, below: 0, isGhost: true };
const AROUND = 25; // about a message: a sign of what waits, and some distance
const BESIDE = 42; // about a message beside the furthest line of what waits, see holdAt
const PARTS = 44; // the places of its parts
const REACH = 150; // px; with less between two columns words reach over the next one
export const BAR = 7; // width of a bar
export const LANE = 9; // from one thread's bar to the next
export const FLIGHT = 12; // how much lower an arrow ends than it begins
export const LANDING = FLIGHT + 8; // from the beginning of a flight to the first read
export const LINE = 15; // from one line of a message to the next
export const HOLD = 5; // from one line of what waits in the kernel to the next
export const STEEP = 46; // an arrow that would end lower waits beside the lifeline instead

const ALWAYS = new Set(["socket", "bind", "listen", "connect", "shutdown", "close"]);

/** Whether a transfer is drawn as one straight arrow; the others wait in the receiver's kernel. */
export function isDirect(/** @type {Transfer} */ { arrivals, sentT, what, to }) {
  if (sentT === null || to === null || isOutside(to)) return true;
  if (what === "fin" && arrivals.length === 0 && to.closedT !== Infinity) return true;
  if (arrivals.length !== 1) return false;
  const [arrival] = arrivals;
  if (what === "segment" && (arrival.read?.links.length ?? 0) > 1) return false;
  return arrival.t - sentT < DIRECT_S;
}

// Somebody who tells nothing: what is sent there has just been sent.
const isOutside = (/** @type {End} */ end) =>
  !end.known && (end.party === null || end.party.kind === "peer");

/** How far before an arrow's end what waits in the kernel has its line: each stream has two of its own. */
export const holdAt = (/** @type {Transfer} */ { from, waits }) =>
  10 + 10 * ((from.connection?.ends[0].id ?? 0) % 3) + (waits === "backlog" ? HOLD : 0);

/** The moment from which on an item is drawn. */
export function shownFrom(/** @type {Item} */ item) {
  if (item.kind === "transfer") return item.sentT ?? item.arrivals[0]?.t ?? item.t;
  return item.kind === "bar" && isShort(item) ? item.end : item.t;
}

/** Whether the end of an item is not known: it grows with time. */
export function isOpen(/** @type {Item} */ item) {
  if (item.kind === "bar") return item.end === Infinity;
  if (item.kind !== "transfer" || item.sentT === null || item.lostT !== Infinity) return false;
  if (item.uncertain || item.takenT !== undefined) return false; // what came of it was not told
  if (item.to === null || isOutside(item.to)) return false; // nobody there tells of its arrival
  if (item.what === "segment") {
    return item.arrivals.reduce((left, { from = 0, to = 0 }) => left - (to - from), item.bytes) > 0;
  }
  return item.arrivals.length === 0;
}

/** Over how many columns the words beside a row may reach. */
export const reachOf = (/** @type {number} */ gap) => (gap < REACH ? 2 : 1);

/** Whether a tick, or a call that took no time, is shown in a mode. */
const showsTick = (/** @type {Item} */ item, /** @type {string} */ mode) =>
  mode === "calls" || (item.kind === "tick" && ALWAYS.has(item.call));

/**
 * The needs of an item.
 * @param {Item} item
 * @param {Place} place
 * @returns {Need[]}
 */
export function needsOf(item, place) {
  if (item.kind === "transfer") return needsOfTransfer(item, place);
  const { columns, columnOf, gap, mode } = place;
  if (item.kind === "break") {
    return [{ t: item.t, above: 13, below: 13, lo: -1, hi: columns.length }];
  }
  const column = columnOf(item.party);
  if (columns[column]?.isRest) return ghost(item); // of those only what goes to others is seen
  const beside = { lo: column - 1, hi: column - 1 + reachOf(gap), turnsAt: REACH };
  if (item.kind === "mark") {
    return [{ t: item.t, above: 10, below: item.what === "error" ? 26 : 10, ...beside }];
  }
  if (item.kind === "tick" || isShort(item)) {
    if (!showsTick(item, mode)) return [];
    const t = item.kind === "tick" ? item.t : item.end;
    return [{ t, above: 9, below: 9, ...beside, tick: true }];
  }
  const needs = [{ t: item.t, ...NOWHERE }];
  if (item.end !== Infinity) needs.push({ t: item.end, ...NOWHERE });
  return needs;
}

/** @returns {Need[]} */
const ghost = (/** @type {Item} */ item) => [{ t: shownFrom(item), ...GHOST }];

/** @returns {Need[]} */
function needsOfTransfer(/** @type {Transfer} */ item, /** @type {Place} */ place) {
  const { columns, columnOf, isSilent } = place;
  const { lo, hi } = spanOf(item, columns, columnOf);
  const to = columnOf(item.to?.party);
  if (columns[to]?.isRest && (hi < lo || isSilent(item.to?.party))) return ghost(item);
  const { arrivals, sentT } = item;
  const small = item.what !== "datagram" && item.what !== "segment";
  const turnsAt = small ? 0 : gapForOneLine(item, lo, hi, place);
  const lines = linesIn(place.gap, turnsAt);
  const label = (small ? 17 : 22) + LINE * (lines - 1);
  const isNoted =
    !small || item.lostT !== Infinity || (item.waits === "backlog" && !isDirect(item));
  const size = isNoted ? 17 : 3;
  const message = { t: sentT ?? arrivals[0].t, lo, hi, carries: true, lines, turnsAt };
  if (sentT === null) {
    return [{ ...message, above: label + FLIGHT, below: size }];
  }
  if (isDirect(item) && arrivals.length > 0 && !columns[to]?.isRest) {
    const until = arrivals[0].t;
    // Should something else come before its arrival, it is drawn as a flight and a wait.
    const start = { ...message, above: label, below: 4, until, belowFar: FLIGHT + size };
    const end = { t: until, above: 8, below: size, lo, hi };
    if (end.t === start.t) return [{ ...start, below: FLIGHT + size }];
    return [start, end];
  }
  const atOnce = arrivals.some((arrival) => arrival.t === sentT) ? LANDING : 0;
  const start = { ...message, above: label + atOnce, below: FLIGHT + size };
  if (isDirect(item) || columns[to]?.isRest) return [start];
  const side = to > lo ? { lo: to - 1, hi: to - 1 } : { lo: to, hi: to };
  const reads = [...new Set(arrivals.map((arrival) => arrival.t))].filter((t) => t !== sentT);
  return [start, ...reads.map((t) => ({ t, above: 8, below: 6, ...side }))];
}

/** Make a need what it is in a gap of another width. */
export function fitTo(/** @type {number} */ gap, /** @type {Need} */ need) {
  if (need.lines === undefined) {
    need.hi = need.lo + reachOf(gap);
    return;
  }
  const lines = linesIn(gap, need.turnsAt ?? 0);
  need.above += LINE * (lines - need.lines);
  need.lines = lines;
}

const linesIn = (/** @type {number} */ gap, /** @type {number} */ turnsAt) =>
  gap < turnsAt ? 2 : 1;

// The least gap in which a message stands in one line for certain, whether it waits in the kernel or not.
function gapForOneLine(
  /** @type {Transfer} */ item,
  /** @type {number} */ lo,
  /** @type {number} */ hi,
  /** @type {Place} */ { columns, lanesOf, mode },
) {
  const left = columns[lo]?.parties[0];
  const ends = hi > lo ? 0 : 2 * BAR + (left ? lanesOf(left) * LANE : 0); // beside its outer end else
  const parts = item.arrivals.length > 1 ? PARTS : 0;
  const around = item.what === "segment" && hi === lo ? BESIDE : AROUND;
  return roomForOne(transferLabel(item, mode)) + ends + around + parts;
}

function spanOf(
  /** @type {Transfer} */ item,
  /** @type {Column[]} */ columns,
  /** @type {Place["columnOf"]} */ columnOf,
) {
  const a = columnOf(item.from?.party);
  const b = columnOf(item.to?.party);
  if (a < 0 || b < 0) {
    const one = Math.max(a, b);
    return one === 0 || columns.length < 2 ? { lo: one, hi: one } : { lo: one - 1, hi: one - 1 };
  }
  return { lo: Math.min(a, b), hi: Math.max(a, b) - 1 };
}
