// <event-list>: the events of a lab as a list: when, who, what, how many bytes. Filters, searches, and
// shows the bytes of one event as hex on demand. It is a view of the history at the page's moment; while
// nobody sees it, it does nothing.

import { EventDetail } from "./event-detail.js";
import { createRow } from "./event-row.js";
import { describe, kindOf, KINDS } from "../words/event-words.js";
import { FollowScroll } from "../dom/follow-scroll.js";
import { inFrame } from "../dom/frame.js";
import { t } from "../words/i18n.js";
import { belongsHere, labView, mainProgram, takesOf } from "../model/lab-view.js";
import { firstRowOfBlock, reconcileLong } from "../dom/long-list.js";
import { findAll, h, notYet, setAttribute } from "../dom/markup.js";
import { byTime } from "../model/event-order.js";
import { hasHappened } from "../model/moment.js";
import { isRenamed } from "../model/people.js";
import { merge } from "../model/sorted.js";
import { Viewport } from "../dom/viewport.js";

/** @import { Row } from "./event-row.js" */
/** @import { Entry, History } from "../model/history.js" */
/** @import { Lab, LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { Kind } from "../words/event-words.js" */
/**
 * `count` is how many events of the history the names know of.
 * @typedef {Pick<LabView, "main" | "names" | "numbers" | "take"> & {history: History, count: number,
 *   moment: Moment, lab: Lab, clockOffsetS: number, hint: string | null}} View
 */

const KEPT = 10_000; // events to search in
const TAKEN_A_FRAME = 2_000; // of the history, at most: the newest come first
const SHOWN = 1_000; // rows on the page
const ROWS_A_FRAME = 40; // that are made at most
const BEHIND = 300; // rows that wait to be made, at most: then the newest ones come first

export class EventList extends HTMLElement {
  /** @type {Row[]} of this lab's take, by time */
  #rowsOfLab = [];
  #from = 0; // the counts of the history between which they are taken
  #to = 0;
  #kinds = new Set(KINDS);
  #search = "";
  /** @type {number | null} the number of an event */
  #selected = null;
  /** @type {Map<string, string>} of runs and clients, as the rows call them */
  #names = new Map();
  #naming = 0; // how often those names have changed
  #began = -1; // the number of the event that began the take whose rows these are
  /** @type {View} */
  #view = notYet();
  /** @type {ReadonlySet<Row>} that are on the page */
  #made = new Set();
  #drawing = () => this.#draw();

