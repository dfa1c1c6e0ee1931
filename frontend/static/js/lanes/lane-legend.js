// What the colours of the lanes mean, and the buttons that show more or less time.

import { t } from "../words/i18n.js";
import { find, h } from "../dom/markup.js";

/** @import { Item } from "./lane-shapes.js" */

/** Make the legend; `zoom` are buttons. */
export function laneLegend(/** @type {HTMLElement} */ zoom) {
  const keys = [
    ["run", t("running")],
    ["wait", t("waiting")],
    ["join", t("joining")],
    ["hold", t("holding")],
    ["wake", t("wakes")],
    ["life", t("start, end")],
    ["lost", t("notify() woke nobody")],
  ].map(([kind, text]) =>
    h("span", { class: `lanes__key lanes__key--${kind}`, hidden: SELDOM.has(kind) }, text),
  );
  const explained = h("span", { class: "lanes__keys" }, ...keys);
  return h("div", { class: "lanes__legend" }, explained, zoom);
}

/** Explain what is seldom drawn, once it is. */
export function explainSeldom(
  /** @type {HTMLElement} */ legend,
  /** @type {readonly Item[]} */ items,
) {
  const lost = find(legend, ".lanes__key--lost");
  if (!lost.hidden) return;
  lost.hidden = !items.some(({ kind, shapes: [[tag]] }) => kind === "wake" && tag === "circle");
}

const SELDOM = new Set(["lost"]);
