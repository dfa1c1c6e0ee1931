// <sure-button>: a button for what cannot be taken back. The first press asks, the second one does it;
// whoever thinks better of it has lost nothing.
// Tells: "sure".

import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";

export class SureButton extends HTMLElement {
  label = "";
  question = "";
  /** What is done, as the button that does it says. */
  deed = "";
  #first = h("button", { class: "button button--danger", type: "button" });
  #question = h("span", { class: "sure__question" });
  #yes = h("button", { class: "button button--danger sure__yes", type: "button" });
  #no = h("button", { class: "button", type: "button" }, t("Keep"));
  #asking = h(
    "span",
    { class: "sure__asking", role: "group" },
    this.#question,
    this.#yes,
    this.#no,
  );

  connectedCallback() {
    if (this.firstChild) return;
    this.#first.addEventListener("click", () => this.#ask(true));
    this.#no.addEventListener("click", () => this.#ask(false));
    this.#yes.addEventListener("click", () => {
      this.#ask(false);
      ask(this, "sure");
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#asking.hidden) return;
      event.stopPropagation();
      this.#ask(false);
    });
    this.#asking.hidden = true;
    setText(this.#first, this.label);
    setText(this.#yes, this.deed || this.label);
    this.append(this.#first, this.#asking);
  }

  #ask(/** @type {boolean} */ asking) {
    setText(this.#question, this.question);
    this.#first.hidden = asking;
    this.#asking.hidden = !asking;
    (asking ? this.#no : this.#first).focus();
  }
}

customElements.define("sure-button", SureButton);
