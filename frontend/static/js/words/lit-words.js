// The words on a lit line: which threads wait there, in what call, for how long.

import { objectName } from "./format.js";
import { number, t, tn } from "./i18n.js";
import { visible } from "../model/text.js";

/** @import { Lit } from "../model/lit-lines.js" */
/**
 * The wait of a thread on a line; `joins`: for the end of another one.
 * @typedef {{line: number | null, label: string, since: number | null, joins?: boolean}} LitWait
 */

/**
 * The chip of one line: `waits` are those of its threads, `now` is on their clock, in seconds; null:
 * without a time.
 * @param {{label: string, since: number | null}[]} waits
 * @param {number | null} [now]
 */
export function chipText(waits, now = null) {
  const words =
    waits.length === 1
      ? waits[0].label
      : tn("{n} thread waits here", "{n} threads wait here", waits.length);
  const since = Math.min(...waits.map((wait) => wait.since ?? Infinity));
  if (now === null || !Number.isFinite(since)) return words;
  return `${words} · ${waited(Math.max(0, now - since))}`;
}

/** A wait of lit-lines.js as <lab-reader>.light() takes it. */
export function litLine(/** @type {Lit} */ { thread, line, call, what, since }) {
  const words = [t("{thread} waits here", { thread }), call ?? whatWords(what)];
  const label = visible(words.filter(Boolean).join(" · "));
  return { line, label, since, joins: what?.kind === "join" };
}

function whatWords(/** @type {Lit["what"]} */ what) {
  if (!what) return "";
  return what.kind === "join" ? `join(${what.other ?? ""})` : objectName(what);
}

// In one piece, wherever the line breaks.
function waited(/** @type {number} */ seconds) {
  const digits = seconds < 100 ? 1 : 0;
  const n = number(seconds, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return t("{n} s", { n }).replaceAll(" ", "\u00a0");
}
