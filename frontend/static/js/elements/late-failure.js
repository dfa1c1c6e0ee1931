// A <failure-note> that comes when something fails, or soon: it has to be there when the playground is
// not.

import { h } from "../dom/markup.js";
import { loadLateSheet } from "../dom/late-sheet.js";
import { soon } from "../dom/soon.js";

/** @import { FailureNote } from "./failure-note.js" */
/** @typedef {Parameters<FailureNote["say"]>} Saying a problem, its words, what can be done */

const load = soon(() =>
  Promise.all([import("./failure-note.js"), import("../words/failure-words.js"), loadLateSheet()]),
);

export class LateFailure {
  element;
  /** @type {Saying | null} */
  #saying = null;

  /** @param {Record<string, string>} [attributes] */
  constructor(attributes = {}) {
    this.element = h("failure-note", { ...attributes, hidden: true });
  }

  /** Show a failure; see FailureNote.say. */
  async say(/** @type {Saying} */ ...saying) {
    this.#saying = saying;
    if (!(await load().catch(() => null)) || this.#saying !== saying) return;
    customElements.upgrade(this.element);
    this.element.say(...saying);
  }

  /** Show nothing. */
  clear() {
    if (this.#saying !== null) this.element.update?.(null);
    this.#saying = null;
  }
}
