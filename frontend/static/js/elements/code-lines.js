// The lines of a program as the server has written them: found by number, lit, brought into sight.

import { h, setText } from "../dom/markup.js";

const FLASH_MS = 700; // as css/code.css has it

/** The line with a number in a code; null when there is none. */
export const lineOf = (
  /** @type {Element | null} */ code,
  /** @type {number | string | undefined} */ line,
) =>
  /** @type {HTMLElement | null} */ (
    code?.querySelector(`.code-line[data-line="${Number(line)}"]`) ?? null
  );

/**
 * The lines that a note is about.
 * @param {HTMLElement} note
 * @returns {HTMLElement[]}
 */
export function linesOf(note) {
  const first = Number(note.dataset.first);
  const last = Number(note.dataset.last);
  /** @type {NodeListOf<HTMLElement> | undefined} */
  const lines = note.closest(".panel")?.querySelectorAll(".code-line");
  return [...(lines ?? [])].slice(first - 1, last);
}

/** @import { LitWait } from "../words/lit-words.js" */
/**
 * Light a line, with a chip that says what waits on it.
 * @param {HTMLElement} line
 * @param {string} text
 * @param {readonly LitWait[]} waits
 */
export function lightUp(line, text, waits) {
  if (!line.classList.contains("is-lit")) line.classList.add("is-lit");
  const isJoining = waits.every(({ joins }) => joins);
  if (line.classList.contains("is-joining") !== isJoining) line.classList.toggle("is-joining");
  let chip = /** @type {HTMLElement | null} */ (line.querySelector(".code-chip"));
  if (!chip) {
    chip = h("span", { class: "code-chip" });
    line.append(chip);
  }
  setText(chip, text);
  const labels = waits.map(({ label }) => label).join("\n");
  if (chip.title !== labels) chip.title = labels;
}

/** Let a line flash once, and not again when its column comes back into sight. */
export function flash(/** @type {HTMLElement} */ line) {
  const pulse = line.dataset.pulse === "a" ? "b" : "a";
  line.dataset.pulse = pulse;
  setTimeout(() => {
    if (line.dataset.pulse === pulse) delete line.dataset.pulse;
  }, FLASH_MS);
}

export function putOut(/** @type {HTMLElement} */ line) {
  line.classList.remove("is-lit", "is-joining");
  line.querySelector(".code-chip")?.remove();
}

/** Scroll the code, and nothing else, until lines stand in its upper half, read from their beginning. */
export function reveal(/** @type {HTMLElement} */ first, last = first) {
  const box = first.closest(".code-scroll");
  if (box === null) return;
  const view = box.getBoundingClientRect();
  const top = first.getBoundingClientRect().top - view.top;
  const bottom = last.getBoundingClientRect().bottom - view.top;
  box.scrollLeft = 0;
  if (top < 0 || bottom > view.height) box.scrollTop += top - view.height / 3;
}
