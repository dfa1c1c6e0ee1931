// <class-view>: all desks of a class at once, for its host: how many are here, a card each, what is
// shown to everybody; and what to do while there are none.
// Asks for: "desk-show" {desk, lab}, "policy-set" {policy}.

import "./class-desk.js";
import { countWords } from "../words/desk-words.js";
import { t } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { ask, h, notYet, setText } from "../dom/markup.js";
import { countsOf } from "../model/desks.js";
import { visible } from "../model/text.js";

/** @import { Desks } from "../model/desks.js" */
/** @import { Policy } from "../model/permissions.js" */
/**
 * `desks` null: not known yet. `shown` is what the host shows to everybody.
 * @typedef {{desks: Desks | null, room: string, code: string, policy: Policy, isHost: boolean,
 *   isHosted: boolean, shown: {room: string} | null, titles: Record<string, string>}} View
 */

const TICK_MS = 1000;

export class ClassView extends HTMLElement {
  /** @type {View} */
  #view = notYet();
  #clock = () => 0;
  #here = h("b", { class: "class__here" });
  #running = h("span");
  #failed = h("span", { class: "class__failed" });
  #shown = h("span", { class: "class__shown" });
  #mine = h("button", { class: "button", type: "button" }, t("Show mine to all"));
  #stop = h("button", { class: "button", type: "button" }, t("Stop showing"));
  #head = h("header", { class: "class__head", hidden: true });
  #failure = h("p", { class: "class__failed", role: "alert" });
  #grid = h("ul", { class: "class__desks" });
  #title = h("h2");
  #text = h("p");
  #code = h("p", { class: "class__code" });
  #desks = h(
    "button",
    { class: "button button--primary", type: "button" },
    t("Give each guest a desk"),
  );
  #empty = h("section", { class: "class__empty", hidden: true });

  connectedCallback() {
    if (this.firstChild) return;
    this.#mine.addEventListener("click", () =>
      ask(this, "desk-show", { desk: this.#view.room, lab: null }),
    );
    this.#stop.addEventListener("click", () => ask(this, "desk-show", { desk: null }));
    this.#desks.addEventListener("click", () => ask(this, "policy-set", { policy: "own_desks" }));
    this.#head.append(
      this.#here,
      this.#running,
      this.#failed,
      h("span", { class: "class__end" }, this.#shown, this.#mine, this.#stop),
    );
    this.#empty.append(this.#title, this.#text, this.#code, this.#desks);
    this.append(this.#head, this.#failure, this.#grid, this.#empty);
  }

  /** Begin: `clock()` is the time of the server, in seconds. */
  begin(/** @type {() => number} */ clock) {
    this.#clock = clock;
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Say why something could not be done; "" for nothing any more. */
  fail(/** @type {string} */ why) {
    setText(this.#failure, visible(why));
  }

  /** Show the class as it is. */
  update(/** @type {View} */ view) {
    this.#view = view;
    const all = [...(view.desks?.values() ?? [])];
    this.#head.hidden = all.length === 0;
    this.#updateHead();
    reconcile(
      this.#grid,
      all.map((desk) => ({ desk, isShown: view.shown?.room === desk.desk })),
      {
        key: ({ desk }) => desk.desk,
        create: () => h("li", {}, h("class-desk")),
      },
    );
    const now = this.#clock();
    for (const [i, card] of this.#cards.entries()) {
      const desk = all[i];
      card.update({ desk, titles: view.titles, isShown: view.shown?.room === desk.desk }, now);
    }
    this.#updateEmpty(all.length === 0);
  }

  get #cards() {
    return [...this.#grid.querySelectorAll("class-desk")];
  }

  #updateHead() {
    const { desks, shown, room } = this.#view;
    const { here, running, failed } = countWords(countsOf(desks ?? new Map()));
    setText(this.#here, here);
    setText(this.#running, running);
    setText(this.#failed, failed);
    const desk = shown && desks?.get(shown.room);
    const what = desk ? visible(desk.name) : t("the class's room");
    setText(this.#shown, shown ? t("Everybody sees: {what}", { what }) : "");
    this.#mine.hidden = shown?.room === room;
    this.#stop.hidden = shown === null;
  }

  #updateEmpty(/** @type {boolean} */ isEmpty) {
    const { desks, isHost, isHosted, policy, code } = this.#view;
    const isKnown = desks !== null || !isHost || !isHosted;
    this.#empty.hidden = !(isEmpty && isKnown);
    if (this.#empty.hidden) return;
    const [title, text] = this.#emptyWords();
    setText(this.#title, title);
    setText(this.#text, text);
    const waits = isHost && isHosted && policy === "own_desks";
    this.#code.hidden = !waits;
    setText(this.#code, code.replace(/^(\d{3})(\d{3})$/, "$1 $2"));
    this.#desks.hidden = !isHost || !isHosted || policy === "own_desks";
  }

  #emptyWords() {
    const { isHost, isHosted, policy } = this.#view;
    if (!isHosted)
      return [
        t("There is no class here"),
        t(
          "This Socket Lab is for you alone. To hold a class, open it to others: socketlab serve --host 0.0.0.0.",
        ),
      ];
    if (!isHost) return [t("This page is for the host"), t("Only the host sees all desks.")];
    if (policy === "own_desks")
      return [
        t("Nobody has joined yet"),
        t("Tell the class this code: each guest then has a desk."),
      ];
    return [
      t("There are no desks now"),
      t("The class works in its own room. With desks each guest has programs of their own."),
    ];
  }

  #tick() {
    if (document.hidden) return;
    const now = this.#clock();
    for (const card of this.#cards) card.tick(now);
  }
}

customElements.define("class-view", ClassView);
