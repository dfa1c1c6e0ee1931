// <copy-button>: copies its `text` and says so.

import { t } from "../words/i18n.js";
import { h, setText } from "../dom/markup.js";
import { icon } from "../dom/svg.js";

const SAID_MS = 2000;

export class CopyButton extends HTMLElement {
  text = "";
  word = t("copy");
  /** @type {HTMLElement | null} */
  #button = null;
  #word = h("span", { class: "copy__word", "aria-live": "polite" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    if (this.#button) return;
    setText(this.#word, this.word);
    const button = h(
      "button",
      { class: "button button--quiet copy", type: "button", title: this.word },
      icon("M9 9h11v11H9zM5 15H4V4h11v1", "icon copy__icon"),
      this.#word,
    );
    button.addEventListener("click", () => this.#copy(button));
    this.append(button);
    this.#button = button;
  }

  async #copy(/** @type {HTMLElement} */ button) {
    const copied = await copyText(this.text);
    setText(this.#word, copied ? t("copied") : t("select it and press Ctrl+C"));
    button.dataset.said = String(copied);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      setText(this.#word, this.word);
      delete button.dataset.said;
    }, SAID_MS);
  }
}

// navigator.clipboard exists in secure contexts only; a classroom's http://192.168.… is none.
async function copyText(/** @type {string} */ text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(/** @type {string} */ text) {
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
