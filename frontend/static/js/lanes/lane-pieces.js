// Which waits, holds and wakes are drawn, where there are more than can be seen: of those that fall
// into one cell of a lane the first one, which knows how many more there are. What is wide, or
// lasts, is always drawn. Pure.

/** @import { Hold } from "../model/holds.js" */
/** @import { Lane } from "../model/lane-model.js" */
/** @import { Wait } from "../model/waits.js" */
/** @import { Wake } from "../model/wakes.js" */
/** @import { View } from "./lane-shapes.js" */

const CELL = 3; // px
const SHOWN = 1_000; // pieces in view; with more the cells grow
const WAKES_SHOWN = 250;

/**
 * A piece that is drawn, for itself and for so many more.
 * @template Of
 * @typedef {{of: Of, more: number}} Piece
 */

/** @typedef {{lane: Lane, waits: Piece<Wait>[], holds: Piece<Hold>[]}} LanePieces */

/**
 * The place of a time in the picture, in px.
 * @param {number} t
 * @param {{start: number, scale: number}} view
 */
export const xAt = (t, { start, scale }) => Math.round((t - start) * scale * 10) / 10;

/**
 * The pieces of each lane in view.
 * @param {Lane[]} lanes
 * @param {View} view
 * @returns {LanePieces[]}
 */
export function lanePieces(lanes, view) {
  for (let cell = CELL; ; cell *= 2) {
    const rows = lanes.map((lane) => ({
      lane,
      waits: sparse(lane.waits, cell, view),
      holds: sparse(lane.holds, cell, view),
    }));
    const count = rows.reduce((sum, { waits, holds }) => sum + waits.length + holds.length, 0);
    if (count <= SHOWN || cell > SHOWN) return rows;
  }
}

/**
 * The wakes in view between threads that have a row.
 * @param {Wake[]} wakes
 * @param {View} view
 * @returns {Piece<Wake>[]}
 */
export function wakePieces(wakes, view) {
  const last = Math.min(view.to, view.now);
  const inView = wakes.filter((wake) => {
    if (wake.t > last || wake.toT < view.from) return false;
    if (wake.from === wake.to && wake.why !== "nobody") return false;
    const [a, b] = [view.rows.topOf(wake.from), view.rows.topOf(wake.to)];
    if (a === undefined || b === undefined) return false;
    return Math.max(a, b) >= view.top && Math.min(a, b) <= view.bottom;
  });
  for (let cell = CELL; ; cell *= 2) {
    const shown = firstOfEach(inView, ({ from, to, toT }) => {
      return `${from.key}>${to.key} ${Math.floor(xAt(toT, view) / cell)}`;
    });
    if (shown.length <= WAKES_SHOWN || cell > SHOWN) return shown;
  }
}

/**
 * @template {{t: number, end: number}} Of
 * @param {Of[]} list
 * @param {number} cell
 * @param {View} view
 */
function sparse(list, cell, view) {
  const last = Math.min(view.to, view.now);
  /** @type {Piece<Of>[]} */
  const shown = [];
  let cellOf = Number.NaN; // the cell of the last narrow piece
  let narrow = { more: 0 };
  for (const of of list) {
    if (of.t > last) break;
    if (of.end < view.from) continue;
    const x = xAt(of.t, view);
    const isNarrow = of.end <= view.now && xAt(of.end, view) - x < cell;
    const here = Math.floor(x / cell);
    if (isNarrow && here === cellOf) narrow.more += 1;
    else {
      const piece = { of, more: 0 };
      shown.push(piece);
      cellOf = isNarrow ? here : Number.NaN;
      narrow = piece;
    }
  }
  return shown;
}

/**
 * @template Of
 * @param {Of[]} list
 * @param {(of: Of) => string} keyOf
 */
function firstOfEach(list, keyOf) {
  /** @type {Map<string, Piece<Of>>} */
  const found = new Map();
  for (const of of list) {
    const key = keyOf(of);
    const known = found.get(key);
    if (known) known.more += 1;
    else found.set(key, { of, more: 0 });
  }
  return [...found.values()];
}
