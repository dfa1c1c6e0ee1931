// A line of a console: what a program printed, or how much of it was left out.

import { byteCount } from "../words/format.js";
import { t } from "../words/i18n.js";
import { h, setAttribute, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

/** @import { Output } from "../model/output-lines.js" */

/** Write a line into its item. */
export function writeLine(
  /** @type {HTMLElement} */ item,
  /** @type {Output["lines"][number]} */ line,
) {
  setAttribute(item, "class", line.dropped ? "console__dropped" : null);
  if (line.dropped) {
    const size = byteCount(line.dropped.bytes);
    setText(item, t("{size} of output left out: more than anybody could read", { size }));
    return;
  }
  const parts = line.parts.map(({ stream, text }) =>
    h("span", { class: `console__${stream}` }, visible(text, { lines: true })),
  );
  if (parts.length === 0) parts.push(h("br")); // else it is lost to whoever copies the output
  item.replaceChildren(...parts);
}
