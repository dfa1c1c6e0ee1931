// How wide words are in the diagram, about, and as much of them as has room. Pure.

import { cut } from "../model/text.js";

const CHARACTER = Object.freeze({ mono: 7.85, call: 7.85, sans: 7.1 }); // at 13 units

/** How wide a text is, about. `kind` is "mono", "call" or "sans". */
export const widthOf = (/** @type {string} */ text, /** @type {"mono" | "call" | "sans"} */ kind) =>
  text.length * CHARACTER[kind];

/** Whether a text has room. */
export const fits = (
  /** @type {string} */ text,
  /** @type {number} */ room,
  /** @type {"mono" | "call" | "sans"} */ kind,
) => widthOf(text, kind) <= room;

/** How many characters have room; at least a few. */
export const mostIn = (/** @type {number} */ room, /** @type {"mono" | "call" | "sans"} */ kind) =>
  Math.max(3, Math.floor(room / CHARACTER[kind]));

/** As much of a text as has room. */
export const cutTo = (
  /** @type {string} */ text,
  /** @type {number} */ room,
  /** @type {"mono" | "call" | "sans"} */ kind,
) => cut(text, mostIn(room, kind));

/** As many calls of a row as have room, and a sign of those that have none; at least one, if cut. */
export function callsIn(/** @type {readonly string[]} */ calls, /** @type {number} */ room) {
  const texts = calls.map((_, i) => calls.slice(0, calls.length - i).join(" · "));
  const found = texts.map((text, i) => (i === 0 ? text : `${text} …`));
  return found.find((text) => fits(text, room, "call")) ?? cutTo(calls[0] ?? "", room, "call");
}

/** The first text that has room, else the last one cut. */
export const fitting = (/** @type {string[]} */ texts, /** @type {number} */ room) =>
  texts.find((/** @type {string} */ text) => fits(text, room, "sans")) ??
  cutTo(texts.at(-1) ?? "", room, "sans");
