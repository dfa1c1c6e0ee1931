// What is drawn for an item: shapes as values, [element, attributes, text], at the places that the
// layout gives. Pure: the view only puts them into the page.

import { visible } from "../model/text.js";
import { isMarked } from "../model/diagram-model.js";
import { isShort } from "../model/waits.js";
import * as words from "../words/diagram-words.js";
import { BAR, LANE, shownFrom } from "./item-needs.js";
import { transferShapes } from "./transfer-shapes.js";
import { beside, labelPlace } from "./word-places.js";
import { callsIn, cutTo, fitting, widthOf } from "./word-width.js";

/** @import { Shape } from "../dom/svg.js" */
/** @import { Break, Item, Mark, Tick } from "../model/diagram.d.ts" */
/** @import { Bar } from "../model/diagram-bars.js" */
/** @import { Mode } from "../words/diagram-words.js" */
/** @import { DiagramLayout } from "./diagram-layout.js" */
/** @import { PartyColours } from "./party-colours.js" */
/**
 * What is shown: at the time `now` (seconds); `mode` is what arrows say, `names` has the names of
 * runs by id.
 * @typedef {{layout: DiagramLayout, now: number, mode: Mode, names: Map<string, string>, colours: PartyColours}} View
 */

export const LANES = 4; // threads with a bar of their own; the others are counted

/**
 * The shapes of an item at a time.
 * @param {Item} item
 * @param {View} view
 * @returns {Shape[]}
 */
export function shapesOf(item, view) {
  if (item.kind === "transfer") return transferShapes(item, view);
  if (item.kind === "break") return breakShapes(item, view);
  if (item.kind === "mark") return markShapes(item, view);
  return item.kind === "tick" || isShort(item) ? tickShapes(item, view) : barShapes(item, view);
}

/** @returns {Shape[]} */
function barShapes(/** @type {Bar} */ bar, /** @type {View} */ view) {
  const { layout, now } = view;
  if (bar.lane >= LANES) return []; // the head of the lifeline counts them
  const x = layout.xOf(bar.party) + bar.lane * LANE;
  const y0 = layout.yAt(bar.t);
  const end = Math.min(bar.end, now);
  const height = Math.max(layout.yAt(end) - y0, 3);
  /** @type {Shape[]} */
  const shapes = [
    ["path", { class: "hit", d: `M${x} ${y0}v${height}` }],
    [
      "rect",
      {
        class: `wait${bar.waitsFor?.kind === "join" ? " wait--join" : ""}`,
        x: x - BAR / 2,
        y: y0,
        width: BAR,
        height,
        rx: BAR / 2,
      },
    ],
  ];
  const short = words.barShort(bar, now);
  const place = labelPlace(layout, bar, end, widthOf(short, "sans"));
  if (place === null) return shapes;
  const { x: labelX, y, anchor, room } = place;
  const thread = bar.lane > 0 && bar.thread ? `${visible(bar.thread.replace(/ \(.*/, ""))} · ` : "";
  const [whole, brief] = [words.barLabel(bar, now, view.names), words.barLabel(bar, now)];
  const text = fitting([`${thread}${whole}`, whole, brief, short, words.barTime(bar, now)], room);
  return [...shapes, ["text", { class: `say say--wait ${anchor}`, x: labelX, y }, text]];
}

/** @returns {Shape[]} */
function tickShapes(/** @type {Tick | Bar} */ item, /** @type {View} */ view) {
  const { layout, mode } = view;
  const t = item.kind === "tick" ? item.t : item.end;
  const stop = layout.stopAt(t);
  const x =
    layout.xOf(item.party) + Math.min(item.kind === "bar" ? item.lane : 0, LANES - 1) * LANE;
  const y = layout.yAt(t);
  /** @type {Shape} */
  const dot = [
    "circle",
    { class: `dot-call${item.error ? " dot-call--bad" : ""}`, cx: x, cy: y, r: 3 },
  ];
  if (stop?.head) return []; // its row says it
  const row = (stop?.row ?? []).flatMap(({ needs }) =>
    [...needs.keys()].filter((each) => each.kind === "tick" || each.kind === "bar").slice(0, 1),
  );
  const named = row.length > 1 ? row : [item];
  const calls = named
    .filter((each) => shownFrom(each) <= view.now && !isMarked(each.error ?? null))
    .map((each) => words.tickLabel(each, mode));
  const text = calls.join(" · ");
  if (text === "") return [["path", { class: "hit", d: `M${x} ${y}h0.1` }], dot]; // a mark says it
  const { labelX, anchor, room, drop } = beside(layout, item.party, stop, widthOf(text, "call"));
  return [
    ["path", { class: "hit", d: `M${x} ${y}h0.1` }],
    dot,
    [
      "text",
      { class: `say say--call ${anchor}`, x: labelX, y: y + 4 + drop },
      callsIn(calls, room),
    ],
  ];
}

/** @returns {Shape[]} */
function markShapes(/** @type {Mark} */ item, /** @type {View} */ view) {
  const { layout } = view;
  const x = layout.xOf(item.party);
  const y = layout.yAt(item.t);
  const said = words.markLabel(item, view.names);
  const stop = layout.stopAt(item.t);
  const { labelX, anchor, room, drop } = beside(layout, item.party, stop, widthOf(said, "sans"));
  const ended = ["exited", "crashed", "failed", "closed"].includes(item.what);
  return [
    ended
      ? ["path", { class: `stop stop--${item.tone}`, d: `M${x - 7} ${y}H${x + 7}` }]
      : ["circle", { class: `dot-mark dot-mark--${item.tone}`, cx: x, cy: y, r: 3.5 }],
    [
      "text",
      { class: `say say--mark say--${item.tone} ${anchor}`, x: labelX, y: y + 4 + drop },
      cutTo(said, room, "sans"),
    ],
  ];
}

/** @returns {Shape[]} */
function breakShapes(/** @type {Break} */ item, /** @type {View} */ { layout }) {
  const y = layout.yAt(item.t);
  const width = layout.width;
  const teeth = Math.ceil(width / 12);
  const line = Array.from({ length: teeth }, (_, i) => `L${i * 12} ${y + (i % 2 ? 3 : -3)}`).join(
    "",
  );
  return [
    ["path", { class: "break", d: `M0 ${y}${line}` }],
    [
      "text",
      { class: "say say--break", x: Math.min(width, layout.given) / 2, y: y + 4 },
      words.breakLabel(item),
    ],
  ];
}
