// Saves a file of the API under the name that it comes with: a link alone would not bring our token.

import { send } from "./api.js";

const SAVED_MS = 10_000; // until a browser has taken a file

/** Save what a link leads to. Throws ApiError. */
export async function download(/** @type {HTMLAnchorElement} */ { href, download: name }) {
  const answer = await send("GET", href);
  const said = /filename="?([^";]+)"?/.exec(answer.headers.get("content-disposition") ?? "");
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name || (said?.[1] ?? "recording.jsonl");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
}
