// <lab-reader>: the task and the programs as tabs, and the walkthrough of their lines.
// The server has written all of it; this shows one panel and one note at a time.
// Addresses: #server.py a panel, #server.py-L12 a line, #server-note-6 a note.
// Tells: "line-selected" {file, line} when a person chooses a line.

import { CodeSwitches } from "./code-switches.js";
import { flash, lightUp, lineOf, linesOf, putOut, reveal } from "./code-lines.js";
import { loadDifferences } from "./lab-differences.js";
import { nextTask } from "../dom/frame.js";
import { t } from "../words/i18n.js";
import { chipText } from "../words/lit-words.js";
import { around, ask, find, findAll, notYet, setText } from "../dom/markup.js";
import { reach } from "../dom/reach.js";
import { nameShown } from "../dom/shown-name.js";
import { Tabs } from "../dom/tabs.js";

/** @typedef {import("../words/lit-words.js").LitWait} Wait */

const NEXT_KEYS = ["n", "т"]; // the same key on a Russian keyboard
const PREVIOUS_KEYS = ["p", "з"];
/** @type {Readonly<Record<string, number | undefined>>} */
const ARROWS = Object.freeze({ arrowdown: 1, arrowup: -1 });
const GUIDE_KEYS = ["g", "п"];

export class LabReader extends HTMLElement {
  /** @type {Tabs} */
  #tabs = notYet();
  /** @type {HTMLElement[]} */
  #notes = [];
  /** @type {HTMLElement | null} */
  #note = null; // the note that is open
  #isGuided = false;
  /** @type {Map<Element, HTMLElement | null>} */
  #offered = new Map(); // dock → the note that it offers
  /** @type {CodeSwitches} */
  #switches = notYet();
  #listening = new AbortController();

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("hashchange", () => this.#goTo(location.hash), { signal });
    if (this.#tabs) return;
    this.#tabs = new Tabs(find(this, '[role="tablist"]'), (id) => this.#showPanel(id));
    this.#notes = findAll(this, ".note");
    for (const notes of findAll(this, ".notes")) reach(notes);
    nextTask().then(() => (this.#switches = new CodeSwitches(this)));
    // Not at all where it cannot be had; late: while the page's script begins, to ask takes 7 ms.
    nextTask()
      .then(() => import("./task-commands.js"))
      .catch(notYet);
    this.addEventListener("click", (event) => this.#click(event));
    this.#goTo(location.hash);
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /**
   * Light the lines of a file on which threads wait, and no others: `waits` has {line, label,
   * since} for each thread, `since` and `now` on the clock of the events. Offers the note of the
   * first lit line that has one.
   * @param {string} file
   * @param {readonly Wait[]} waits
   * @param {number | null} [now] seconds
   */
  light(file, waits, now = null) {
    const code = this.#code(file);
    if (!code) return;
    /** @type {Map<number, Wait[]>} */
    const byLine = new Map();
    for (const wait of waits) {
      if (wait.line !== null) byLine.set(wait.line, [...(byLine.get(wait.line) ?? []), wait]);
    }
    for (const line of findAll(code, ".code-line.is-lit")) {
      if (!byLine.has(Number(line.dataset.line))) putOut(line);
    }
    for (const [number, here] of byLine) {
      const line = lineOf(code, number);
      if (line) lightUp(line, chipText(here, now), here);
    }
    const lines = [...byLine.keys()].sort((a, b) => a - b);
    this.#switches?.follow(code, lines[0]);
    this.offerNote(file, lines.find((line) => this.#noteOf(file, line)) ?? null);
  }

  /** Let a line flash once: it has just run a call. */
  pulse(/** @type {string} */ file, /** @type {number} */ line) {
    const element = this.#lineOf(file, line);
    if (element) flash(element);
  }

  /** Bring a line into sight, its program in front. False when there is no such line. */
  showLine(/** @type {string} */ file, /** @type {number} */ line) {
    const element = this.#lineOf(file, line);
    if (element) this.#goToLine(element);
    return Boolean(element);
  }

  /** Offer the note of a line under its program; null takes an offer back. True if there is one. */
  offerNote(/** @type {string} */ file, /** @type {number | null} */ line) {
    const dock = this.#code(file)?.closest(".panel")?.querySelector(".dock");
    if (!dock) return false;
    const note = line === null ? null : this.#noteOf(file, line);
    if (this.#offered.get(dock) === note) return note !== null;
    this.#offered.set(dock, note);
    const title = note?.querySelector("h2")?.textContent;
    const words = find(dock, ".dock-words");
    words.dataset.plain ??= words.textContent;
    setText(words, note ? t("Line {line}: {title}", { line, title }) : (words.dataset.plain ?? ""));
    dock.classList.toggle("is-offering", note !== null);
    return note !== null;
  }

  /** @returns {HTMLElement | null} */
  #code(/** @type {string} */ file) {
    return this.querySelector(`.code[data-file="${CSS.escape(file)}"]`);
  }

  #lineOf(/** @type {string} */ file, /** @type {number} */ line) {
    const code = this.#code(file);
    return code ? lineOf(code, line) : null;
  }

  // Of several notes on one line the one that is about the fewest lines.
  #noteOf(/** @type {string} */ file, /** @type {number} */ line) {
    const size = (/** @type {HTMLElement} */ { dataset }) =>
      Number(dataset.last) - Number(dataset.first);
    const panel = this.#code(file)?.closest(".panel");
    const notes = panel ? findAll(panel, ".note") : [];
    return (
      notes
        .filter(({ dataset }) => Number(dataset.first) <= line && line <= Number(dataset.last))
        .sort((a, b) => size(a) - size(b))[0] ?? null
    );
  }

  #click(/** @type {MouseEvent} */ event) {
    const target = /** @type {Element} */ (event.target);
    const link = target.closest('a[href^="#"]');
    const { classList } = target.closest("button") ?? document.body;
    if (link) {
      event.preventDefault();
      this.#goTo(link.getAttribute("href") ?? "");
    } else if (classList.contains("guide-start")) this.#guide();
    else if (classList.contains("dock-open")) this.#openOffered(dockOf(target));
    else if (classList.contains("dock-next")) this.#step(1);
    else if (classList.contains("dock-previous")) this.#step(-1);
    else if (classList.contains("dock-close")) this.#close();
    else if (getSelection()?.isCollapsed) this.#select(target.closest(".code-line"));
  }

  #select(/** @type {HTMLElement | null} */ line) {
    if (!line) return;
    this.#seek(line);
    const { file } = around(line, ".code").dataset;
    ask(this, "line-selected", { file, line: Number(line.dataset.line) });
  }

  // Shift and an arrow move from line to line, for whoever has no mouse.
  #selectNext(/** @type {Element} */ code, /** @type {number} */ by) {
    const lines = findAll(code, ".code-line");
    const here = lines.findIndex((line) => line.classList.contains("is-sought"));
    const line = lines[here === -1 ? 0 : here + by];
    if (!line) return;
    this.#select(line);
    reveal(line);
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#hears(target)) return;
    const key = event.key.toLowerCase();
    const arrow = event.shiftKey ? ARROWS[key] : undefined;
    const code = target.closest?.(".code-scroll");
    if (arrow && code) this.#selectNext(code, arrow);
    else if (NEXT_KEYS.includes(key)) this.#step(1);
    else if (PREVIOUS_KEYS.includes(key)) this.#step(-1);
    else if (GUIDE_KEYS.includes(key) && this.#notes.length > 0) this.#guide();
    else if (key === "escape" && this.#note) this.#close();
    else return;
    event.preventDefault();
  }

  // The keys of the reader, or of nobody: not what is typed into the other columns.
  #hears(/** @type {Element} */ target) {
    return target === document.body || target.id === "main" || this.contains(target);
  }

  #goTo(/** @type {string} */ hash) {
    const id = decodeURIComponent(hash.slice(1));
    const note = this.#notes.find((each) => each.id === id);
    /** @type {HTMLElement | null} */
    const line = id === "" ? null : this.querySelector(`.code-line[id="${CSS.escape(id)}"]`);
    if (note) this.#open(note);
    else if (line) this.#goToLine(line);
    else this.#tabs.show(`panel-${id}`);
  }

  #goToLine(/** @type {HTMLElement} */ line) {
    this.#tabs.show(around(line, ".panel").id);
    this.#seek(line);
    reveal(line);
  }

  #seek(/** @type {HTMLElement} */ line) {
    const before = this.querySelector(".code-line.is-sought");
    before?.classList.remove("is-sought");
    before?.removeAttribute("aria-current");
    line.classList.add("is-sought");
    line.setAttribute("aria-current", "true");
  }

