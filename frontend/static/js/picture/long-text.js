// A text of a program, folded where it is long: its first and last lines, and a button for all of it.

import { fold } from "../model/fold.js";
import { byteCount } from "../words/format.js";
import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";

/**
 * What to show of a text; the button puts all of it in its place.
 * @param {string} text
 * @param {number} bytes that the text is of
 * @returns {(string | HTMLElement)[]}
 */
export function longText(text, bytes) {
  const folded = fold(text);
  if (folded === null) return [text];
  const box = h("span");
  const all = h(
    "button",
    { class: "button button--quiet", type: "button", onclick: () => box.replaceChildren(text) },
    t("show all {size}", { size: byteCount(bytes) }),
  );
  box.append(`${folded.first}\n…\n`, all, `\n…\n${folded.last}`);
  return [box];
}
