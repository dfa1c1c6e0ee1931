// What is drawn for the threads over time: items {id, kind, of, shapes} for a stretch of it. Pure.

import { firstAfter } from "../model/by-time.js";
import { breakLabel } from "../words/diagram-words.js";
import { shortThing } from "../words/lane-words.js";

/** @import { Shape } from "../dom/svg.js" */
/** @typedef {{id: string, kind: string, of: any, lane?: any, object?: number, shapes: Shape[]}} Item */

export const AXIS = 24; // height of the time axis
export const ROW = 46; // of a thread
const STRIP = 30; // of an event
const STEP = 16; // of one permit of a semaphore
const BAR = 15;
const CHARACTER = 6;
const WAKES_SHOWN = 250;

/** Where rows stand: {objects: [{object, top, height}], lanes: Map of lane → top, height}. */
export function rowsOf({ lanes, objects }) {
  let y = AXIS + 6;
  const rows = [];
  for (const object of objects) {
    const most = Math.max(1, ...object.steps.map(({ value }) => value));
    const height = object.kind === "Event" ? STRIP : Math.min(most, 5) * STEP + 20;
    rows.push({ object, most, top: y, height });
    y += height;
  }
  if (objects.length > 0) y += 6;
  const tops = new Map();
  for (const lane of lanes) {
    tops.set(lane, y);
    y += ROW;
  }
  return { objects: rows, lanes: tops, height: y + 8 };
}

/** The items between two times. `view` is {rows, scale, start, now}. */
export function laneItems(model, view, from, to) {
  const items = [];
  for (const row of view.rows.objects) items.push(...objectItems(row, view, from, to));
  for (const lane of model.lanes) {
    if (lane.bornT <= Math.min(view.now, to)) items.push(...itemsOfLane(lane, view, from, to));
  }
  items.push(...wakeItems(model, view, from, to), ...breakItems(model, view, from, to));
  return items;
}

// Where events are missing: a torn line over all lanes.
function breakItems({ breaks }, view, from, to) {
  let said = -Infinity; // where the last words end
  return breaks
    .filter(({ t }) => t >= from && t <= Math.min(to, view.now))
    .map((each, number) => {
      const x = xAt(each.t, view);
      const teeth = Math.ceil((view.rows.height - AXIS) / 12);
      const line = Array.from({ length: teeth }, (_, i) => `l${i % 2 ? 6 : -6} 12`).join("");
      /** @type {Shape[]} */
      const shapes = [
        ["path", { class: "break", d: `M${x + 3} ${AXIS}${line}` }],
        ["path", { class: "hit", d: `M${x} ${AXIS}V${view.rows.height}` }],
      ];
      const text = breakLabel(each);
      if (x > said) {
        shapes.push(["text", { class: "lane-say lane-say--break", x: x + 8, y: AXIS + 8 }, text]);
        said = x + 8 + text.length * CHARACTER;
      }
      return { id: `break:${each.t}/${number}`, kind: "break", of: each, shapes };
    });
}

const xAt = (t, { start, scale }) => Math.round((t - start) * scale * 10) / 10;

function between(list, from, to) {
  // Pieces of one lane overlap little: whatever may reach into view begins not far above it.
  const first = Math.max(0, firstAfter(list, from) - 40);
  const found = list.slice(first, firstAfter(list, to));
  return found.filter(({ end }) => end >= from);
}

function itemsOfLane(lane, view, from, to) {
  const top = view.rows.lanes.get(lane);
  const y = top + 8;
  const end = Math.min(lane.endT, view.now);
  const [x0, x1] = [xAt(lane.bornT, view), xAt(end, view)];
  /** @type {Shape[]} */
  const life = [
    ["line", { class: "life", x1: x0, x2: Math.max(x1, x0 + 1), y1: y + BAR / 2, y2: y + BAR / 2 }],
    ["circle", { class: "life-end", cx: x0, cy: y + BAR / 2, r: 3.5 }],
  ];
  if (lane.endT <= view.now) {
    life.push(["path", { class: "life-stop", d: `M${x1} ${y + 1}v${BAR - 2}` }]);
  }
  /** @type {Item[]} */
  const items = [{ id: `life:${lane.key}`, kind: "life", of: lane, lane, shapes: life }];
  const last = Math.min(to, view.now);
  for (const wait of between(lane.waits, from, last)) items.push(waitItem(lane, wait, view, y));
  for (const hold of between(lane.holds, from, last))
    items.push(holdItem(lane, hold, view, y + BAR + 3));
  return items;
}

function waitItem(lane, wait, view, y) {
  const x = xAt(wait.t, view);
  const width = Math.max(2, xAt(Math.min(wait.end, view.now), view) - x);
  const open = wait.end > view.now;
  const kind = wait.what.kind === "call" ? "call" : wait.what.kind === "join" ? "join" : "sync";
  /** @type {Shape[]} */
  const shapes = [
    [
      "rect",
      {
        class: `lane-wait lane-wait--${kind}${open ? " lane-wait--open" : ""}`,
        x,
        y,
        width,
        height: BAR,
        rx: Math.min(BAR, width) / 2,
      },
    ],
  ];
  const text = shortThing(wait.what);
  if (text.length * CHARACTER + 14 < width)
    shapes.push(["text", { class: "lane-say", x: x + 8, y: y + 11 }, text]);
  return { id: `wait:${lane.key}@${wait.t}`, kind: "wait", of: wait, lane, shapes };
}

