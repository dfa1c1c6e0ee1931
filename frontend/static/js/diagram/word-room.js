// Room for the words of all that is in view: no words over others, none struck through. What goes over
// the wire stands where it is; other words move a little, and where there is no room they are left
// out: the card of the item says them. Pure: boxes are reckoned, nothing is measured.

import { widthOf } from "./word-width.js";

/** @import { Shape } from "../dom/svg.js" */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {{x0: number, y0: number, x1: number, y1: number}} Line */
/** @typedef {{boxes: Box[], lines: Line[], holds: Line[]}} Taken */
/** @typedef {{right: number, down: number, box: Box}} Place where words stand, so far from where they should */

const ASCENT = 10; // of words, above the line that they stand on
const DESCENT = 3;
const APART = 2; // between words above each other
const HOLD = /^M(-?[\d.]+) (-?[\d.]+)V(-?[\d.]+)$/;
const SPACED = 1.06; // letters of flags stand apart
const WIDER = 1.2; // digits and "…" of words in proportion, than their letters
const SLACK = 1;
const BESIDE = 3; // from a line of what waits to a message that makes room for it
const MESSAGE = 0; // its rank
/** @type {readonly [of: string, by: readonly number[]][]} the first who choose, and how far they move */
const RANKS = [
  ["say--data", [0]],
  ["say--flag", [0]],
  ["say--break", [0]],
  ["say--mark", [0, 14, -14, 28]],
  ["say--call", [0, 14, -14, 28]],
  ["say--wait", [0, 8, -8, 15, -15, 30, 45]],
  ["say--range", [0, -12, 12]],
  ["say--note", [0, 4, -3, 8]],
];

/** The box of words. */
export function boxOf(/** @type {Shape} */ [, { class: kind, x, y }, text = ""]) {
  const name = String(kind);
  const isMono = /say--(data|flag|call|range)/.test(name);
  const spaced = name.includes("say--flag") ? SPACED : 1;
  const wide = isMono ? 0 : text.replace(/[^\d…]/g, "").length * WIDER;
  const width = widthOf(text, isMono ? "mono" : "sans") * spaced + wide;
  const anchor = name.includes("say--start") ? 0 : name.includes("say--end") ? 1 : 0.5;
  const left = Number(x) - anchor * width;
  return { left, right: left + width, top: Number(y) - ASCENT, bottom: Number(y) + DESCENT };
}

/** The straight lines of an arrow. */
export function linesOf(/** @type {Shape} */ [, { class: kind, d }]) {
  if (!String(kind).startsWith("wire")) return [];
  const points = [...String(d).matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)];
  return points.slice(1).map(([, x1, y1], i) => {
    const [, x0, y0] = points[i];
    return { x0: Number(x0), y0: Number(y0), x1: Number(x1), y1: Number(y1) };
  });
}

/** The vertical line of what waits in the kernel. */
export function holdOf(/** @type {Shape} */ [, { class: kind, d }]) {
  const [, x, y0, y1] =
    (String(kind).startsWith("hold ") && HOLD.exec(String(d))?.map(Number)) || [];
  return x === undefined ? [] : [{ x0: x, y0, x1: x, y1 }];
}

/** Whether two boxes touch. */
export const overlap = (/** @type {Box} */ a, /** @type {Box} */ b) =>
  a.left < b.right - SLACK &&
  b.left < a.right - SLACK &&
  a.top < b.bottom - SLACK &&
  b.top < a.bottom - SLACK;

/** Whether a line goes through a box. */
export function strikes(
  /** @type {Line} */ { x0, y0, x1, y1 },
  /** @type {Box} */ { left, right, top, bottom },
) {
  let [from, to] = [0, 1];
  for (const [start, way, low, high] of [
    [x0, x1 - x0, left + SLACK, right - SLACK],
    [y0, y1 - y0, top + SLACK, bottom - SLACK],
  ]) {
    if (way === 0) {
      if (start <= low || start >= high) return false;
    } else {
      const ends = [(low - start) / way, (high - start) / way];
      from = Math.max(from, Math.min(...ends));
      to = Math.min(to, Math.max(...ends));
    }
  }
  return from < to;
}

