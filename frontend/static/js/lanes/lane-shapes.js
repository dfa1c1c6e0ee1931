// What is drawn for the threads over time: items {kind, of, shapes} for what is in view. Pure.

import { breakLabel } from "../words/diagram-words.js";
import { cutLabel, shortThing, waitName } from "../words/lane-words.js";
import { lanePieces, wakePieces, xAt } from "./lane-pieces.js";
import { AXIS } from "./lane-rows.js";
import { objectItem } from "./object-shapes.js";

/** @import { Shape } from "../dom/svg.js" */
/** @import { Hold } from "../model/holds.js" */
/** @import { Lane, LaneModel } from "../model/lane-model.js" */
/** @import { Wait } from "../model/waits.js" */
/** @import { Wake } from "../model/wakes.js" */
/** @import { LanePieces, Piece } from "./lane-pieces.js" */
/** @import { LaneRows } from "./lane-rows.js" */
/**
 * `of` is the thing in the model, the same one for each drawing; it stands for `more` others.
 * @typedef {{kind: string, of: any, lane?: Lane, object?: number, more?: number,
 *   shapes: Shape[]}} Item
 */
/**
 * What is in view: between two times (seconds) and two places (px); `scale` is px a second, `names`
 * has those of others by address.
 * @typedef {{rows: LaneRows, names?: Map<string, string>, scale: number, start: number, now: number, from: number, to: number,
 *   top: number, bottom: number}} View
 */

const BAR = 18;
const CHARACTER = 7.8; // of 13 units
const CUT = { events: [] }; // the thing at the end of what is kept

/**
 * The items in view.
 * @param {LaneModel} model
 * @param {View} view
 * @returns {Item[]}
 */
export function laneItems(model, view) {
  const { objects, lanes } = view.rows.between(view.top, view.bottom);
  const last = Math.min(view.to, view.now);
  const alive = lanes.filter(({ bornT }) => bornT <= last);
  return [
    ...cutItems(model, view),
    ...objects.flatMap((row) => objectItem(row, view)),
    ...lanePieces(alive, view).flatMap((pieces) => itemsOfLane(pieces, model, view)),
    ...wakePieces(model.wakes, view).map((piece) => wakeItem(piece, view)),
    ...breakItems(model, view),
  ];
}

/**
 * The ticks of the time axis in view: {x, seconds, step}, at round seconds.
 * @param {View} view
 */
export function axisTicks(view) {
  const step =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300].find(
      (s) => s * view.scale >= 60,
    ) ?? 600;
  const ticks = [];
  const first = Math.max(0, Math.floor((view.from - view.start) / step));
  for (let i = first; i * step <= view.to - view.start; i++)
    ticks.push({ x: xAt(view.start + i * step, view), seconds: i * step, step });
  return ticks;
}

// Where what is kept begins: what was before it was forgotten, and is not drawn as if it had not been.
/** @returns {Item[]} */
function cutItems(/** @type {LaneModel} */ { keptFrom, start }, /** @type {View} */ view) {
  if (keptFrom < view.from || keptFrom <= start) return [];
  const x = xAt(keptFrom, view);
  const text = cutLabel();
  return [
    {
      kind: "cut",
      of: CUT,
      shapes: [
        ["path", { class: "break", d: `M${x} ${Math.max(AXIS, view.top)}V${view.bottom}` }],
        [
          "text",
          {
            class: "lane-say lane-say--break",
            x: Math.max(x - 6 - text.length * CHARACTER, 4),
            y: Math.max(AXIS, view.top) + 8,
          },
          text,
        ],
      ],
    },
  ];
}

// Where events are missing: a torn line over all lanes.
/** @returns {Item[]} */
function breakItems(/** @type {LaneModel} */ { breaks }, /** @type {View} */ view) {
  const top = Math.max(AXIS, view.top);
  const bottom = Math.min(view.rows.height, view.bottom);
  const teeth = Math.ceil((bottom - top) / 12);
  const line = Array.from({ length: teeth }, (_, i) => `l${i % 2 ? 6 : -6} 12`).join("");
  let said = -Infinity; // where the last words end
  return breaks
    .filter(({ t }) => t >= view.from && t <= Math.min(view.to, view.now))
    .map((each) => {
      const x = xAt(each.t, view);
      /** @type {Shape[]} */
      const shapes = [
        ["path", { class: "break", d: `M${x + 3} ${top}${line}` }],
        ["path", { class: "hit", d: `M${x} ${top}V${bottom}` }],
      ];
      const text = breakLabel(each);
      if (x > said) {
        shapes.push(["text", { class: "lane-say lane-say--break", x: x + 8, y: top + 8 }, text]);
        said = x + 8 + text.length * CHARACTER;
      }
      return { kind: "break", of: each, shapes };
    });
}

