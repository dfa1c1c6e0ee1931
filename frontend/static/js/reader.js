// <lab-reader>: the task and the programs as tabs, and the walkthrough of their lines.
// The server has written all of it; this shows one panel and one note at a time.
// Addresses: #server.py a panel, #server.py-L12 a line, #server-note-6 a note.

import "./copy-button.js";
import { Tabs } from "./tabs.js";

const NEXT_KEYS = ["n", "т"]; // the same key on a Russian keyboard
const PREVIOUS_KEYS = ["p", "з"];

class LabReader extends HTMLElement {
  #tabs = null;
  #notes;
  #note = null; // the note that is open

  connectedCallback() {
    if (this.#tabs) return;
    this.#tabs = new Tabs(this.querySelector('[role="tablist"]'), (id) => this.#showPanel(id));
    this.#notes = [...this.querySelectorAll(".note")];
    addCopyButtons(this);
    this.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("hashchange", () => this.#goTo(location.hash));
    this.#goTo(location.hash);
  }

  #click(event) {
    const link = event.target.closest('a[href^="#"]');
    const { classList } = event.target.closest("button") ?? document.body;
    if (link) {
      event.preventDefault();
      this.#goTo(link.getAttribute("href"));
    } else if (classList.contains("dock-open")) this.#openFirst(event.target);
    else if (classList.contains("dock-next")) this.#step(1);
    else if (classList.contains("dock-previous")) this.#step(-1);
    else if (classList.contains("dock-close")) this.#close();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#hears(event.target)) return;
    const key = event.key.toLowerCase();
    if (NEXT_KEYS.includes(key)) this.#step(1);
    else if (PREVIOUS_KEYS.includes(key)) this.#step(-1);
    else if (key === "escape" && this.#note) this.#close();
    else return;
    event.preventDefault();
  }

  // The keys of the reader, or of nobody: not what is typed into the other columns.
  #hears(target) {
    return target === document.body || target.id === "main" || this.contains(target);
  }

  #goTo(hash) {
    const id = decodeURIComponent(hash.slice(1));
    const note = this.#notes.find((each) => each.id === id);
    const line = id && this.querySelector(`.code-line[id="${CSS.escape(id)}"]`);
    if (note) this.#open(note);
    else if (line) this.#goToLine(line);
    else this.#tabs.show(`panel-${id}`);
  }

  #goToLine(line) {
    this.#tabs.show(line.closest(".panel").id);
    this.querySelector(".code-line.is-sought")?.classList.remove("is-sought");
    line.classList.add("is-sought");
    reveal(line);
  }

  #showPanel(id) {
    for (const panel of this.querySelectorAll(".panel")) {
      panel.classList.toggle("is-shown", panel.id === id);
    }
    remember(id.replace("panel-", ""));
  }

  #openFirst(button) {
    this.#open(button.closest(".panel").querySelector(".note"));
    this.#note.closest(".dock").querySelector(".dock-next").focus();
  }

  #step(by) {
    const here = this.#notes.indexOf(this.#note);
    const shown = this.querySelector(".panel.is-shown .note");
    const note = this.#note ? this.#notes[here + by] : (shown ?? this.#notes[0]);
    if (!note) return;
    const moved = this.#note && note.closest(".dock") !== this.#note.closest(".dock");
    this.#open(note);
    if (moved) note.closest(".dock").querySelector(by > 0 ? ".dock-next" : ".dock-previous").focus();
  }

  #open(note) {
    this.#clear();
    this.#note = note;
    note.classList.add("is-open");
    const panel = note.closest(".panel");
    this.#tabs.show(panel.id);
    const dock = note.closest(".dock");
    dock.classList.add("is-open");
    const here = this.#notes.indexOf(note);
    dock.querySelector(".dock-previous").disabled = here === 0;
    dock.querySelector(".dock-next").disabled = here === this.#notes.length - 1;
    const lines = linesOf(note);
    for (const line of lines) line.classList.add("is-noted");
    reveal(lines[0], lines.at(-1));
    remember(note.id);
  }

  #close() {
    const panel = this.#note?.closest(".panel");
    const mark = this.#note && linesOf(this.#note)[0].querySelector(".code-mark");
    this.#clear();
    if (panel) remember(panel.id.replace("panel-", ""));
    mark?.focus({ preventScroll: true });
  }

  #clear() {
    for (const line of this.querySelectorAll(".code-line.is-noted")) {
      line.classList.remove("is-noted");
    }
    this.#note?.classList.remove("is-open");
    this.#note?.closest(".dock").classList.remove("is-open");
    this.#note = null;
  }
}

function linesOf(note) {
  const first = Number(note.dataset.first);
  const last = Number(note.dataset.last);
  return [...note.closest(".panel").querySelectorAll(".code-line")].slice(first - 1, last);
}

// Scroll the code, and nothing else, until the lines stand in its upper half.
function reveal(first, last = first) {
  const box = first.closest(".code-scroll");
  const view = box.getBoundingClientRect();
  const top = first.getBoundingClientRect().top - view.top;
  const bottom = last.getBoundingClientRect().bottom - view.top;
  if (top < 0 || bottom > view.height) box.scrollTop += top - view.height / 3;
}

// The address names what is shown, without a step of history for each note.
function remember(id) {
  const here = location.pathname + location.search;
  history.replaceState(history.state, "", id === "task" ? here : `${here}#${id}`);
  for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
}

function addCopyButtons(reader) {
  for (const panel of reader.querySelectorAll(".panel--code")) {
    const lines = [...panel.querySelectorAll(".code-text")].map((line) => line.textContent);
    panel.querySelector(".code-tools").append(copyButton(lines.join("")));
  }
  for (const code of reader.querySelectorAll(".prose pre")) {
    const text = code.textContent.trimEnd();
    if (!text.includes("\n")) code.append(copyButton(text));
  }
}

function copyButton(text) {
  const button = document.createElement("copy-button");
  button.text = text;
  return button;
}

customElements.define("lab-reader", LabReader);
