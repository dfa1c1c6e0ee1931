// <run-state>: the state of the lab's program, as a dot and a word.

import { runStateDot, runStateWord } from "../words/format.js";
import { h, setAttribute, setText } from "../dom/markup.js";

/** @import { ShownState } from "../words/format.js" */

export class RunState extends HTMLElement {
  #dot = h("span", { class: "dot" });
  #word = h("span", { class: "run-state__word" });

  connectedCallback() {
    if (!this.firstChild) this.append(this.#dot, this.#word);
  }

  /** Show the state of the lab's main run. */
  update(/** @type {{main: {state: ShownState} | null}} */ { main }) {
    const state = main?.state ?? "none";
    this.dataset.state = state;
    setAttribute(this.#dot, "class", runStateDot(state));
    setText(this.#word, runStateWord(state));
  }
}

customElements.define("run-state", RunState);
