// <failure-note>: a failure in words. What happened, what it means on the wire, what to try.

import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";

/** @import { Failure } from "../words/failure-words.js" */
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
    this.#action.addEventListener("click", () => this.#act?.());
    this.append(this.#what, close, this.#meaning, this.#hint, this.#action);
    this.update(this.#words, {});
  }

  /**
   * Show a failure, or nothing for null.
   * @param {Failure | null} words
   * @param {{action?: Action | null}} [more]
   */
  update(words, { action = null } = {}) {
    this.#words = words;
    this.hidden = words === null;
    setText(this.#what, words?.what ?? "");
    setText(this.#meaning, words?.meaning ?? "");
    setText(this.#hint, words?.hint ?? "");
    this.#meaning.hidden = !words?.meaning;
    this.#hint.hidden = !words?.hint;
    this.#action.hidden = action === null;
    setText(this.#action, action?.label ?? "");
    this.#act = action?.act ?? null;
  }
}

customElements.define("failure-note", FailureNote);
