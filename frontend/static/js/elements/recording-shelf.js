// <recording-shelf>: the recordings that a room keeps: keep one under a name, open, delete, bring back.
// Asks for: "recording-keep" {name}, "recording-delete" {id}, "recording-undo".

import { byteCount } from "../words/format.js";
import { dateTime, t, tn } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { ask, h, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";
import { at } from "../net/base.js";

/** @import { RecordingInfo } from "../model/types.d.ts" */
/**
 * @typedef {{room: string, list: readonly RecordingInfo[] | null, deleted: RecordingInfo | null,
 *   failure: {message: string} | null}} View
 */

export class RecordingShelf extends HTMLElement {
  #name = h("input", {
    class: "field",
    id: "shelf-name",
    maxlength: "40",
    autocomplete: "off",
    placeholder: t("A name to find it by"),
  });
  #list = h("ul", { class: "shelf__list" });
  #none = h("p", { class: "shelf__none" }, t("Nothing is saved yet."));
  #deleted = h("span");
  #undo = h("p", { class: "shelf__undo", role: "status" });
  #problem = h("p", { class: "shelf__problem", role: "alert" });

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    const undo = h(
      "button",
      { class: "button", type: "button", onclick: () => ask(this, "recording-undo") },
      t("Undo"),
    );
    this.#undo.append(this.#deleted, " ", undo);
    this.append(
      h("h2", {}, t("Recordings of this room")),
      h(
        "form",
        {
          class: "shelf__form",
          onsubmit: (/** @type {SubmitEvent} */ event) => this.#keep(event),
        },
        h("label", { class: "visually-hidden", for: "shelf-name" }, t("Name")),
        this.#name,
        h("button", { class: "button", type: "submit" }, t("Save what happened so far")),
      ),
      this.#problem,
      this.#undo,
      this.#list,
      this.#none,
    );
  }

  /** Show {room, list, deleted, failure}; nothing where the list cannot be had. */
  update(/** @type {View} */ { room, list, deleted, failure }) {
    this.hidden = list === null;
    this.#none.hidden = list?.length !== 0;
    this.#undo.hidden = deleted === null;
    setText(this.#deleted, t("“{name}” is deleted.", { name: visible(deleted?.name ?? "") }));
    this.#problem.hidden = failure === null;
    setText(this.#problem, visible(failure?.message ?? ""));
    reconcile(this.#list, [...(list ?? [])], {
      key: ({ id }) => id,
      create: (recording) => this.#row(room, recording),
    });
  }

  #row(/** @type {string} */ room, /** @type {RecordingInfo} */ recording) {
    const { id, name, made_at: madeAt, events, size_bytes: size } = recording;
    const query = new URLSearchParams({ room, recording: id });
    const facts = [dateTime(madeAt), tn("{n} event", "{n} events", events), byteCount(size)];
    return h(
      "li",
      { class: "shelf__item" },
      h("a", { href: `${at("/replay")}?${query}` }, visible(name)),
      h("span", { class: "shelf__facts" }, facts.join(" · ")),
      h(
        "button",
        {
          class: "button",
          type: "button",
          "aria-label": t("Delete “{name}”", { name: visible(name) }),
          onclick: () => ask(this, "recording-delete", { id }),
        },
        t("Delete"),
      ),
    );
  }

  #keep(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const name = this.#name.value.trim() || dateTime(Date.now() / 1000);
    this.#name.value = "";
    ask(this, "recording-keep", { name });
  }
}

customElements.define("recording-shelf", RecordingShelf);
