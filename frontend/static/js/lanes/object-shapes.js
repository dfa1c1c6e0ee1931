// What is drawn for a semaphore, its permits over time, and for an event, when it is set. Pure.

import { firstAfter } from "../model/by-time.js";
import { xAt } from "./lane-pieces.js";

/** @import { Counted } from "../model/counts.js" */
/** @import { Shape } from "../dom/svg.js" */
/** @import { ObjectRow } from "./lane-rows.js" */
/** @import { Item, View } from "./lane-shapes.js" */

/**
 * Where a row stands, and until when (seconds) it is drawn.
 * @typedef {{most: number, top: number, height: number, end: number, view: View}} Place
 */

/**
 * The item of a semaphore or an event; none before it was made.
 * @param {ObjectRow} row
 * @param {View} view
 * @returns {Item[]}
 */
export function objectItem({ object, top, height }, view) {
  const { steps } = object;
  const end = Math.min(view.to, view.now);
  const first = Math.max(0, firstAfter(steps, view.from) - 2);
  const shown = steps.slice(first, firstAfter(steps, end));
  if (shown.length === 0) return [];
  const draw = object.kind === "Event" ? strip : line;
  const shapes = draw(shown, { most: object.most, top, height, end, view });
  return [{ kind: "object", of: object, object: object.object, shapes }];
}

// Permits over time: a step for each that is taken or given back.
/** @returns {Shape[]} */
function line(
  /** @type {Counted["steps"]} */ steps,
  /** @type {Place} */ { most, top, height, end, view },
) {
  const unit = (height - 20) / most;
  const yOf = (/** @type {number} */ value) => top + height - 8 - value * unit;
  const base = yOf(0);
  const [x0, x1] = [xAt(steps[0].t, view), xAt(end, view)];
  let d = `M${x0} ${base}`;
  /** @type {Shape[]} */
  const values = [];
  steps.forEach(({ t, value }, /** @type {number} */ i) => {
    const x = xAt(t, view);
    const next = xAt(steps[i + 1]?.t ?? end, view);
    d += `L${x} ${yOf(value)}H${next}`;
    const place = { x: x + 4, y: yOf(value) - 3 };
    if (next - x > 16)
      values.push(["text", { class: "lane-say lane-say--value", ...place }, String(value)]);
  });
  return [
    ["path", { class: "permits-area", d: `${d}V${base}Z` }],
    ["path", { class: "permits", d: d.replace(/^M\S+ \S+L/, "M") }],
    ["line", { class: "permits-base", x1: x0, x2: x1, y1: base, y2: base }],
    ...values,
  ];
}

// Set or cleared: a strip while it is set.
/** @returns {Shape[]} */
function strip(/** @type {Counted["steps"]} */ steps, /** @type {Place} */ { top, end, view }) {
  const y = top + 8;
  const x0 = xAt(steps[0].t, view);
  /** @type {Shape[]} */
  const shapes = [
    ["line", { class: "permits-base", x1: x0, x2: xAt(end, view), y1: y + 6, y2: y + 6 }],
  ];
  steps.forEach(({ t, value }, /** @type {number} */ i) => {
    if (!value) return;
    const x = xAt(t, view);
    const width = Math.max(2, xAt(steps[i + 1]?.t ?? end, view) - x);
    const rx = Math.min(3, width / 2);
    shapes.push(["rect", { class: "event-set", x, y, width, height: 12, rx }]);
  });
  return shapes;
}
