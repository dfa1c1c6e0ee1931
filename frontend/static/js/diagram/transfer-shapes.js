// What is drawn for a transfer: an arrow, or a flight into the receiver's kernel, a wait there and a
// head for each read. Shapes as values, at the places that the layout gives. Pure.

import * as words from "../words/diagram-words.js";
import { BAR, FLIGHT, HOLD, holdAt, isDirect, LANDING, LANE, STEEP } from "./item-needs.js";
import { stateAt } from "../model/transfer-state.js";
import { labels } from "./arrow-words.js";
import { beside } from "./word-places.js";
import { fitting, widthOf } from "./word-width.js";

/** @import { Shape } from "../dom/svg.js" */
/** @import { Arrival, Party, Transfer } from "../model/diagram.d.ts" */
/** @import { DiagramLayout } from "./diagram-layout.js" */
/** @import { View } from "./diagram-shapes.js" */
/**
 * Where an arrow begins and ends, in px; `side` is 1 to the right, -1 to the left, `to` the column
 * where it ends, `channel` where its words stand, if not in its middle.
 * @typedef {{x0: number, x1: number, side: number, to: number, channel: number | null}} Ends
 */

const CLEAR = 3; // between a lifeline and the end of an arrow
const BESIDE = 28; // from a lifeline to what ends before it
const HEAD = 7; // length of an arrowhead

/**
 * The shapes of a transfer at a time.
 * @param {Transfer} item
 * @param {View} view
 * @returns {Shape[]}
 */
export function transferShapes(item, view) {
  const ends = endsOf(item, view);
  const { state, arrivals } = stateAt(item, view.now);
  const isGone = state === "lost" && item.what === "datagram";
  const isFlight =
    item.sentT !== null &&
    !isGone &&
    !view.layout.isFolded(item.to?.party) &&
    (!isDirect(item) || isSteep(item, arrivals, view));
  if (isFlight) return flightShapes(item, view, ends, state, arrivals);
  return arrowShapes(item, view, ends, state);
}

// Whether so much comes before the arrival that a straight arrow would cross it.
function isSteep(
  /** @type {Transfer} */ { sentT },
  /** @type {Arrival[]} */ arrivals,
  /** @type {View} */ { layout },
) {
  if (sentT === null || arrivals.length === 0) return false;
  return layout.yAt(arrivals[0].t) - layout.yAt(sentT) > STEEP;
}

// Where an arrow begins and ends: {x0, x1, side}; a lifeline that is not there is a stub.
/** @returns {Ends} */
function endsOf(/** @type {Transfer} */ item, /** @type {View} */ { layout }) {
  const from = layout.columnOf(item.from?.party);
  const to = layout.columnOf(item.to?.party);
  const stub = Math.min(layout.gap * 0.8, 150);
  const inward = (/** @type {number} */ column) =>
    column >= layout.xs.length - 1 && column > 0 ? -1 : 1;
  let [a, b] = [layout.xs[from], layout.xs[to]];
  if (from < 0) a = b + inward(to) * stub;
  if (to < 0) b = a + inward(from) * stub;
  if (a === b) b = a + inward(from) * Math.min(60, stub); // to itself
  const side = Math.sign(b - a);
  const x0 = a + side * clearance(item.from?.party, side, layout);
  const x1 = b - side * clearance(item.to?.party, -side, layout);
  return { x0, x1, side, to, channel: channelOf(from, to, layout) };
}

// Bars stand on a lifeline and to the right of it.
function clearance(
  /** @type {Party | null | undefined} */ party,
  /** @type {number} */ side,
  /** @type {DiagramLayout} */ layout,
) {
  const lanes = side > 0 && party ? layout.lanesOf(party) : 0;
  return CLEAR + BAR / 2 + lanes * LANE;
}

// The labels of an arrow stand beside its outer lifeline, so that those of one party are in line.
function channelOf(
  /** @type {number} */ from,
  /** @type {number} */ to,
  /** @type {DiagramLayout} */ { xs, columns },
) {
  if (from < 0 || to < 0 || Math.abs(from - to) < 2) return null;
  const outer = columns[from]?.isHub ? to : from;
  const inner = outer === from ? to : from;
  const next = outer + Math.sign(inner - outer);
  return (xs[outer] + xs[next]) / 2;
}

