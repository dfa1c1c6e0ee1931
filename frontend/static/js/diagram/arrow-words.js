// What an arrow says: the message above it, how much and what became of it below. Pure.

import * as words from "../words/diagram-words.js";
import { stateAt } from "../model/transfer-state.js";
import { LINE } from "./item-needs.js";
import { messageLines } from "./message-lines.js";
import { fitting, widthOf } from "./word-width.js";

/** @import { Shape } from "../dom/svg.js" */
/** @import { Transfer } from "../model/diagram.d.ts" */
/** @import { View } from "./diagram-shapes.js" */

// What an arrow says above and below its middle, the message in so many lines; a long text needs more
// distance from a slope.
/** @returns {Shape[]} */
export function labels(
  /** @type {Transfer} */ item,
  /** @type {View} */ view,
  /** @type {{x: number, y: number, tilt: number, room: number}} */ { x, y, tilt, room },
  /** @type {number} */ now,
) {
  const most = view.layout.linesOf(item);
  const lines = messageLines(words.transferLabel(item, view.mode), room, most);
  const note = fitting(words.transferNotes(item, now), room + 8);
  const isData = item.what === "datagram" || item.what === "segment";
  const rise = (/** @type {string} */ said, /** @type {"mono" | "call" | "sans"} */ kind) =>
    tilt * 0.5 * widthOf(said, kind);
  const foot = y - 5 - Math.max(...lines.map((line) => rise(line, "mono")));
  /** @type {Shape[]} */
  const said = lines.map((line, i) => [
    "text",
    {
      class: `say say--${isData ? "data" : "flag"} say--${item.what}`,
      x,
      y: round(foot - LINE * (lines.length - 1 - i)),
    },
    line,
  ]);
  said.push([
    "text",
    {
      class: `say say--note${isLost(item, now) ? " say--lost" : ""}`,
      x,
      y: round(y + 12 + rise(note, "sans")),
    },
    note,
  ]);
  return said.filter(([, , saying]) => saying !== "");
}

// What was read to its last byte is not lost, even where its sender told of it after the socket had
// been closed.
function isLost(/** @type {Transfer} */ item, /** @type {number} */ now) {
  const { state, lostWhy } = stateAt(item, now);
  return item.lostT <= now && (state === "lost" || lostWhy !== null);
}

const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
