// <task-commands>: what can be copied from a lab's text: whole programs, and the commands of its task,
// each in a block of its own, as they work when they are pasted now. Comes late, and asks for what is
// true by then: "late-element".

import "./copy-button.js";
import { commandHere, commandsIn } from "../model/commands.js";
import { ask, find, findAll, h } from "../dom/markup.js";

/** @import { CopyButton } from "./copy-button.js" */
/** @import { Lab } from "../model/lab-view.js" */
/** @import { Run } from "../model/room-state.js" */
/** @typedef {{command: string, code: HTMLElement, button: CopyButton}} Block */

export class TaskCommands extends HTMLElement {
  /** @type {Block[] | null} */
  #blocks = null;

  connectedCallback() {
    if (this.#blocks) return;
    const reader = /** @type {HTMLElement} */ (this.closest("lab-reader"));
    for (const panel of findAll(reader, ".panel--code")) {
      const lines = [...panel.querySelectorAll(".code-text")].map((line) => line.textContent);
      find(panel, ".code-tools").append(copyButton(lines.join("")));
    }
    this.#blocks = findAll(reader, ".prose pre").flatMap(splitBlock);
    ask(this, "late-element");
  }

  /** Show the commands for the server that runs now, if one does. */
  update(/** @type {{lab: Lab, main: Run | null, pageHost: string}} */ { lab, main, pageHost }) {
    const { terminal = null } = JSON.parse(find(document, "#page").textContent ?? "");
    const run = main?.program === "server" ? main : null;
    for (const { command, code, button } of this.#blocks ?? []) {
      const text = commandHere(command, { lab, run, pageHost, terminal });
      if (button.text === text) continue;
      button.text = text;
      code.dataset.said = command; // for paper
      const [where, what] = text.split(/(?<=^cd .* && )/);
      const words = (what ?? where).split(" ").flatMap((word) => [" ", h("b", {}, word)]);
      code.replaceChildren(h("span", { class: "where" }, what ? where : ""), ...words.slice(1));
    }
  }
}

/** Give each command of a block a block of its own, and each block a button. */
function splitBlock(/** @type {HTMLElement} */ pre) {
  const text = pre.textContent.trimEnd();
  const commands = commandsIn(text);
  if (commands === null) {
    pre.append(copyButton(text));
    return [];
  }
  const blocks = commands.map((command) => {
    const [code, button] = [h("code", { class: "command" }, command), copyButton(command)];
    return { pre: h("pre", {}, code, button), block: { command, code, button } };
  });
  pre.replaceWith(...blocks.map((each) => each.pre));
  return blocks.map((each) => each.block);
}

function copyButton(/** @type {string} */ text) {
  const button = h("copy-button");
  button.text = text;
  return button;
}

customElements.define("task-commands", TaskCommands);
