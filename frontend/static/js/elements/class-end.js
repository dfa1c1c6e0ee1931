// Says that the page is out of its room, why, and where to go from there. Nothing behind it does
// anything any more.

import { pathOf } from "./class-bar.js";
import { at } from "../net/base.js";
import { keepToken } from "../net/key-ring.js";
import { endWords } from "../words/class-words.js";
import { t } from "../words/i18n.js";
import { h } from "../dom/markup.js";

/**
 * Say it.
 * @param {{id: string}} room the class's
 * @param {{code: number, reason: string}} end as the WebSocket was closed
 */
export function showEnd({ id }, end) {
  const { what, hint, next, forget } = endWords(end);
  if (forget) keepToken(id, null);
  const ways = {
    home: [t("To the start"), at("/")],
    join: [t("Join again"), at(`/join/${id}`)],
    class: [t("To the class's room"), pathOf(id, "")],
  };
  const [words, href] = ways[next];
  const dialog = h(
    "dialog",
    { class: "class-end", "aria-labelledby": "class-end-what", closedby: "none" },
    h("h2", { id: "class-end-what" }, what),
    h("p", {}, hint),
    h("a", { class: "button button--primary", href }, words),
  );
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
}
