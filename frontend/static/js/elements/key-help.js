// All keys of a workbench, in a dialog: "?" shows it.

import { t } from "../words/i18n.js";
import { find, h } from "../dom/markup.js";

/** @type {HTMLDialogElement | null} */
let dialog = null;

export function showKeys() {
  dialog ??= makeDialog();
  if (dialog.open) return;
  // The keys that it shows are heard where nothing else has the focus.
  if (document.activeElement === document.body) {
    dialog.addEventListener("close", () => find(document, "#main").focus(), { once: true });
  }
  dialog.showModal();
}

/** @returns {[string, [string, string][]][]} what is done where, by which keys */
const groups = () => [
  [
    t("Everywhere"),
    [
      ["?", t("these keys")],
      ["Esc", t("close what is open")],
      ["← →", t("on tabs: the next one; on a splitter: narrower, wider")],
      ["Enter", t("on a splitter: fold the column, or bring it back")],
    ],
  ],
  [
    t("Read"),
    [
      ["G", t("go through the code step by step")],
      ["N  P", t("next note, previous note")],
      ["Shift+↑ ↓", t("in the code: from line to line, its calls light up")],
    ],
  ],
  [
    t("See"),
    [
      [",  .", t("step back, step forward")],
      ["N", t("a new take: clear the board")],
      ["↑ ↓ ← →", t("in a picture: from event to event")],
      ["Enter", t("show the line of an event")],
      ["Home  End", t("to the beginning, to the end")],
      ["+  −  0", t("in a picture: larger, smaller, the usual size")],
      [t("Ctrl+wheel"), t("in a picture: larger, smaller; with two fingers, too")],
      ["F", t("in a picture: show all of it")],
      ["Shift+↑ ↓", t("in a picture: select a span of time; with the mouse, too")],
    ],
  ],
  [
    t("Do"),
    [
      ["Enter", t("send the message")],
      ["Shift+Enter", t("a new line in the message")],
      [t("Shift+click"), t("send an example at once")],
      ["↑ ↓", t("in the console: lines typed before")],
      ["Ctrl+D", t("in the console: end of input")],
    ],
  ],
];

function makeDialog() {
  const close = h("button", { class: "button", value: "close" }, t("Close"));
  const made = h(
    "dialog",
    { class: "keys", "aria-labelledby": "keys-title" },
    h("h2", { id: "keys-title" }, t("Keys")),
    ...groups().map(([where, keys]) =>
      h(
        "section",
        {},
        h("h3", {}, where),
        h(
          "dl",
          {},
          ...keys.flatMap(([key, words]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, words)]),
        ),
      ),
    ),
    h("form", { method: "dialog" }, close),
  );
  made.addEventListener("click", ({ target }) => target === made && made.close());
  document.body.append(made);
  return made;
}