// Where an arrow ends that does not arrive: on its way, and at nobody's lifeline.
function onTheWay(
  /** @type {number} */ x0,
  /** @type {number} */ x1,
  /** @type {readonly number[]} */ xs,
) {
  const end = x0 + (x1 - x0) * 0.55;
  const passed = xs.find((x) => Math.abs(x - end) < BESIDE);
  return passed === undefined ? end : passed - Math.sign(x1 - x0) * BESIDE;
}

/** @returns {Shape[]} */
function arrowShapes(
  /** @type {Transfer} */ item,
  /** @type {View} */ view,
  /** @type {Ends} */ { x0, x1, side, channel },
  /** @type {string} */ state,
) {
  const { layout, now } = view;
  const lost = state === "lost";
  const told = item.sentT ?? item.arrivals[0].t;
  const arrived = item.arrivals.length > 0;
  let y0 = layout.yAt(told);
  let y1 = y0 + FLIGHT;
  if (item.sentT === null) [y0, y1] = [y0 - FLIGHT, y0];
  else if (arrived && item.arrivals[0].t > item.sentT && !layout.isFolded(item.to?.party))
    y1 = layout.yAt(item.arrivals[0].t);
  let end = x1;
  if (lost || state === "unknown") end = onTheWay(x0, x1, layout.xs);
  if (state === "waiting") end = x1 - side * 9;
  const tip = lost ? y0 + (y1 - y0) * ((end - x0) / (x1 - x0 || 1)) : y1;
  const middle = channel ?? (x0 + x1) / 2;
  const at = y0 + ((tip - y0) * (middle - x0)) / (end - x0 || 1);
  const room = Math.abs(channel === null ? x1 - x0 : layout.gap) - CLEAR;
  const dashed = state === "waiting" || state === "unknown";
  return [
    ["path", { class: "hit", d: `M${x0} ${y0}L${end} ${tip}` }],
    [
      "path",
      {
        class: `wire wire--${lost ? "lost" : item.what}${dashed ? " wire--dashed" : ""}`,
        d: `M${x0} ${y0}L${end} ${tip}`,
      },
    ],
    lost ? cross(end, tip) : head(end, tip, slope(x0, y0, end, tip), item.what),
    ...labels(
      item,
      view,
      { x: middle, y: at, tilt: Math.abs((tip - y0) / (end - x0 || 1)), room },
      now,
    ),
  ];
}

