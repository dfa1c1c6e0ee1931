// <take-bar>: which take of the lab is shown, the way to the one before and back, and a new one.
// Asks for: "take-begin" {}, "moment" {moment}. Tells: "take-shown" {take}, its number.

import { ask, find, h, notYet, setAttribute, setText } from "../dom/markup.js";
import { takesOf } from "../model/lab-view.js";
import { icon } from "../dom/svg.js";
import { at, LIVE } from "../model/moment.js";
import { takeAt } from "../model/takes.js";
import { t } from "../words/i18n.js";

/** @import { History } from "../model/history.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { Take } from "../model/takes.js" */
/** @import { LabSummary } from "../model/types.d.ts" */
/** @import { Refused } from "../net/live-room.js" */
/**
 * @typedef {{lab: LabSummary, moment: Moment, history: History, takesWishes: boolean,
 *   refused: Refused}} View
 */

const KEYS = Object.freeze(["n", "т"]); // one key, in both languages
const NO_KEYS = "input:not([type=range], [type=radio]), textarea, select";
const SIGN = "M4 10h16v9H4ZM4 10l1-4 15-3M9 9l3-5M15 8l3-5"; // a clapperboard
const JUST_BEFORE_S = 1e-6;
const LAST_EVENTS = 200; // of a take, among which is the latest

export class TakeBar extends HTMLElement {
  #before = foldable("‹");
  #number = h("span", { class: "take__number", role: "status", hidden: true });
  #after = foldable("›");
  #begin = h(
    "button",
    { class: "button", type: "button", "aria-keyshortcuts": "n", hidden: true },
    icon(SIGN, "icon take__sign"),
    h("span", { class: "take__words" }, t("New take")),
  );
  /** @type {readonly Take[]} */
  #takes = [];
  #shown = 0; // which of them
  #told = 0; // its number, when that was told
  /** @type {View} */
  #view = notYet();

  connectedCallback() {
    if (this.firstChild) return;
    this.#before.title = t("Look at the previous take");
    this.#before.addEventListener("click", () => this.#show(this.#shown - 1));
    this.#after.addEventListener("click", () => this.#show(this.#shown + 1));
    this.#begin.addEventListener("click", () => ask(this, "take-begin", {}));
    this.closest("see-view")?.addEventListener("keydown", (event) =>
      this.#key(/** @type {KeyboardEvent} */ (event)),
    );
    this.append(this.#before, this.#number, this.#after, this.#begin);
  }

  /** Show {lab, moment, history, takesWishes, refused}. */
  update(/** @type {View} */ view) {
    this.#view = view;
    const { lab, moment, history, takesWishes, refused } = view;
    this.#takes = takesOf(history.present, lab);
    this.#shown = takeAt(this.#takes, moment.until);
    const before = this.#takes[this.#shown - 1];
    const after = this.#takes[this.#shown + 1];
    const here = this.#takes[this.#shown];
    if (here.number !== this.#told) {
      this.#told = here.number;
      ask(this, "take-shown", { take: here.number });
    }
    this.#before.hidden = !before || history.countBefore(here.seq) <= history.forgotten;
    if (before) say(this.#before, t("‹ Take {n}", { n: before.number }));
    const number = t("Take {n}", { n: here.number });
    setText(this.#number, number);
    setAttribute(this.#number, "title", number);
    setAttribute(this.#number, "data-n", String(here.number));
    this.#number.hidden = this.#takes.length === 1 && here.number === 1;
    this.#after.hidden = !after;
    if (after) say(this.#after, t("Take {n} ›", { n: after.number }));
    this.#begin.hidden = !takesWishes || Boolean(after);
    this.#begin.disabled = Boolean(refused.start);
    const why = t(
      "Clear the board (N): what runs goes on, and the previous take can be looked at again",
    );
    setAttribute(this.#begin, "title", refused.start ?? why);
  }

  #show(/** @type {number} */ which) {
    const next = this.#takes[which + 1];
    ask(this, "moment", { moment: next ? endBefore(next, this.#view.history) : LIVE });
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/** @type {Element} */ (event.target).matches(NO_KEYS)) return;
    event.preventDefault();
    if (!this.#begin.hidden) this.#begin.click();
  }
}

// A button whose words make room for a sign where there is little (css/see-view.css).
function foldable(/** @type {string} */ sign) {
  return h(
    "button",
    { class: "button button--quiet", type: "button", hidden: true },
    h("span", { class: "see__sign", "aria-hidden": "true" }, sign),
    h("span", { class: "see__words" }),
  );
}

const say = (/** @type {Element} */ button, /** @type {string} */ words) =>
  setText(find(button, ".see__words"), words);

// The last moment of the take before this one.
function endBefore(/** @type {Take} */ { seq, t: began }, /** @type {History} */ history) {
  const count = history.countBefore(seq);
  const last = history.between(count - LAST_EVENTS, count).map((event) => event.t);
  return at(Math.min(Math.max(...last), began - JUST_BEFORE_S));
}

customElements.define("take-bar", TakeBar);
