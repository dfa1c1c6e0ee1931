// What the circles and the dotted lines of the diagram mean: shown from the first one on.

import { h } from "../dom/markup.js";
import { t } from "../words/i18n.js";

/** @import { Shape } from "../dom/svg.js" */

/** Make the legend; it is hidden. */
export function diagramLegend() {
  const keys = [
    ["dot", t("has reached the kernel")],
    ["buffer", t("waits there to be read")],
    ["backlog", t("waits in the backlog")],
    ["call", t("waiting")],
  ].map(([kind, text]) => h("span", { class: `diagram__key diagram__key--${kind}` }, text));
  return h("div", { class: "diagram__legend", hidden: true }, ...keys);
}

/** Show it if anything is drawn that it explains. */
export function explainHolds(
  /** @type {HTMLElement} */ legend,
  /** @type {Iterable<Shape[]>} */ drawn,
) {
  if (!legend.hidden) return;
  legend.hidden = ![...drawn].some((shapes) =>
    shapes.some(([, { class: kind }]) => String(kind).startsWith("hold")),
  );
}
