// <class-bar>: what a class has to say on its pages, a line each: that the host shows something, that
// the room closes, whose desk this is and the way between it and the class's room.

import { at } from "../net/base.js";
import { clockTime, t } from "../words/i18n.js";
import { deskOf } from "../model/class-state.js";
import { reconcile } from "../dom/list.js";
import { h, notYet, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

/** @import { ClassRoom } from "../net/class-room.js" */
/** @typedef {{kind: string, text: string, link: string, href: string, look: boolean}} Line */

export class ClassBar extends HTMLElement {
  #lines = h("ul", { class: "bar__lines" });
  /** @type {ClassRoom} */
  #room = notYet();
  #lab = "";
  #word = "";

  /**
   * Show what a class says, from now on; `said` was said to this page on its way here.
   * @param {ClassRoom} room
   * @param {{lab: string, said: string}} page
   */
  begin(room, { lab, said }) {
    this.#room = room;
    this.#lab = lab;
    this.#word = said;
    this.setAttribute("role", "status");
    this.append(this.#lines);
    room.addEventListener("change", () => this.#update());
    this.#update();
  }

  #update() {
    const lines = [this.#closing(), this.#shown(), this.#place()].filter((line) => line !== null);
    this.hidden = lines.length === 0;
    reconcile(this.#lines, lines, {
      key: ({ kind }) => kind,
      create: createLine,
      update: updateLine,
    });
  }

  /** @returns {Line | null} */
  #closing() {
    const { closing } = this.#room.state;
    if (closing === null) return null;
    const time = clockTime(closing.at + this.#room.clockOffsetS).replace(/[.,]\d+$/, "");
    const text = t("This room closes at {time}: {reason}", {
      time,
      reason: visible(closing.reason),
    });
    return line("closing", text);
  }

  /** @returns {Line | null} */
  #shown() {
    const { state, isHost, room, me } = this.#room;
    const { shown } = state;
    if (shown === null || isHost) return null;
    const isHere = shown.room === room && (shown.lab ?? "") === this.#lab;
    if (isHere) return line("shown", t("The host shows this to everybody."));
    const what = shown.lab ?? t("the room");
    const isMine = shown.room === deskOf(state, me);
    const text = isMine
      ? t("The host shows your desk to everybody: {what}", { what })
      : t("The host shows: {what}", { what });
    return line(
      "shown",
      text,
      t("Look"),
      pathOf(shown.room, shown.lab ?? ""),
      shown.room === state.id,
    );
  }

  /** @returns {Line | null} */
  #place() {
    const { state, isHost, room, me } = this.#room;
    const desk = deskOf(state, me);
    if (room === desk) {
      const text = t("This is your desk: what you start here, you and the host see.");
      return line("place", text, t("Look at the class's room"), this.#here(state.id), true);
    }
    if (room === state.id) {
      if (desk === null) return this.#word ? line("place", this.#word) : null;
      const text = t("This is the class's room: you watch.");
      return line("place", text, t("Back to your desk"), this.#here(desk));
    }
    const owner = state.people.get(room.split(".")[1]);
    const text = t("The desk of {name}", { name: visible(owner?.name ?? "") });
    const back = isHost || desk === null ? state.id : desk;
    const words = back === state.id ? t("To the class's room") : t("Back to your desk");
    return line("place", text, words, this.#here(back));
  }

  #here(/** @type {string} */ room) {
    return pathOf(room, this.#lab);
  }
}

/** @returns {Line} */
const line = (
  /** @type {string} */ kind,
  /** @type {string} */ text,
  link = "",
  href = "",
  look = false,
) => ({ kind, text, link, href, look });

/**
 * Where a room, or a lab in it, is.
 * @param {string} room
 * @param {string} lab
 */
export const pathOf = (room, lab) => at(`/r/${room}${lab ? `/labs/${lab}` : ""}`);

function createLine(/** @type {Line} */ { kind }) {
  return h("li", { class: "bar__line", "data-kind": kind }, h("span"), h("a", { class: "button" }));
}

function updateLine(
  /** @type {HTMLElement} */ item,
  /** @type {Line} */ { text, link, href, look },
) {
  setText(item.firstChild, text);
  const way = /** @type {HTMLAnchorElement} */ (item.lastChild);
  way.hidden = link === "";
  setText(way, link);
  way.href = href;
  way.dataset.look = String(look);
}

customElements.define("class-bar", ClassBar);