// What waits in the receiver's kernel: a flight to the lifeline's edge, a wait, a head for each read.
/** @returns {Shape[]} */
function flightShapes(
  /** @type {Transfer} */ item,
  /** @type {View} */ view,
  /** @type {Ends} */ { x0, x1, side, channel, to },
  /** @type {string} */ state,
  /** @type {Arrival[]} */ arrivals,
) {
  const { layout, now } = view;
  const atOnce = arrivals.some(({ t }) => t === item.sentT);
  const sentT = /** @type {number} */ (item.sentT); // or it would be drawn as an arrow
  const y0 = layout.yAt(sentT) - (atOnce ? LANDING : 0);
  const y1 = y0 + FLIGHT;
  const lost = state === "lost";
  if (to < 0) return arrowShapes(item, view, { x0, x1, side, channel, to }, state);
  const edge = x1 - side * holdAt(item);
  const flight = `M${x0} ${y0}L${edge} ${y1}`;
  /** @type {Shape[]} */
  const shapes = [
    ["path", { class: "hit", d: flight }],
    ["path", { class: `wire wire--${item.what}`, d: flight }],
  ];
  const lostNow = item.lostT <= now;
  const until = state === "arrived" && !lostNow ? arrivals : null;
  const last = until
    ? Math.max(...arrivals.map(({ t }) => layout.yAt(t))) - 5
    : layout.yAt(lostNow ? item.lostT : now);
  const isKept = !(lostNow && item.lostT <= sentT);
  if (isKept && last > y1) {
    const kind = item.waits === "backlog" ? "backlog" : "buffer";
    shapes.push(["path", { class: `hold hold--${kind}`, d: `M${edge} ${y1}V${last}` }]);
  }
  shapes.push(["circle", { class: "hold-dot", cx: edge, cy: y1, r: 2.5 }]);
  for (const arrival of arrivals) shapes.push(...readShapes(item, arrival, view, edge, x1, side));
  if (lostNow && (lost || item.lostWhy)) shapes.push(cross(edge, Math.max(last, y1)));
  // Where its stream waits in the backlog, too, its words stand beside that line.
  const inner = item.waits === "backlog" ? edge : edge - side * (HOLD + CLEAR);
  const middle = channel ?? (x0 + inner) / 2;
  const at = y0 + ((y1 - y0) * (middle - x0)) / (edge - x0 || 1);
  const room = Math.abs(channel === null ? inner - x0 : layout.gap) - CLEAR;
  const tilt = Math.abs((y1 - y0) / (edge - x0 || 1));
  const parts = arrivals.length > 1 ? 22 : 0; // room for the places of the bytes
  return [
    ...shapes,
    ...labels(item, view, { x: middle - side * parts, y: at, tilt, room: room - 2 * parts }, now),
  ];
}

/** @returns {Shape[]} */
function readShapes(
  /** @type {Transfer} */ item,
  /** @type {Arrival} */ { t, from = 0, to = 0, read },
  /** @type {View} */ { layout },
  /** @type {number} */ edge,
  /** @type {number} */ x1,
  /** @type {number} */ side,
) {
  const y = layout.yAt(t);
  /** @type {Shape[]} */
  const shapes = [
    ["path", { class: `wire wire--${item.what}`, d: `M${edge} ${y - 5}L${x1} ${y}` }],
    head(x1, y, slope(edge, y - 5, x1, y), item.what),
  ];
  const parts = item.arrivals.length > 1;
  const { a = 0 } = item;
  const sends = read?.links ?? [];
  if (item.what !== "segment" || !(parts || sends.length > 1)) return shapes;
  const text = to - from === 1 ? `${from - a}` : `${from - a}–${to - a - 1}`;
  const anchor = side > 0 ? "say--end" : "say--start";
  if (parts)
    shapes.push([
      "text",
      { class: `say say--range ${anchor}`, x: edge - side * 5, y: y - 1 },
      text,
    ]);
  else if (read && item.to?.party && sends.at(-1)?.sent.item === item) {
    const said = words.joinLabel(read);
    const wanted = widthOf(said, "sans");
    const { labelX, anchor: at, room } = beside(layout, item.to.party, layout.stopAt(t), wanted);
    shapes.push([
      "text",
      { class: `say say--range ${at}`, x: labelX, y: y + 4 },
      fitting([said, `${sends.length} → 1`], room),
    ]);
  }
  return shapes;
}

const slope = (
  /** @type {number} */ x0,
  /** @type {number} */ y0,
  /** @type {number} */ x1,
  /** @type {number} */ y1,
) => Math.atan2(y1 - y0, x1 - x0);

/** @returns {Shape} */
function head(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {number} */ angle,
  /** @type {string} */ what,
) {
  const wing = (/** @type {number} */ turn) => {
    const a = angle + Math.PI + turn;
    return `${(x + HEAD * Math.cos(a)).toFixed(1)} ${(y + HEAD * Math.sin(a)).toFixed(1)}`;
  };
  return [
    "path",
    {
      class: `tip tip--${what}`,
      d: `M${x.toFixed(1)} ${y.toFixed(1)}L${wing(0.42)}L${wing(-0.42)}Z`,
    },
  ];
}

/** @returns {Shape} */
function cross(/** @type {number} */ x, /** @type {number} */ y) {
  const r = 4.5;
  return [
    "path",
    {
      class: "cross",
      d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}`,
    },
  ];
}