  #searchField = h("input", {
    class: "field events__search",
    type: "search",
    placeholder: t("Find"),
    "aria-label": t("Find in the events"),
  });
  #filters = h("div", { class: "events__kinds", role: "group", "aria-label": t("Which events") });
  #rows = h("ol", {
    class: "events__rows",
    role: "listbox",
    tabindex: "0",
    "aria-label": t("Events"),
  });
  #box = h("div", { class: "events__box" });
  #empty = h("div", { class: "events__empty" });
  #toEnd = h(
    "button",
    { class: "button events__end", type: "button", hidden: true },
    t("To the end ↓"),
  );
  #detail = new EventDetail({ onclose: () => this.#select(null) });
  #follow = new FollowScroll(this.#box, {
    onchange: (following) => {
      this.#toEnd.hidden = following;
    },
  });

  #viewport = new Viewport(this.#box, { onresize: () => this.#ask(), onscroll: () => {} });

  connectedCallback() {
    this.#viewport.watch();
    if (this.firstChild) return;
    this.#searchField.addEventListener("input", () => {
      this.#search = this.#searchField.value.toLowerCase();
      this.#ask();
    });
    this.#toEnd.addEventListener("click", () => this.#follow.toEnd());
    this.#rows.addEventListener("click", (event) => this.#pick(event));
    this.#rows.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of KINDS) this.#filters.append(this.#createFilter(kind));
    this.#box.append(this.#empty, this.#rows);
    this.append(
      h("header", { class: "events__head" }, this.#searchField, this.#filters),
      h("div", { class: "events__view" }, this.#box, this.#toEnd),
      this.#detail.element,
    );
  }

  disconnectedCallback() {
    this.#viewport.unwatch();
  }

  /** Show {history, count, moment, lab, main, runs, names, clockOffsetS, hint}. */
  update(/** @type {View} */ view) {
    this.#view = view;
    this.#draw();
  }

  /** Forget what was picked: the history begins anew. */
  clear() {
    this.#to = Infinity;
    this.#select(null);
  }

  #ask() {
    if (this.#view && !this.hidden) inFrame("draw", this.#drawing);
  }

  #draw() {
    if (this.hidden || !this.#viewport.isShown) return;
    this.#take();
    const happened = this.#rowsOfLab.findLastIndex((row) => hasHappened(this.#moment, row.event));
    const wanted = this.#matching(happened);
    const first = firstRowOfBlock(wanted, Math.max(0, wanted.length - SHOWN), numberOf);
    const all = wanted.slice(first);
    const rows = this.#partOf(all);
    this.#made = new Set(rows);
    reconcileLong(this.#rows, rows, {
      scope: this.#naming,
      number: numberOf,
      create: (row) => createRow(row.event, this.#wordsOf(row), this.#view),
    });
    const isAll = this.#from <= this.#view.history.forgotten;
    this.#empty.hidden = rows.length > 0 || !isAll;
    if (!this.#empty.hidden) this.#updateEmpty();
    this.#follow.keep();
    if (rows.length < all.length || !isAll) this.#ask();
  }

  // What is on the page of these rows, and so many that are not: first those that come after it, then
  // those before. Where too many wait, or none is there yet, it begins anew with the newest.
  #partOf(/** @type {Row[]} */ rows) {
    const isMade = (/** @type {Row} */ row) => this.#made.has(row);
    const end = rows.findLastIndex(isMade) + 1;
    if (rows.length - end > BEHIND || end === 0) return rows.slice(-ROWS_A_FRAME);
    const to = Math.min(rows.length, end + ROWS_A_FRAME);
    const from = Math.max(0, rows.findIndex(isMade) - (ROWS_A_FRAME - (to - end)));
    return rows.slice(from, to);
  }

  get #moment() {
    return this.#view.moment;
  }

  // Bring the rows up to what the view knows; who is called otherwise now makes all of them anew. The
  // history may have grown since: what is drawn before the next view comes has no names for that yet.
  #take() {
    const { history, count, names, lab, take } = this.#view;
    const isOther = isRenamed(this.#names, names) || take.seq !== this.#began;
    this.#names = names;
    this.#began = take.seq;
    // Of all that is known of the take: at the moment that is shown perhaps nothing has begun yet.
    const next = takesOf(history.present, lab).find(({ seq }) => seq > take.seq);
    const end = Math.min(count, next ? history.countBefore(next.seq) : count);
    const isBehind = this.#to < history.forgotten || end - this.#to > TAKEN_A_FRAME;
    if (isOther || count < this.#to || isBehind) {
      this.#naming += 1;
      this.#rowsOfLab = [];
      this.#from = this.#to = end;
    }
    const from = Math.max(history.forgotten, this.#from - TAKEN_A_FRAME);
    const whole = labView(history.stateAfter(end), lab);
    const more = [...history.between(from, this.#from), ...history.between(this.#to, end)]
      .filter((event) => event.seq >= take.seq && isOurs(event, whole))
      .map((event) => ({ event, kind: kindOf(event), words: null, text: null }));
    merge(this.#rowsOfLab, more, (a, b) => byTime(a.event, b.event));
    const over = this.#rowsOfLab.length - KEPT;
    if (over > 0) this.#rowsOfLab.splice(0, over);
    this.#from = over >= 0 ? history.forgotten : from; // what is older has no place
    this.#to = count;
  }

  // The last rows up to one of them that are wanted, as many as are shown and a block more.
  #matching(/** @type {number} */ last) {
    const isWanted = (/** @type {Row} */ row) =>
      (row.kind === "other" || this.#kinds.has(row.kind)) &&
      (this.#search === "" || this.#textOf(row).includes(this.#search)) &&
      hasHappened(this.#moment, row.event);
    const rows = [];
    for (let i = last; i >= 0 && rows.length < SHOWN + 100; i--) {
      if (isWanted(this.#rowsOfLab[i])) rows.push(this.#rowsOfLab[i]);
    }
    return rows.reverse();
  }

  #wordsOf(/** @type {Row} */ row) {
    const { names, lab } = this.#view;
    row.words ??= describe(row.event, { names, transport: lab.transport });
    return row.words;
  }

  #textOf(/** @type {Row} */ row) {
    const { who, what, payload } = this.#wordsOf(row);
    row.text ??= `${who} ${what} ${payload}`.toLowerCase();
    return row.text;
  }

  #updateEmpty() {
    const [title, text] = this.#emptyWords();
    this.#empty.replaceChildren(h("p", { class: "events__empty-title" }, title), h("p", {}, text));
  }

  #emptyWords() {
    const { lab, main, moment, hint } = this.#view;
    const nothing = t("Nothing has happened yet");
    if (this.#rowsOfLab.some((row) => hasHappened(moment, row.event))) {
      return [
        t("Nothing matches"),
        t("Choose other kinds of events, or search for something else."),
      ];
    }
    if (hint !== null) return [nothing, hint];
    if (main !== null)
      return [t("Quiet"), t("Send something, or talk to the port from a terminal.")];
    return mainProgram(lab) === "demo"
      ? [nothing, t("Run the program: everything it does appears here.")]
      : [nothing, t("Start the server, then send it something: every step appears here.")];
  }

  #createFilter(/** @type {Kind} */ kind) {
    /** @type {Record<string, string>} */
    const names = {
      traffic: t("Traffic"),
      output: t("Output"),
      run: t("Start and end"),
      call: t("Calls"),
    };
    const box = h("input", { type: "checkbox", class: "visually-hidden", checked: true });
    box.addEventListener("change", () => {
      if (box.checked) this.#kinds.add(kind);
      else this.#kinds.delete(kind);
      this.#ask();
    });
    return h("label", { class: "events__kind" }, box, h("span", {}, names[kind]));
  }

  #pick(/** @type {Event} */ { target }) {
    const row = /** @type {Element} */ (target).closest("[data-seq]");
    if (row instanceof HTMLElement) this.#select(Number(row.dataset.seq));
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const rows = findAll(this.#rows, ".event");
    const at = rows.findIndex((row) => Number(row.dataset.seq) === this.#selected);
    /** @type {Record<string, number>} */
    const places = {
      ArrowDown: at + 1,
      ArrowUp: at === -1 ? rows.length - 1 : at - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const to = places[event.key];
    if (event.key === "Escape") this.#select(null);
    if (to === undefined || !rows[to]) return;
    event.preventDefault();
    this.#select(Number(rows[to].dataset.seq));
    rows[to].scrollIntoView({ block: "nearest" });
  }

  #select(/** @type {number | null} */ seq) {
    const before = this.#rows.querySelector('[aria-selected="true"]');
    if (before) setAttribute(before, "aria-selected", "false");
    this.#selected = this.#selected === seq ? null : seq;
    const row = this.#rows.querySelector(`[data-seq="${this.#selected}"]`);
    if (row) setAttribute(row, "aria-selected", "true");
    setAttribute(this.#rows, "aria-activedescendant", row?.id);
    const found = this.#rowsOfLab.find(({ event }) => event.seq === this.#selected);
    if (found) this.#detail.show(found.event, this.#wordsOf(found), this.#view);
    else this.#detail.hide();
    this.#follow.keep();
  }
}

const numberOf = (/** @type {Row} */ { event }) => event.seq;

// An unbuffered print() writes its newline by a call of its own: that alone is no row.
const NEWLINE = /^\r?\n$/;

function isOurs(/** @type {Entry} */ event, /** @type {LabView} */ view) {
  if (event.type === "output" && NEWLINE.test(event.text)) return false;
  return event.type === "gap" || belongsHere(event, view);
}

customElements.define("event-list", EventList);
