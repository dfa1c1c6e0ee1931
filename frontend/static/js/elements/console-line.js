// A line of a console: what a program printed, or how much of it was left out.

import { byteCount } from "../words/format.js";
import { t } from "../words/i18n.js";
import { h, setAttribute, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

/** @import { Output } from "../model/output-lines.js" */

/** Write a line into its item. One of a single part, as nearly all are, needs no element within. */
export function writeLine(
  /** @type {HTMLElement} */ item,
  /** @type {Output["lines"][number]} */ { parts, dropped },
) {
  const only = dropped ? "dropped" : parts.length === 1 ? parts[0].stream : null;
  setAttribute(item, "class", only && `console__${only}`);
  if (dropped) {
    const size = byteCount(dropped.bytes);
    setText(item, t("{size} of output left out: more than anybody could read", { size }));
    return;
  }
  const said = parts.map(({ stream, text }) => {
    const shown = visible(text, { lines: true });
    return only ? shown : h("span", { class: `console__${stream}` }, shown);
  });
  if (parts.length === 0) said.push(h("br")); // else it is lost to whoever copies the output
  item.replaceChildren(...said);
}
