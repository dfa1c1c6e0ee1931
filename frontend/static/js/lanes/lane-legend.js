// What the colours of the lanes mean, and the buttons that show more or less time.

import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";

const ZOOM = 1.5;

/**
 * Make the legend; `zoom(by)` is asked to show so many times as many pixels a second.
 * @param {(by: number) => void} zoom
 */
export function laneLegend(zoom) {
  const keys = [
    ["run", t("running")],
    ["wait", t("waiting")],
    ["join", t("joining")],
    ["hold", t("holding")],
    ["wake", t("wakes")],
  ].map(([kind, text]) => h("span", { class: `lanes__key lanes__key--${kind}` }, text));
  const button = (
    /** @type {string} */ label,
    /** @type {string} */ text,
    /** @type {number} */ by,
  ) =>
    h(
      "button",
      {
        class: "button button--icon",
        type: "button",
        "aria-label": label,
        onclick: () => zoom(by),
      },
      text,
    );
  const buttons = [button(t("Zoom out"), "−", 1 / ZOOM), button(t("Zoom in"), "+", ZOOM)];
  return h(
    "div",
    { class: "lanes__legend" },
    ...keys,
    h("span", { class: "lanes__zoom" }, ...buttons),
  );
}
