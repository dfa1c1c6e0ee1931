// One event in the list: its row, which is written anew for other events.

import { byteCount, eventTime } from "../words/format.js";
import { h, setAttribute, setColour, setText } from "../dom/markup.js";
import { numberOf } from "../model/people.js";

const PREVIEW = 300; // characters of a payload in its row

/**
 * An event as the list has it: its kind, and its words and their plain text once they are needed.
 * @typedef {{event: Entry, kind: Kind, words: Words | null, text: string | null}} Row
 */

/** @import { Entry } from "../model/history.js" */
/** @import { Kind, Words } from "../words/event-words.js" */

/** Make a row of which nothing is written yet. */
export function createRow() {
  return h(
    "li",
    { role: "option" },
    h("time", { class: "event__time" }, ""),
    h("span", {}, ""),
    h("span", { class: "event__what" }, ""),
    h("span", { class: "event__bytes" }, ""),
  );
}

/**
 * Write all of a row: an event, in its words.
 * @param {HTMLElement} row
 * @param {Entry} event
 * @param {Words} words
 * @param {{clockOffsetS: number, numbers: Map<string, number>, isSelected: boolean}} view
 */
export function writeRow(row, event, words, { clockOffsetS, numbers, isSelected }) {
  const { client } = /** @type {{client?: string}} */ (event);
  setAttribute(row, "class", words.bytes === null ? "event event--unsized" : "event");
  setAttribute(row, "id", `event-${event.seq}`);
  setAttribute(row, "aria-selected", String(isSelected));
  setAttribute(row, "data-seq", event.seq);
  setAttribute(row, "data-tone", words.tone || null);
  setColour(row, client ? (numbers.get(client) ?? numberOf(client)) : null);
  const [time, who, what, bytes] = row.children;
  setText(time.firstChild, eventTime(event, clockOffsetS));
  setAttribute(who, "class", client ? "event__who event__who--client" : "event__who");
  setText(who.firstChild, words.who);
  writeWhat(what, words);
  setText(bytes.firstChild, words.bytes === null ? "" : byteCount(words.bytes));
}

function writeWhat(/** @type {Element} */ what, /** @type {Words} */ words) {
  const { payload: all } = words;
  const payload = all.length > PREVIEW ? `${all.slice(0, PREVIEW)}…` : all;
  const [text, shown] = what.childNodes;
  setText(text, payload ? `${words.what} ` : words.what);
  if (!payload) shown?.remove();
  else if (shown) setText(shown.firstChild, payload.replaceAll("\n", "↵"));
  else what.append(h("span", { class: "event__payload" }, payload.replaceAll("\n", "↵")));
}