/** @returns {Item[]} */
function itemsOfLane(
  /** @type {LanePieces} */ { lane, waits, holds },
  /** @type {LaneModel} */ model,
  /** @type {View} */ view,
) {
  const y = topOf(lane, view) + 8;
  const middle = y + BAR / 2;
  const x0 = xAt(Math.max(lane.bornT, model.keptFrom), view);
  const x1 = xAt(Math.min(lane.endT, view.now), view);
  /** @type {Shape[]} */
  const life = [
    ["line", { class: "life", x1: x0, x2: Math.max(x1, x0 + 1), y1: middle, y2: middle }],
  ];
  if (lane.bornT >= model.keptFrom)
    life.push(["circle", { class: "life-end", cx: x0, cy: middle, r: 3.5 }]);
  if (lane.endT <= view.now)
    life.push(["path", { class: "life-stop", d: `M${x1} ${y + 1}v${BAR - 2}` }]);
  return [
    { kind: "life", of: lane, lane, shapes: life },
    ...waits.map((piece) => waitItem(lane, piece, view, y)),
    ...holdItems(lane, holds, view, y + BAR + 3),
  ];
}

/** @returns {Item} */
function waitItem(
  /** @type {Lane} */ lane,
  /** @type {Piece<Wait>} */ { of: wait, more },
  /** @type {View} */ view,
  /** @type {number} */ y,
) {
  const x = xAt(wait.t, view);
  const width = Math.max(2, xAt(Math.min(wait.end, view.now), view) - x);
  const { kind: what } = wait.what;
  const kind = what === "call" || what === "join" ? what : "sync";
  const rx = Math.min(BAR, width) / 2;
  const name = `lane-wait lane-wait--${kind}`;
  /** @type {Shape[]} */
  const shapes = [["rect", { class: name, x, y, width, height: BAR, rx }]];
  const room = (/** @type {string} */ words) => words.length * CHARACTER + 14 < width;
  const text = [waitName(wait, view.names), shortThing(wait.what)].find(room);
  if (text) shapes.push(["text", { class: "lane-say", x: x + 8, y: y + 13 }, text]);
  return { kind: "wait", of: wait, lane, more, shapes };
}

// What is held at the same time lies in one line: words only where none stand already.
/** @returns {Item[]} */
function holdItems(
  /** @type {Lane} */ lane,
  /** @type {Piece<Hold>[]} */ pieces,
  /** @type {View} */ view,
  /** @type {number} */ y,
) {
  let said = -Infinity; // where the last words end
  return pieces.map(({ of: hold, more }) => {
    const x = xAt(hold.t, view);
    const width = Math.max(2, xAt(Math.min(hold.end, view.now), view) - x);
    const rx = Math.min(3.5, width / 2);
    /** @type {Shape[]} */
    const shapes = [["rect", { class: "lane-hold", x, y, width, height: 7, rx }]];
    const text = shortThing(hold);
    const room = text.length * CHARACTER + 10;
    if (room < width && x > said) {
      shapes.push(["text", { class: "lane-say lane-say--hold", x: x + 4, y: y + 18 }, text]);
      said = x + room;
    }
    return { kind: "hold", of: hold, lane, more, object: hold.object, shapes };
  });
}

// Only what has a row is drawn.
const topOf = (/** @type {Lane} */ lane, /** @type {View} */ view) =>
  /** @type {number} */ (view.rows.topOf(lane));

/** @returns {Item} */
function wakeItem(/** @type {Piece<Wake>} */ { of: wake, more }, /** @type {View} */ view) {
  const [a, b] = [topOf(wake.from, view), topOf(wake.to, view)];
  const down = b > a;
  const x0 = xAt(wake.t, view);
  const x1 = Math.max(xAt(Math.min(wake.toT, view.now), view), x0) + 1;
  const y0 = a + 8 + BAR / 2;
  const y1 = b + 8 + (down ? -1 : BAR + 1);
  if (wake.why === "nobody") {
    /** @type {Shape[]} */
    const lost = [["circle", { class: "wake wake--sync", cx: x0, cy: a + 4, r: 3 }]];
    return { kind: "wake", of: wake, lane: wake.from, more, shapes: lost };
  }
  const bend = 6 + Math.min(16, Math.abs(b - a) / 14);
  const tip = down ? -6 : 6;
  const curve = [
    `${x0 + bend} ${y0 + (y1 - y0) * 0.3}`,
    `${x1 + bend} ${y1 + (y0 - y1) * 0.3}`,
    `${x1} ${y1 + tip * 0.6}`,
  ];
  const why = wake.why === "start" || wake.why === "join" ? "life" : "sync";
  return {
    kind: "wake",
    of: wake,
    lane: wake.from,
    more,
    shapes: [
      ["path", { class: `wake wake--${why}`, d: `M${x0} ${y0}C${curve.join(" ")}` }],
      ["path", { class: "wake-tip", d: `M${x1} ${y1}l-3.2 ${tip}h6.4Z` }],
    ],
  };
}
