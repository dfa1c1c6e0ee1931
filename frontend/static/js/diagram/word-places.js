// Where words stand in the diagram: beside a lifeline, where no arrow is in the way. Pure: it asks
// the layout and changes nothing; what it gives is where to write, how much room there is, and what
// has room there.

import { FLIGHT, HOLD, holdAt, isDirect, LANE, reachOf } from "./item-needs.js";

/** @import { Item, Party } from "../model/diagram.d.ts" */
/** @import { Bar } from "../model/diagram-bars.js" */
/** @import { Column } from "./diagram-columns.js" */
/** @import { DiagramLayout } from "./diagram-layout.js" */
/** @import { Stop } from "./stop.js" */

const CLEAR = 12; // from a lifeline to the words beside it
const NEXT = 6; // from the words to the next lifeline, if bars stand on it
const EDGE = 4;
const LEAST = 40; // with less room at its left, words stand under an arrow at the right
const BESIDE = 90; // at least wanted at the right, or the other side is taken when it has more
const LINE = 15;
const LINES = 4; // of bars of several threads, below each other
const PLACES = 60; // rows in which the words of a bar look for a place

/** Where words so wide about a row of a lifeline stand: {labelX, anchor, room, drop}. */
export function beside(
  /** @type {DiagramLayout} */ layout,
  /** @type {Party} */ party,
  /** @type {Stop | null} */ stop,
  /** @type {number} */ width,
) {
  const isTaken = (/** @type {number} */ side) =>
    stop !== null && hasArrow(layout, party, side, stop);
  const place = sideOf(layout, party, isTaken, {
    wanted: Math.max(BESIDE, width),
    // Of an arrow that goes down from here: they stand above it (word-room.js).
    canPass: (room) => stop !== null && room < width && !hasArrow(layout, party, -1, stop, "to"),
    reach: reachOf(layout.gap),
  });
  const isRight = stop !== null && place.anchor === "say--start";
  const beyond = isRight ? heldTo(layout, party, 1, { y: stop.y, below: -4 }) : 0;
  const ends = stop !== null && [...stop.needs.keys()].some((item) => isInstant(item, party));
  const drop = ends && place.drop > 0 ? place.drop + FLIGHT : place.drop;
  return { ...place, labelX: place.labelX + beyond, room: place.room - beyond, drop };
}

/**
 * Where the words of a bar stand, the shorter ones of which are so wide: in the widest pause that it
 * covers; null: nowhere.
 */
export function labelPlace(
  /** @type {DiagramLayout} */ layout,
  /** @type {Bar} */ bar,
  /** @type {number} */ end,
  /** @type {number} */ least,
) {
  const pause = widestPause(layout, bar, end);
  const line = Math.min(bar.lane, LINES);
  const needed = 12 + line * LINE;
  if (pause === null || pause.height < needed) return null;
  const y = pause.top + Math.min(needed, (pause.height - line * LINE) / 2 + 4 + line * LINE);
  const column = layout.columnOf(bar.party);
  // The words of a server stand at its right: its neighbour there keeps to its own right.
  const wanted = layout.columns[column - 1]?.isHub ? 60 : 130;
  const near = { y, below: 8 };
  const held = {
    1: heldTo(layout, bar.party, 1, near),
    [-1]: heldTo(layout, bar.party, -1, near),
  };
  const isTaken = (/** @type {1 | -1} */ side) => held[side] > 0;
  const reach = freeColumns(layout, column);
  const place = sideOf(layout, bar.party, isTaken, { wanted, reach, least });
  const beyond = place.anchor === "say--start" ? held[1] : 0; // beside what waits there
  return { x: place.labelX + beyond, y, anchor: place.anchor, room: place.room - beyond };
}

function widestPause(
  /** @type {DiagramLayout} */ layout,
  /** @type {Bar} */ bar,
  /** @type {number} */ end,
) {
  const { stops } = layout;
  const from = layout.indexAt(bar.t);
  const to = layout.indexAt(end);
  let best = null;
  for (let i = Math.max(from, to - PLACES); i <= to; i++) {
    const next = stops[i + 1];
    const top = layout.bottomOf(i);
    const bottom = next && i < to ? next.y - next.above : layout.yAt(end);
    if (best === null || bottom - top > best.height) best = { top, height: bottom - top };
  }
  return best;
}

