// <copy-button>: copies its `text` and says so.

import { t } from "../words/i18n.js";
import { h, setText } from "../dom/markup.js";
import { icon } from "../dom/svg.js";

const SAID_MS = 2000;

export class CopyButton extends HTMLElement {
  text = "";
  #button;
  #word = h("span", { class: "copy__word", "aria-live": "polite" }, t("copy"));
  #timer = null;

  connectedCallback() {
    if (this.#button) return;
    this.#button = h(
      "button",
      { class: "button button--quiet copy", type: "button", title: t("copy") },
      icon("M9 9h11v11H9zM5 15H4V4h11v1", "icon copy__icon"),
      this.#word,
    );
    this.#button.addEventListener("click", () => this.#copy());
    this.append(this.#button);
  }

  async #copy() {
    const copied = await copyText(this.text);
    setText(this.#word, copied ? t("copied") : t("select it and press Ctrl+C"));
    this.#button.dataset.said = copied;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      setText(this.#word, t("copy"));
      delete this.#button.dataset.said;
    }, SAID_MS);
  }
}

// navigator.clipboard exists in secure contexts only; a classroom's http://192.168.… is none.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const area = h("textarea", { class: "visually-hidden", readonly: true, "aria-hidden": "true" });
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

customElements.define("copy-button", CopyButton);
