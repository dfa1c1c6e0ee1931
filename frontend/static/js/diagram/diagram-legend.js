// What stands below the diagram: what circles and dotted lines mean, from the first one on; the buttons
// that make it larger and smaller.

import { find, h } from "../dom/markup.js";
import { t } from "../words/i18n.js";

/** @import { Shape } from "../dom/svg.js" */

/** Make it; it is hidden. `others` stand beside what is explained. */
export function diagramLegend(/** @type {HTMLElement[]} */ ...others) {
  const keys = [
    ["dot", t("has reached the kernel")],
    ["buffer", t("waits there to be read")],
    ["backlog", t("waits in the backlog")],
    ["call", t("waiting")],
  ].map(([kind, text]) => h("span", { class: `diagram__key diagram__key--${kind}` }, text));
  const explained = h("span", { class: "diagram__keys", hidden: true }, ...keys);
  return h("div", { class: "diagram__legend", hidden: true }, explained, ...others);
}

/** Explain, once anything is drawn that needs it. */
export function explainHolds(
  /** @type {HTMLElement} */ legend,
  /** @type {Iterable<Shape[]>} */ drawn,
) {
  const keys = find(legend, ".diagram__keys");
  if (!keys.hidden) return;
  keys.hidden = ![...drawn].some((shapes) =>
    shapes.some(([, { class: kind }]) => String(kind).startsWith("hold")),
  );
}