function holdItem(lane, hold, view, y) {
  const x = xAt(hold.t, view);
  const width = Math.max(2, xAt(Math.min(hold.end, view.now), view) - x);
  /** @type {Shape[]} */
  const shapes = [
    ["rect", { class: "lane-hold", x, y, width, height: 7, rx: Math.min(3.5, width / 2) }],
  ];
  const text = shortThing(hold);
  if (text.length * CHARACTER + 10 < width)
    shapes.push(["text", { class: "lane-say lane-say--hold", x: x + 4, y: y + 16 }, text]);
  return {
    id: `hold:${lane.key}/${hold.object}@${hold.t}`,
    kind: "hold",
    of: hold,
    lane,
    object: hold.object,
    shapes,
  };
}

function objectItems({ object, most, top, height }, view, from, to) {
  const { steps } = object;
  if (steps.length === 0) return [];
  const first = Math.max(0, firstAfter(steps, from) - 2);
  const shown = steps.slice(first, firstAfter(steps, Math.min(to, view.now)));
  if (shown.length === 0) return [];
  const end = Math.min(to, view.now);
  const draw = object.kind === "Event" ? strip : line;
  return [
    {
      id: `object:${object.key}`,
      kind: "object",
      of: object,
      object: object.object,
      shapes: draw(shown, { most, top, height, end, view }),
    },
  ];
}

// Permits over time: a step for each that is taken or given back.
function line(steps, { most, top, height, end, view }) {
  const unit = (height - 18) / most;
  const yOf = (value) => top + height - 8 - value * unit;
  const base = yOf(0);
  let d = `M${xAt(steps[0].t, view)} ${base}`;
  const shapes = [];
  steps.forEach(({ t, value }, i) => {
    const x = xAt(t, view);
    const next = xAt(steps[i + 1]?.t ?? end, view);
    d += `L${x} ${yOf(value)}H${next}`;
    if (next - x > 16)
      shapes.push([
        "text",
        { class: "lane-say lane-say--value", x: x + 4, y: yOf(value) - 3 },
        String(value),
      ]);
  });
  return [
    ["path", { class: "permits-area", d: `${d}V${base}Z` }],
    ["path", { class: "permits", d: d.replace(/^M\S+ \S+L/, "M") }],
    [
      "line",
      { class: "permits-base", x1: xAt(steps[0].t, view), x2: xAt(end, view), y1: base, y2: base },
    ],
    ...shapes,
  ];
}

// Set or cleared: a strip while it is set.
function strip(steps, { top, end, view }) {
  const y = top + 8;
  const x0 = xAt(steps[0].t, view);
  /** @type {Shape[]} */
  const shapes = [
    ["line", { class: "permits-base", x1: x0, x2: xAt(end, view), y1: y + 6, y2: y + 6 }],
  ];
  steps.forEach(({ t, value }, i) => {
    if (!value) return;
    const x = xAt(t, view);
    const width = Math.max(2, xAt(steps[i + 1]?.t ?? end, view) - x);
    shapes.push([
      "rect",
      { class: "event-set", x, y, width, height: 12, rx: Math.min(3, width / 2) },
    ]);
  });
  return shapes;
}

function wakeItems({ wakes }, view, from, to) {
  const first = Math.max(0, firstAfter(wakes, from - 1) - 1);
  const shown = wakes.slice(first, firstAfter(wakes, Math.min(to, view.now)));
  return shown
    .slice(-WAKES_SHOWN)
    .filter(
      (wake) =>
        view.rows.lanes.has(wake.from) && view.rows.lanes.has(wake.to) && wake.from !== wake.to,
    )
    .map((wake) => {
      const [a, b] = [view.rows.lanes.get(wake.from), view.rows.lanes.get(wake.to)];
      const down = b > a;
      const x0 = xAt(wake.t, view);
      const x1 = Math.max(xAt(Math.min(wake.toT, view.now), view), x0) + 1;
      const y0 = a + 8 + BAR / 2;
      const y1 = b + 8 + (down ? -1 : BAR + 1);
      const bend = 6 + Math.min(16, Math.abs(b - a) / 14);
      const tip = down ? -6 : 6;
      return {
        id: `wake:${wake.from.key}>${wake.to.key}@${wake.t}`,
        kind: "wake",
        of: wake,
        lane: wake.from,
        shapes: [
          [
            "path",
            {
              class: `wake wake--${wake.why === "start" || wake.why === "join" ? "life" : "sync"}`,
              d: `M${x0} ${y0}C${x0 + bend} ${y0 + (y1 - y0) * 0.3} ${x1 + bend} ${y1 + (y0 - y1) * 0.3} ${x1} ${y1 + tip * 0.6}`,
            },
          ],
          ["path", { class: "wake-tip", d: `M${x1} ${y1}l-3.2 ${tip}h6.4Z` }],
        ],
      };
    });
}

/** The ticks of the time axis between two times: {x, text}, at round seconds. */
export function axisTicks(view, from, to) {
  const step =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300].find(
      (s) => s * view.scale >= 56,
    ) ?? 600;
  const ticks = [];
  const first = Math.max(0, Math.floor((from - view.start) / step));
  for (let i = first; i * step <= to - view.start; i++)
    ticks.push({ x: xAt(view.start + i * step, view), seconds: i * step, step });
  return ticks;
}
