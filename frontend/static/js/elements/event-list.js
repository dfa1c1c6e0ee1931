// <event-list>: the events of a lab as a list: when, who, what, how many bytes. Filters, searches, and
// shows the bytes of one event as hex on demand. It is a view of the history at the page's moment; while
// nobody sees it, it does nothing.

import { EventDetail } from "./event-detail.js";
import { createFilter, emptyWords } from "./event-filters.js";
import { createRow, writeRow } from "./event-row.js";
import { EventRows } from "./event-rows.js";
import { describe, KINDS } from "../words/event-words.js";
import { FollowScroll } from "../dom/follow-scroll.js";
import { inFrame } from "../dom/frame.js";
import { t } from "../words/i18n.js";
import { Flood } from "../model/flood.js";
import { lastRows, reconcileLong } from "../dom/long-list.js";
import { h, notYet, setAttribute } from "../dom/markup.js";
import { byTime } from "../model/event-order.js";
import { hasHappened } from "../model/moment.js";
import { A_FRAME, nextRows } from "../model/page-rows.js";
import { Viewport } from "../dom/viewport.js";

/** @import { Row } from "./event-row.js" */
/** @import { History } from "../model/history.js" */
/** @import { Lab, LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/**
 * `count` is how many events of the history the names know of.
 * @typedef {Pick<LabView, "main" | "names" | "numbers" | "take"> & {history: History, count: number,
 *   moment: Moment, lab: Lab, clockOffsetS: number, hint: string | null}} View
 */

const SHOWN = 1_000; // rows on the page
const ROW_PX = 22; // a row is higher

