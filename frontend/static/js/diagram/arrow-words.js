// What an arrow says: the message above it, how much and what became of it below. Pure.

import * as words from "../words/diagram-words.js";
import { cutTo, fitting, widthOf } from "./word-places.js";

/** @import { Shape } from "../dom/svg.js" */
/** @import { Transfer } from "../model/diagram.d.ts" */
/** @import { View } from "./diagram-shapes.js" */

// What an arrow says above and below its middle; a long text needs more distance from a slope.
/** @returns {Shape[]} */
export function labels(
  /** @type {Transfer} */ item,
  /** @type {View} */ view,
  /** @type {{x: number, y: number, tilt: number, room: number}} */ { x, y, tilt, room },
  /** @type {number} */ now,
) {
  const text = saidIn(words.transferLabel(item, view.mode), room);
  const note = fitting(words.transferNotes(item, now), room + 8);
  const isData = item.what === "datagram" || item.what === "segment";
  const rise = (/** @type {string} */ said, /** @type {"mono" | "call" | "sans"} */ kind) =>
    tilt * 0.5 * widthOf(said, kind);
  /** @type {Shape[]} */
  const said = [
    [
      "text",
      {
        class: `say say--${isData ? "data" : "flag"} say--${item.what}`,
        x,
        y: round(y - 5 - rise(text, "mono")),
      },
      text,
    ],
    [
      "text",
      {
        class: `say say--note${item.lostT <= now ? " say--lost" : ""}`,
        x,
        y: round(y + 12 + rise(note, "sans")),
      },
      note,
    ],
  ];
  return said.filter(([, , saying]) => saying !== "");
}

// Where there is little room the address before a message is shortened to its port, or left out, before
// the message is cut.
function saidIn(/** @type {string} */ text, /** @type {number} */ room) {
  const said = [text, text.replace(HOST, "")].find((each) => widthOf(each, "mono") <= room);
  return said ?? cutTo(text.replace(WHO, ""), room, "mono");
}

const HOST = /\b\d+\.\d+\.\d+\.\d+(?=:\d+)/g;
const WHO = /^\d+\.\d+\.\d+\.\d+:\d+: +(?=.)/;
const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
