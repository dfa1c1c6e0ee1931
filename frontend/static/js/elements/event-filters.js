// What a person wants to see in the list of events, and what stands there when that is nothing.

import { t } from "../words/i18n.js";
import { mainProgram } from "../model/lab-view.js";
import { h } from "../dom/markup.js";

/** @import { View } from "./event-list.js" */
/** @import { Kind } from "../words/event-words.js" */

/**
 * Make the box that lets events of a kind into those that are wanted.
 * @param {Kind} kind
 * @param {Set<Kind>} wanted
 * @param {() => void} onchange
 */
export function createFilter(kind, wanted, onchange) {
  /** @type {Record<string, string>} */
  const names = {
    traffic: t("Traffic"),
    output: t("Output"),
    run: t("Start and end"),
    call: t("Calls"),
  };
  const box = h("input", { type: "checkbox", class: "visually-hidden", checked: true });
  box.addEventListener("change", () => {
    if (box.checked) wanted.add(kind);
    else wanted.delete(kind);
    onchange();
  });
  return h("label", { class: "events__kind" }, box, h("span", {}, names[kind]));
}

/**
 * The title and the text of an empty list; `isFiltered`: something has happened.
 * @param {View} view
 * @param {boolean} isFiltered
 */
export function emptyWords({ lab, main, hint }, isFiltered) {
  const nothing = t("Nothing has happened yet");
  if (isFiltered) {
    return [t("Nothing matches"), t("Choose other kinds of events, or search for something else.")];
  }
  if (hint !== null) return [nothing, hint];
  if (main !== null) return [t("Quiet"), t("Send something, or talk to the port from a terminal.")];
  return mainProgram(lab) === "demo"
    ? [nothing, t("Run the program: everything it does appears here.")]
    : [nothing, t("Start the server, then send it something: every step appears here.")];
}