export class WordRoom {
  /** @type {Map<unknown, Taken>} thing → what it takes */
  #taken = new Map();

  clear() {
    this.#taken.clear();
  }

  /** Forget the things that are not in view any more. */
  keep(/** @type {(thing: any) => boolean} */ stays) {
    for (const thing of this.#taken.keys()) if (!stays(thing)) this.#taken.delete(thing);
  }

  /**
   * Find room for the words of things that come into view, beside those that are there. Returns their
   * shapes, with the words that have room.
   * @template Thing
   * @param {Map<Thing, Shape[]>} shapes
   */
  fit(shapes) {
    /** @type {{thing: Thing, shape: Shape, rank: number}[]} */
    const words = [];
    /** @type {Map<Thing, Shape[]>} */
    const fitted = new Map();
    for (const [thing, drawn] of shapes) {
      fitted.set(
        thing,
        drawn.filter(([element]) => element !== "text"),
      );
      this.#taken.set(thing, {
        boxes: [],
        lines: drawn.flatMap(linesOf),
        holds: drawn.flatMap(holdOf),
      });
      for (const shape of drawn) {
        if (shape[0] === "text") words.push({ thing, shape, rank: rankOf(shape) });
      }
    }
    words.sort((a, b) => a.rank - b.rank);
    for (const { thing, shape, rank } of words) {
      const placed = this.#place(thing, shape, rank);
      if (placed) fitted.get(thing)?.push(placed);
    }
    return fitted;
  }

  #place(/** @type {unknown} */ thing, /** @type {Shape} */ shape, /** @type {number} */ rank) {
    const [element, attributes, text] = shape;
    const box = boxOf(shape);
    const own = /** @type {Taken} */ (this.#taken.get(thing));
    const near = [...this.#taken.values()];
    const isFree = (/** @type {Place} */ { box: at }) =>
      !near.some(({ boxes }) => boxes.some((other) => overlap(other, at))) &&
      !own.lines.some((line) => strikes(line, at));
    const isClear = (/** @type {Place} */ { box: at }) =>
      !near.some(({ lines, holds }) => [...lines, ...holds].some((line) => strikes(line, at)));
    const free = RANKS[rank][1].map((by) => moved(box, 0, by)).filter(isFree);
    const holds = rank === MESSAGE ? near.flatMap((each) => each.holds) : [];
    const place =
      free.find(isClear) ??
      aside(box, own.lines, holds).find((each) => isFree(each) && isClear(each)) ??
      free[0];
    if (!place) return null;
    own.boxes.push({
      ...place.box,
      top: place.box.top - APART,
      bottom: place.box.bottom + APART,
    });
    const [x, y] = [Number(attributes.x) + place.right, Number(attributes.y) + place.down];
    /** @type {Shape} */
    const placed = [element, { ...attributes, x, y }, text];
    return placed;
  }
}

/** @returns {Place} */
const moved = (
  /** @type {Box} */ box,
  /** @type {number} */ right,
  /** @type {number} */ down,
) => ({
  right,
  down,
  box: {
    left: box.left + right,
    right: box.right + right,
    top: box.top + down,
    bottom: box.bottom + down,
  },
});

// Where a message stands that a line of what waits goes through: beside that line, along its own arrow.
function aside(
  /** @type {Box} */ box,
  /** @type {readonly Line[]} */ own,
  /** @type {readonly Line[]} */ holds,
) {
  const ends = own.flatMap(({ x0, x1 }) => [x0, x1]);
  return holds
    .filter((line) => strikes(line, box))
    .flatMap(({ x0 }) => [x0 - BESIDE - box.right, x0 + BESIDE - box.left])
    .map((by) => moved(box, by, 0))
    .filter(({ box: at }) => at.left >= Math.min(...ends) && at.right <= Math.max(...ends));
}

function rankOf(/** @type {Shape} */ [, { class: kind }]) {
  const rank = RANKS.findIndex(([name]) => String(kind).includes(name));
  return rank < 0 ? RANKS.length - 1 : rank;
}
