// One event in the list: its row.

import { byteCount, eventTime } from "../words/format.js";
import { h, setColour } from "../dom/markup.js";
import { numberOf } from "../model/people.js";

const PREVIEW = 300; // characters of a payload in its row

/**
 * An event as the list has it: its kind, and its words and their plain text once they are needed.
 * @typedef {{event: Entry, kind: Kind, words: Words | null, text: string | null}} Row
 */

/** @import { Entry } from "../model/history.js" */
/** @import { Kind, Words } from "../words/event-words.js" */

/**
 * Make the row of an event, from its words.
 * @param {Entry} event
 * @param {Words} words
 * @param {{clockOffsetS: number, numbers: Map<string, number>}} view
 */
export function createRow(event, words, { clockOffsetS, numbers }) {
  const { client } = /** @type {{client?: string}} */ (event);
  const row = h("li", {
    class: words.bytes === null ? "event event--unsized" : "event",
    id: `event-${event.seq}`,
    role: "option",
    "aria-selected": "false",
    "data-seq": event.seq,
    "data-tone": words.tone || null,
  });
  setColour(row, client ? (numbers.get(client) ?? numberOf(client)) : null);
  const payload =
    words.payload.length > PREVIEW ? `${words.payload.slice(0, PREVIEW)}…` : words.payload;
  row.append(
    h("time", { class: "event__time" }, eventTime(event, clockOffsetS)),
    h("span", { class: client ? "event__who event__who--client" : "event__who" }, words.who),
    h(
      "span",
      { class: "event__what" },
      words.what,
      payload ? " " : null,
      payload ? h("span", { class: "event__payload" }, payload.replaceAll("\n", "↵")) : null,
    ),
    h("span", { class: "event__bytes" }, words.bytes === null ? "" : byteCount(words.bytes)),
  );
  return row;
}
