// Two switches over each program: long lines wrap, the code follows the line on which a thread waits.
// Both are kept.

import { lineOf, reveal } from "./code-lines.js";
import { keep, kept } from "../dom/kept.js";
import { t } from "../words/i18n.js";
import { findAll, h, setAttribute } from "../dom/markup.js";

/** @typedef {"wrap" | "follow"} Switch */

export class CodeSwitches {
  #reader;
  /** @type {Map<Element, number>} the line that was followed to, by code */
  #followed = new Map();

  constructor(/** @type {HTMLElement} */ reader) {
    this.#reader = reader;
    for (const tools of findAll(reader, ".code-tools")) {
      tools.append(
        h(
          "span",
          { class: "code-switches" },
          this.#button("wrap", t("Wrap"), t("Wrap long lines")),
          this.#button("follow", t("Follow"), t("Follow the line on which a thread waits")),
        ),
      );
    }
    this.#show();
  }

  /** Bring the first of the lit lines into sight, when it is another one than before. */
  follow(/** @type {Element} */ code, /** @type {number | undefined} */ number) {
    if (number === undefined) this.#followed.delete(code);
    if (number === undefined || !isOn("follow") || this.#followed.get(code) === number) return;
    this.#followed.set(code, number);
    const line = lineOf(code, number);
    if (line) reveal(line);
  }

  #button(/** @type {Switch} */ name, /** @type {string} */ words, /** @type {string} */ title) {
    const onclick = () => {
      keep(`code.${name}`, isOn(name) ? null : "on");
      this.#followed.clear();
      this.#show();
    };
    const says = { title, "data-switch": name };
    return h("button", { class: "code-switch", type: "button", ...says, onclick }, words);
  }

  #show() {
    this.#reader.classList.toggle("is-wrapped", isOn("wrap"));
    for (const button of findAll(this.#reader, ".code-switch")) {
      const isPressed = isOn(/** @type {Switch} */ (button.dataset.switch));
      setAttribute(button, "aria-pressed", String(isPressed));
    }
  }
}

const isOn = (/** @type {Switch} */ name) => kept(`code.${name}`) !== null;