export class EventList extends HTMLElement {
  #all = new EventRows();
  #kinds = new Set(KINDS);
  #search = "";
  /** @type {number | null} the number of an event */
  #selected = null;
  /** @type {View} */
  #view = notYet();
  /** @type {Row[]} on the page */
  #page = [];
  /** @type {Row[]} that shall be there */
  #wanted = [];
  #isDone = true; // all of them are there
  #hasMore = false; // others come after them
  #isNearEnd = false; // who reads is soon at the last one
  /** @type {number | null} the number of an event that is to be in sight, once it is on the page */
  #sought = null;
  #flood = new Flood();
  #drawing = () => this.#drawInTime();
  #measuring = () => this.#measure();

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
      this.#ask();
    },
  });
  #viewport = new Viewport(this.#box, {
    onresize: () => this.#ask(),
    onscroll: () => this.#measure(),
  });

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
    for (const kind of KINDS)
      this.#filters.append(createFilter(kind, this.#kinds, () => this.#ask()));
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
    const now = performance.now();
    const came = view.count - (this.#view?.count ?? view.count);
    this.#view = view;
    if (came > 0) this.#flood.hear(came, now);
    if (this.#flood.isOn(now)) this.#ask();
    else this.#draw();
  }

  /** Forget what was picked: the history begins anew. */
  clear() {
    this.#all.clear();
    this.#select(null);
  }

  #ask() {
    if (this.#view && !this.hidden) inFrame("draw", this.#drawing);
  }

  #drawInTime() {
    const isSettled = this.#page.length > 0 && (this.#follows || this.#isDone);
    if (!this.#flood.isDue(performance.now()) && isSettled) this.#ask();
    else this.#draw();
  }

  #draw() {
    if (this.hidden || !this.#viewport.isShown) return;
    const now = performance.now();
    this.#flood.drawn(now);
    const { naming } = this.#all;
    this.#all.take(this.#view);
    const before =
      naming === this.#all.naming ? this.#page.filter((row) => this.#isWanted(row)) : [];
    this.#wanted = lastRows(this.#matching(this.#end(before)), SHOWN, numberOf);
    const { rows, isAll } = nextRows(before, this.#wanted, {
      compare: (a, b) => byTime(a.event, b.event),
      follows: this.#follows,
      isFlood: this.#flood.isOn(now),
      screen: Math.ceil(this.#viewport.height / ROW_PX),
    });
    this.#page = lastRows(rows, SHOWN, numberOf);
    reconcileLong(this.#rows, this.#page, {
      scope: this.#all.naming,
      number: numberOf,
      create: createRow,
      update: (node, row) => this.#write(node, row),
    });
    const isFull = !this.#hasMore || this.#page.length >= SHOWN;
    this.#isDone = isAll && isFull && this.#all.isWhole;
    this.#empty.hidden = rows.length > 0 || !this.#all.isWhole;
    if (!this.#empty.hidden) this.#updateEmpty();
    this.#bringIntoSight();
    if (this.#isDone) this.#sought = null;
    this.#follow.keep();
    if (!this.#follow.following) inFrame("measure", this.#measuring);
    if (!this.#isDone) this.#ask();
  }

  // The place of the last row that is wanted. Who reads keeps the rows that they have: others come after
  // them while there is room, or as the reader nears the last one.
  #end(/** @type {Row[]} */ before) {
    const rows = this.#all.all;
    const happened = rows.findLastIndex((row) => hasHappened(this.#moment, row.event));
    const last = before.at(-1);
    const isHeld = !this.#follows && last !== undefined;
    let to = isHeld ? Math.min(happened, rows.lastIndexOf(last)) : happened;
    const hasRoom = this.#sought === null && (before.length < SHOWN || this.#isNearEnd);
    let room = hasRoom ? A_FRAME : 0;
    for (; room > 0 && to < happened; to++) if (this.#isWanted(rows[to + 1])) room -= 1;
    this.#hasMore = to < happened;
    return to;
  }

  #measure() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    this.#isNearEnd = scrollHeight - scrollTop < 3 * clientHeight;
    if (this.#isNearEnd && this.#hasMore && !this.#follow.following) this.#ask();
  }

  #write(/** @type {HTMLElement} */ node, /** @type {Row} */ row) {
    const isSelected = row.event.seq === this.#selected;
    writeRow(node, row.event, this.#wordsOf(row), { ...this.#view, isSelected });
  }

  // Whoever looks for a row leaves the end once it is there.
  get #follows() {
    return this.#follow.following && this.#sought === null;
  }

  get #moment() {
    return this.#view.moment;
  }

  // The last rows up to one of them that are wanted, as many as are shown and a block more.
  #matching(/** @type {number} */ last) {
    const rows = [];
    for (let i = last; i >= 0 && rows.length < SHOWN + 100; i--) {
      if (this.#isWanted(this.#all.all[i])) rows.push(this.#all.all[i]);
    }
    return rows.reverse();
  }

  #isWanted(/** @type {Row} */ row) {
    return (
      (row.kind === "other" || this.#kinds.has(row.kind)) &&
      (this.#search === "" || this.#textOf(row).includes(this.#search)) &&
      hasHappened(this.#moment, row.event)
    );
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
    const isFiltered = this.#all.all.some((row) => hasHappened(this.#moment, row.event));
    const [title, text] = emptyWords(this.#view, isFiltered);
    this.#empty.replaceChildren(h("p", { class: "events__empty-title" }, title), h("p", {}, text));
  }

  #pick(/** @type {Event} */ { target }) {
    const row = /** @type {Element} */ (target).closest("[data-seq]");
    if (row instanceof HTMLElement) this.#select(Number(row.dataset.seq));
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (event.key === "End") {
      this.#follow.toEnd();
      this.#draw();
    }
    const rows = this.#wanted;
    const at = rows.findIndex((row) => numberOf(row) === this.#selected);
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
    this.#select(numberOf(rows[to]));
    this.#sought = this.#selected;
    this.#bringIntoSight();
    this.#ask(); // perhaps the rows up to there have to be made
  }

  #select(/** @type {number | null} */ seq) {
    const before = this.#rows.querySelector('[aria-selected="true"]');
    if (before) setAttribute(before, "aria-selected", "false");
    this.#selected = this.#selected === seq ? null : seq;
    this.#sought = null;
    const row = this.#rowOf(this.#selected);
    if (row) setAttribute(row, "aria-selected", "true");
    this.#bringIntoSight();
    const found = this.#all.all.find((each) => numberOf(each) === this.#selected);
    if (found) this.#detail.show(found.event, this.#wordsOf(found), this.#view);
    else this.#detail.hide();
    this.#follow.keep();
  }

  #rowOf(/** @type {number | null} */ seq) {
    return seq === null ? null : this.#rows.querySelector(`[data-seq="${seq}"]`);
  }

  #bringIntoSight() {
    setAttribute(this.#rows, "aria-activedescendant", this.#rowOf(this.#selected)?.id);
    const row = this.#rowOf(this.#sought);
    if (row === null) return;
    this.#sought = null;
    const { scrollTop } = this.#box;
    row.scrollIntoView({ block: "nearest" });
    if (this.#box.scrollTop < scrollTop) this.#follow.leave();
  }
}

const numberOf = (/** @type {Row} */ { event }) => event.seq;

customElements.define("event-list", EventList);
