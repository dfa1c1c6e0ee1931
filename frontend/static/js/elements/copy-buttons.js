// Buttons that copy what a page of a lab shows: whole programs, commands of more lines.

import "./copy-button.js";
import { find, findAll, h } from "../dom/markup.js";

export function addCopyButtons(/** @type {HTMLElement} */ reader) {
  for (const panel of findAll(reader, ".panel--code")) {
    const lines = [...panel.querySelectorAll(".code-text")].map((line) => line.textContent);
    find(panel, ".code-tools").append(copyButton(lines.join("")));
  }
  for (const code of reader.querySelectorAll(".prose pre")) {
    const text = code.textContent.trimEnd();
    if (!text.includes("\n")) code.append(copyButton(text));
  }
}

function copyButton(/** @type {string} */ text) {
  const button = h("copy-button");
  button.text = text;
  return button;
}
