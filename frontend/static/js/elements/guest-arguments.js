// Tells a guest beside each field for arguments what their lab takes of guests, and holds back what it
// does not take: what is wrong stands beside the field, too. Loaded by pages of a class only.

import { notAllowed } from "../model/guest-arguments.js";
import { splitArguments } from "../model/lab-view.js";
import { visible } from "../model/text.js";
import { number, t, tn } from "../words/i18n.js";
import { find, h, setText } from "../dom/markup.js";

/** @import { Allowed, Argument } from "../model/guest-arguments.js" */
/** @typedef {{program?: string, args?: string[]}} Order */

const SHOWN = 60; // characters of an argument that is refused

/**
 * Begin to tell it.
 * @param {Record<string, Allowed>} allowed by program
 * @param {string} main the program that the panel starts
 */
export function tellGuests(allowed, main) {
  const fields = [
    beside("#run-args", main, allowed[main] ?? {}),
    beside(".console__launch input", "client", allowed.client ?? {}),
  ];
  const hold = (/** @type {Event} */ event) => {
    const { program = main, args = [] } = /** @type {CustomEvent<Order>} */ (event).detail;
    const field = fields.find((each) => each.program === program);
    if (field && !field.takes(args)) event.stopImmediatePropagation();
  };
  document.addEventListener("run-start", hold, { capture: true });
}

/**
 * @param {string} selector of the field
 * @param {string} program
 * @param {Allowed} allowed
 */
function beside(selector, program, allowed) {
  const field = /** @type {HTMLInputElement} */ (find(document, selector));
  const id = `${program}-allowed`;
  const problem = h("strong", { role: "alert", hidden: true });
  const note = h("p", { class: "allowed", id }, problem, h("span", {}, offer(allowed)));
  const say = (/** @type {string} */ words) => {
    setText(problem, words);
    problem.hidden = words === "";
    field.setAttribute("aria-invalid", String(words !== ""));
  };
  field.setAttribute("aria-describedby", id);
  field.addEventListener("input", () => {
    if (notAllowed(splitArguments(field.value), allowed) === null) say("");
  });
  field.after(note);
  return {
    program,
    takes(/** @type {string[]} */ args) {
      const wrong = notAllowed(args, allowed);
      say(wrong === null ? "" : t("Not for guests: {text}", { text: short(wrong) }));
      if (wrong === null) return true;
      const options = field.closest("details");
      if (options) options.open = true;
      field.focus();
      return false;
    },
  };
}

function short(/** @type {string} */ text) {
  return visible(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

function offer(/** @type {Allowed} */ allowed) {
  const words = Object.entries(allowed).map(([name, argument]) => wordsOf(name, argument));
  if (words.length === 0) return t("Guests give it no arguments.");
  return t("Guests may give: {list}", { list: words.join(", ") });
}

function wordsOf(/** @type {string} */ name, /** @type {Argument} */ argument) {
  switch (argument.kind) {
    case "number": {
      const { min, max } = argument;
      return t("--{name} from {min} to {max}", { name, min: number(min), max: number(max) });
    }
    case "flag":
      return `--${name}`;
    case "text": {
      const limit = argument.limit ?? 200;
      return tn(
        "{name}: text of at most {n} character",
        "{name}: text of at most {n} characters",
        limit,
        { name },
      );
    }
  }
}