// In a pause nothing stands beside a lifeline without bars: words may cross it.
function freeColumns(/** @type {DiagramLayout} */ { columns }, /** @type {number} */ column) {
  let next = column + 1;
  while (isFree(columns[next])) next += 1;
  return next - column;
}

const isFree = (/** @type {Column | undefined} */ column) =>
  column !== undefined && column.parties.every(({ kind }) => kind !== "run");

// At the right, over so many columns, if nothing is there; else at the left, or under the arrow. Words that
// have too little room at the right may go to the left also where an arrow is, if they can pass it.
function sideOf(
  /** @type {DiagramLayout} */ layout,
  /** @type {Party} */ party,
  /** @type {(side: 1 | -1) => boolean} */ isTaken,
  /** @type {{wanted: number, reach: number, least?: number, canPass?: (room: number) => boolean}} */
  { wanted, reach, least = wanted, canPass = () => false },
) {
  const { xs, gap, width } = layout;
  const column = layout.columnOf(party);
  const x = xs[column] ?? 0;
  const lanes = layout.lanesOf(party) * LANE;
  const toEdge = width - x - CLEAR - lanes - EDGE;
  const free = freeColumns(layout, column);
  const isLast = column + (free > reach ? reach + 1 : reach) >= xs.length;
  const next = free > reach ? 0 : NEXT;
  const right = isLast ? toEdge : Math.min(toEdge, reach * gap - CLEAR - lanes - next);
  const isFirst = column === 0 || (column === 1 && isFree(layout.columns[0]));
  const left = isFirst ? x - CLEAR - EDGE : gap - CLEAR - NEXT;
  const takesRight = isTaken(1);
  const takesLeft = isTaken(-1);
  const goesLeft = takesRight
    ? !takesLeft && left >= LEAST
    : right < wanted && left > right && (!takesLeft || canPass(right));
  if (goesLeft && left >= Math.min(takesRight ? least : wanted, right)) {
    return { labelX: x - CLEAR, anchor: "say--end", room: left, drop: 0 };
  }
  const drop = takesRight ? 12 : 0; // under the arrow
  return { labelX: x + CLEAR + lanes, anchor: "say--start", room: right, drop };
}

// How far from the words of a lifeline those end that wait in the kernel at that side of it: 1 right,
// -1 left; 0: nothing does. It counts for so many px below its end.
function heldTo(
  /** @type {DiagramLayout} */ layout,
  /** @type {Party} */ party,
  /** @type {number} */ side,
  /** @type {{y: number, below: number}} */ { y, below },
) {
  let to = 0;
  for (const item of layout.tallItems) {
    if (item.kind !== "transfer" || item.to?.party !== party || isDirect(item)) continue;
    if (Math.sign(layout.xOf(item.from.party) - layout.xOf(party)) !== side) continue;
    const { top, bottom } = layout.extentOf(item);
    if (top <= y && y <= bottom + below) to = Math.max(to, holdAt(item) + HOLD - 2);
  }
  return to;
}

// Whether an arrow begins or ends at that side of a lifeline in a row, or is on its way there; "to": whether
// one ends there.
function hasArrow(
  /** @type {DiagramLayout} */ layout,
  /** @type {Party} */ party,
  /** @type {number} */ side,
  /** @type {Stop} */ stop,
  /** @type {"to" | "both"} */ ends = "both",
) {
  const column = layout.columnOf(party);
  for (const row of layout.upFrom(stop)) {
    for (const [item, { until = row.t }] of row.needs) {
      if (item.kind !== "transfer" || until < stop.t) continue;
      const [from, to] = [item.from?.party, item.to?.party];
      if ((ends === "to" || from !== party) && to !== party) continue;
      const other = layout.columnOf(from === party ? to : from);
      const isRight = other > column || (other < 0 && column < layout.xs.length - 1);
      if (isRight === side > 0) return true;
    }
  }
  return false;
}

// Whether a transfer ends at a party in the same moment in which it begins: it is drawn below.
function isInstant(/** @type {Item} */ item, /** @type {Party} */ party) {
  if (item.kind !== "transfer" || item.to?.party !== party) return false;
  return item.arrivals[0]?.t === item.sentT;
}
