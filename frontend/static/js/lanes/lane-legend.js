// What the colours of the lanes mean, and the buttons that show more or less time.

import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";

/** Make the legend; `zoom` are buttons. */
export function laneLegend(/** @type {HTMLElement} */ zoom) {
  const keys = [
    ["run", t("running")],
    ["wait", t("waiting")],
    ["join", t("joining")],
    ["hold", t("holding")],
    ["wake", t("wakes")],
    ["lost", t("notify() woke nobody")],
  ].map(([kind, text]) => h("span", { class: `lanes__key lanes__key--${kind}` }, text));
  return h("div", { class: "lanes__legend" }, ...keys, zoom);
}
