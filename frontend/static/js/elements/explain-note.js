// <explain-note>: what one event means, in two or three sentences. Loads the words when first asked.

import { locale, t } from "../words/i18n.js";
import { h, setText } from "../dom/markup.js";

/** @import { Told } from "../model/explanations.js" */

export class ExplainNote extends HTMLElement {
  #title = h("h3", { class: "explain__title" });
  #text = h("p", { class: "explain__text" });
  #tip = h("p", { class: "explain__tip" });
  #tipText = h("span");
  /** @type {Told | null} */
  #event = null;

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    this.#tip.append(h("b", {}, t("Try:")), " ", this.#tipText);
    this.append(this.#title, this.#text, this.#tip);
  }

  /**
   * Explain an event, or hide; `transport` is for events of clients.
   * @param {Told | null} event
   * @param {{transport?: string | null}} [more]
   */
  async update(event, { transport } = {}) {
    this.#event = event;
    if (event === null) {
      this.hidden = true;
      return;
    }
    const explanations = await load().catch(() => null);
    if (this.#event !== event) return; // somebody chose another one meanwhile
    const words = explanations?.explain(event, transport ? { transport } : {}) ?? null;
    this.hidden = words === null;
    if (words === null) return;
    setText(this.#title, words.title);
    setText(this.#text, words.text);
    this.#tip.hidden = words.tip === "";
    setText(this.#tipText, words.tip);
  }
}

async function load() {
  const { loadExplanations } = await import("../net/explanations.js");
  return loadExplanations(locale);
}

customElements.define("explain-note", ExplainNote);
