// <recording-shelf>: the recordings that a room keeps: keep one under a name, open, share by link, save
// as a file, rename, delete, bring back. Who may only look sees the list.
// Asks for: "recording-keep" {name, lab}, "recording-rename" {id, name}, "recording-delete" {id},
// "recording-undo".

import "./copy-button.js";
import { byteCount } from "../words/format.js";
import { dateTime, t, tn } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { ask, find, h, setAttribute, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";
import { at } from "../net/base.js";
import { recordingPath } from "../net/kept-recordings.js";

/** @import { Person } from "../model/class-state.js" */
/** @import { RecordingInfo } from "../model/types.d.ts" */
/** @import { KeptRecordings } from "../net/kept-recordings.js" */
/**
 * @typedef {{kept: Pick<KeptRecordings, "room" | "list" | "deleted" | "failure">, mayKeep: boolean,
 *   lab: string, people: ReadonlyMap<string, Person>}} View `lab` is where somebody comes from, or
 *   empty; `people` by id, where people have names
 */

const NAME_LIMIT = "40";

export class RecordingShelf extends HTMLElement {
  #lab = "";
  #name = h("input", {
    class: "field",
    id: "shelf-name",
    maxlength: NAME_LIMIT,
    autocomplete: "off",
    placeholder: t("A name to find it by"),
  });
  // What is to be kept, where somebody comes from a lab.
  #what = h(
    "select",
    { class: "field", "aria-label": t("What to save") },
    h("option", { value: "take" }),
    h("option", { value: "room" }, t("All of the room")),
  );
  #form = h("form", { class: "shelf__form" });
  #onlyLook = h(
    "p",
    { class: "shelf__none" },
    t("Here you can watch recordings; the host keeps, renames and deletes them."),
  );
  #list = h("ul", { class: "shelf__list" });
  #none = h("p", { class: "shelf__none" }, t("Nothing is saved yet."));
  #deleted = h("span");
  #undo = h("p", { class: "shelf__undo", role: "status" });
  #problem = h("p", { class: "shelf__problem", role: "alert" });

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    const undo = h("button", { class: "button", type: "button" }, t("Undo"));
    undo.addEventListener("click", () => ask(this, "recording-undo"));
    this.#undo.append(this.#deleted, " ", undo);
    this.#form.append(
      h("label", { class: "visually-hidden", for: "shelf-name" }, t("Name")),
      this.#name,
      this.#what,
      h("button", { class: "button", type: "submit" }, t("Save what happened so far")),
    );
    this.#form.addEventListener("submit", (event) => this.#keep(event));
    this.append(
      h("h2", {}, t("Recordings of this room")),
      this.#form,
      this.#problem,
      this.#undo,
      this.#list,
      this.#none,
      this.#onlyLook,
    );
  }

  /** Show what is kept, and what became of the last thing that was asked for. */
  update(/** @type {View} */ { kept, mayKeep, lab, people }) {
    this.#lab = lab;
    this.#what.hidden = lab === "";
    setText(find(this.#what, "option"), t("{lab}: the present take", { lab: visible(lab) }));
    const { room, list, deleted, failure } = kept;
    this.hidden = list === null && failure === null;
    this.#form.hidden = list === null || !mayKeep;
    this.#onlyLook.hidden = list === null || mayKeep;
    this.#none.hidden = list?.length !== 0;
    this.#undo.hidden = deleted === null;
    setText(this.#deleted, t("“{name}” is deleted.", { name: visible(deleted?.name ?? "") }));
    this.#problem.hidden = failure === null;
    setText(this.#problem, visible(failure?.message ?? ""));
    reconcile(this.#list, [...(list ?? [])], {
      key: ({ id }) => `${id} ${mayKeep}`,
      create: (recording) => createRow(room, recording, mayKeep),
      update: (row, recording) => updateRow(row, recording, people),
    });
  }

  #keep(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const name = this.#name.value.trim() || dateTime(Date.now() / 1000);
    this.#name.value = "";
    const isTake = this.#lab !== "" && this.#what.value === "take";
    ask(this, "recording-keep", { name, ...(isTake && { lab: this.#lab }) });
  }
}

/**
 * @param {string} room
 * @param {RecordingInfo} recording
 * @param {boolean} mayKeep
 */
function createRow(room, { id }, mayKeep) {
  const address = `${at("/replay")}?${new URLSearchParams({ room, recording: id })}`;
  const link = h("copy-button");
  link.text = new URL(address, location.href).href;
  link.word = t("Copy the link");
  const row = h(
    "li",
    { class: "shelf__item" },
    h("a", { class: "shelf__name", href: address }),
    h("span", { class: "shelf__facts" }),
    h(
      "span",
      { class: "shelf__deeds" },
      link,
      h(
        "a",
        { class: "button button--quiet", href: recordingPath(room, id), download: true },
        t("Save as a file"),
      ),
    ),
  );
  if (mayKeep) find(row, ".shelf__deeds").append(...changes(row, id));
  return row;
}

function changes(/** @type {HTMLElement} */ row, /** @type {string} */ id) {
  const name = h("input", {
    class: "field",
    autocomplete: "off",
    maxlength: NAME_LIMIT,
    "aria-label": t("Name"),
  });
  const form = h("form", {}, name, h("button", { class: "button", type: "submit" }, t("Rename")));
  const summary = h("summary", {}, t("Rename"));
  const rename = h("details", { class: "shelf__rename" }, summary, form);
  // "toggle" comes a moment later: who types at once keeps what they typed.
  summary.addEventListener("click", () => {
    if (!rename.open) name.value = row.dataset.name ?? "";
  });
  rename.addEventListener("toggle", () => {
    if (rename.open && name.value === row.dataset.name) name.select();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    rename.open = false;
    ask(row, "recording-rename", { id, name: name.value });
  });
  const remove = h("button", { class: "button button--quiet", type: "button" }, t("Delete"));
  remove.classList.add("shelf__delete");
  remove.addEventListener("click", () => ask(row, "recording-delete", { id }));
  return [rename, remove];
}

/**
 * @param {HTMLElement} row
 * @param {RecordingInfo} recording
 * @param {View["people"]} people
 */
function updateRow(row, { name, by, made_at: madeAt, events, size_bytes: size }, people) {
  row.dataset.name = name;
  setText(find(row, ".shelf__name"), visible(name));
  const facts = [
    visible(people.get(by ?? "")?.name ?? ""),
    dateTime(madeAt),
    tn("{n} event", "{n} events", events),
    byteCount(size),
  ];
  setText(find(row, ".shelf__facts"), facts.filter(Boolean).join(" · "));
  const remove = row.querySelector(".shelf__delete");
  if (remove) setAttribute(remove, "aria-label", t("Delete “{name}”", { name: visible(name) }));
}

customElements.define("recording-shelf", RecordingShelf);
