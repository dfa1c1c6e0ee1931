// Examples of what can be sent, as buttons: one fills the field, with Shift it is sent at once.

import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";

/**
 * @typedef {{label: string, text: string}} Preset
 * @param {readonly Preset[]} presets
 * @param {{fill: (text: string) => void, send: () => void}} acts
 */
export function presetChips(presets, { fill, send }) {
  const chips = presets.map(({ label, text }) => {
    const onclick = (/** @type {MouseEvent} */ { shiftKey }) => {
      fill(text);
      if (shiftKey) send();
    };
    const title = t("Fills the field; Shift sends it at once");
    return h("button", { class: "chip", type: "button", title, onclick }, label);
  });
  const group = { class: "message__presets", role: "group", "aria-label": t("Examples") };
  return h("div", group, ...chips);
}