  #showPanel(/** @type {string} */ id) {
    for (const panel of this.querySelectorAll(".panel")) {
      panel.classList.toggle("is-shown", panel.id === id);
    }
    if (id === "panel-differences") loadDifferences(this);
    nameShown(id.replace("panel-", ""));
  }

  #openOffered(/** @type {HTMLElement} */ dock) {
    this.#open(this.#offered.get(dock) ?? find(dock, ".note"));
    find(dock, ".dock-next").focus();
  }

  // All notes of the lab from the first one, through one program after the other.
  #guide() {
    this.#isGuided = true;
    this.classList.add("is-guided");
    const [first] = this.#notes;
    this.#open(first);
    find(dockOf(first), ".dock-next").focus();
  }

  #endGuide() {
    const start = find(this, ".guide-start");
    this.#close();
    this.#tabs.show("panel-task");
    start.focus();
  }

  #step(/** @type {number} */ by) {
    const here = this.#note ? this.#notes.indexOf(this.#note) : -1;
    /** @type {HTMLElement | null} */
    const shown = this.querySelector(".panel.is-shown .note");
    const note = this.#note ? this.#notes[here + by] : (shown ?? this.#notes[0]);
    if (!note && this.#isGuided && by > 0) this.#endGuide();
    if (!note) return;
    const moved = this.#note && dockOf(note) !== dockOf(this.#note);
    this.#open(note);
    if (moved) find(dockOf(note), by > 0 ? ".dock-next" : ".dock-previous").focus();
  }

  #open(/** @type {HTMLElement} */ note) {
    this.#clear();
    this.#note = note;
    note.classList.add("is-open");
    this.#tabs.show(around(note, ".panel").id);
    const dock = dockOf(note);
    dock.classList.add("is-open");
    const here = this.#notes.indexOf(note);
    buttonIn(dock, ".dock-previous").disabled = here === 0;
    const isLast = here === this.#notes.length - 1;
    buttonIn(dock, ".dock-next").disabled = isLast && !this.#isGuided;
    dock.classList.toggle("is-last", isLast);
    /** @type {HTMLProgressElement} */ (find(dock, ".guide-bar")).value = here + 1;
    const lines = linesOf(note);
    for (const line of lines) line.classList.add("is-noted");
    reveal(lines[0], lines.at(-1));
    nameShown(note.id);
  }

  #close() {
    const panel = this.#note?.closest(".panel");
    /** @type {HTMLElement | null} */
    const mark = this.#note && linesOf(this.#note)[0].querySelector(".code-mark");
    this.#clear();
    this.#isGuided = false;
    this.classList.remove("is-guided");
    if (panel) nameShown(panel.id.replace("panel-", ""));
    mark?.focus({ preventScroll: true });
  }

  #clear() {
    for (const line of findAll(this, ".code-line.is-noted")) line.classList.remove("is-noted");
    this.#note?.classList.remove("is-open");
    if (this.#note) dockOf(this.#note).classList.remove("is-open");
    this.#note = null;
  }
}

const dockOf = (/** @type {Element} */ element) => around(element, ".dock");

const buttonIn = (/** @type {HTMLElement} */ dock, /** @type {string} */ selector) =>
  /** @type {HTMLButtonElement} */ (find(dock, selector));

customElements.define("lab-reader", LabReader);
