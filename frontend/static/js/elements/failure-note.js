// <failure-note>: a failure in words. What happened, what it means on the wire, what to try. The words
// are loaded soon after the page, not with it; they have to be there when the playground is not.

import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";
import { reach } from "../dom/reach.js";
import { soon } from "../dom/soon.js";
import { visible } from "../model/text.js";

/** @import { Failure, Problem } from "../words/failure-words.js" */
/** @typedef {typeof import("../words/failure-words.js")} FailureWords */
/** @typedef {{label: string, act: () => void}} Action what a person can do about it */

export class FailureNote extends HTMLElement {
  #what = h("strong", { class: "failure__what" });
  #meaning = h("p", { class: "failure__meaning" });
  #hint = h("p", { class: "failure__hint" });
  #action = h("button", { class: "button button--primary failure__action", type: "button" });
  /** @type {Failure | null} */
  #words = null;
  /** @type {(() => void) | null} */
  #act = null;
  /** @type {((words: FailureWords) => Failure) | null} what is being said */
  #saying = null;

  connectedCallback() {
    if (this.firstChild) return;
    this.classList.add("failure");
    this.setAttribute("role", "alert");
    const close = h(
      "button",
      {
        class: "button button--quiet button--icon failure__close",
        type: "button",
        title: t("Hide"),
        "aria-label": t("Hide"),
        onclick: () => ask(this, "failure-hide"),
      },
      "×",
    );
    reach(this.#meaning);
    this.#action.addEventListener("click", () => this.#act?.());
    this.append(this.#what, close, this.#meaning, this.#hint, this.#action);
    this.update(this.#words, {});
  }

  /**
   * Show a problem in the words that `say` chooses, or as it calls itself where they cannot be loaded.
   * @param {Problem} problem
   * @param {(words: FailureWords) => Failure} say
   * @param {{action?: Action | null}} [more]
   */
  async say({ code, message }, say, more) {
    this.#saying = say;
    const words = await loadWords().catch(() => null);
    if (this.#saying !== say) return; // something else is said by now
    this.update(
      words ? say(words) : { what: visible(message || code), meaning: "", hint: "" },
      more,
    );
  }

  /**
   * Show a failure, or nothing for null.
   * @param {Failure | null} words
   * @param {{action?: Action | null}} [more]
   */
  update(words, { action = null } = {}) {
    const isNews = words !== null && words.what !== this.#words?.what;
    this.#words = words;
    this.#saying = null;
    this.hidden = words === null;
    setText(this.#what, words?.what ?? "");
    setText(this.#meaning, words?.meaning ?? "");
    setText(this.#hint, words?.hint ?? "");
    this.#meaning.hidden = !words?.meaning;
    this.#hint.hidden = !words?.hint;
    this.#action.hidden = action === null;
    setText(this.#action, action?.label ?? "");
    this.#act = action?.act ?? null;
    if (isNews) this.scrollIntoView({ block: "nearest" }); // a failure has to be seen
  }
}

const loadWords = soon(() => import("../words/failure-words.js"));

customElements.define("failure-note", FailureNote);
