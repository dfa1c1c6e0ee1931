// What stands below the diagram: what bars, circles and dotted lines mean, each from the first one on; the
// buttons that make it larger and smaller.

import { findAll, h } from "../dom/markup.js";
import { t } from "../words/i18n.js";

/** @import { Shape } from "../dom/svg.js" */

/** Make it; it is hidden. `others` stand beside what is explained. */
export function diagramLegend(/** @type {HTMLElement[]} */ ...others) {
  const keys = [
    ["dot", t("has reached the kernel")],
    ["buffer", t("waits there to be read")],
    ["backlog", t("waits in the backlog")],
    ["call", t("waiting")],
    ["join", t("joining")],
  ].map(([kind, text]) =>
    h("span", { class: `diagram__key diagram__key--${kind}`, hidden: true }, text),
  );
  const explained = h("span", { class: "diagram__keys" }, ...keys);
  return h("div", { class: "diagram__legend", hidden: true }, explained, ...others);
}

/** Explain what is drawn now for the first time. */
export function explainDrawn(
  /** @type {HTMLElement} */ legend,
  /** @type {Iterable<Shape[]>} */ drawn,
) {
  const hidden = findAll(legend, ".diagram__key[hidden]");
  if (hidden.length === 0) return;
  const kinds = new Set(
    [...drawn].flatMap((shapes) => shapes.map(([, { class: kind }]) => KEYS[String(kind)])),
  );
  for (const key of hidden) {
    if ([...kinds].some((kind) => key.matches(`.${kind}`))) key.hidden = false;
  }
}

/** Explain nothing: nothing is drawn any more. */
export function forgetDrawn(/** @type {HTMLElement} */ legend) {
  for (const key of findAll(legend, ".diagram__key")) key.hidden = true;
}

/** Shapes that are explained. @type {Readonly<Record<string, string>>} */
const KEYS = Object.freeze({
  "hold-dot": "diagram__key--dot",
  "hold hold--buffer": "diagram__key--buffer",
  "hold hold--backlog": "diagram__key--backlog",
  wait: "diagram__key--call",
  "wait wait--join": "diagram__key--join",
});
