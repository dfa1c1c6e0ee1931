// Saves what a page still shows of a history that the server has no more.

import { h } from "../dom/markup.js";
import { writeRecording } from "../model/written-recording.js";

/** @import { History } from "../model/history.js" */

const MEDIA_TYPE = "application/x-ndjson";

/**
 * Give a history to a person as a file that can be replayed.
 * @param {History} history
 * @param {{room: string, clockOffsetS: number}} where
 */
export function savePast(history, where) {
  const file = new Blob([writeRecording(history, where)], { type: MEDIA_TYPE });
  const url = URL.createObjectURL(file);
  h("a", { href: url, download: `${where.room}-before-the-restart.jsonl` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
