// <event-list>: the events of a lab as a live list: when, who, what, how many bytes.
// Filters, pauses, and shows the bytes of one event as hex on demand.

import "./explain-note.js";
import { describe, kindOf, KINDS } from "../words/event-words.js";
import { FollowScroll } from "../dom/follow-scroll.js";
import { byteCount, clientNumber, eventTime } from "../words/format.js";
import { t, tn } from "../words/i18n.js";
import { mainProgram } from "../model/lab-view.js";
import { reconcileLong } from "../dom/long-list.js";
import { findAll, h, setAttribute, setColour, setText } from "../dom/markup.js";
import { fromBase64, hexDump, readable } from "../model/payload.js";
import { visible } from "../model/text.js";
import { Viewport } from "../dom/viewport.js";

const KEPT = 10_000; // events to search in
const SHOWN = 1_000; // rows on the page
const PREVIEW = 300; // characters of a payload in its row
const NARROW_PX = 600; // 16 bytes in hex do not fit there

export class EventList extends HTMLElement {
  #events = []; // {event, kind, words} of this lab, by time; words are made when needed
  #kinds = new Set(KINDS);
  #search = "";
  #paused = false;
  #waiting = 0; // events that came while paused
  #forgotten = 0;
  #selected = null; // seq
  #gap = null;
  #names = ""; // of the runs, as the rows call them
  #naming = 0; // how often those names have changed
  #view = null;
  #dirty = false; // rows are to be written anew, once they are in sight

  #pause = h("button", { class: "button", type: "button", "aria-pressed": "false" });
  #count = h("span", { class: "events__count", role: "status" });
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
  #detail = h("section", { class: "events__detail", hidden: true, "aria-live": "polite" });
  #detailTitle = h("h3", { class: "events__detail-title" });
  #detailText = h("pre", { class: "events__detail-text", tabindex: "0" });
  #meaning = h("explain-note");
  #follow = new FollowScroll(this.#box, {
    onchange: (following) => {
      this.#toEnd.hidden = following;
    },
  });

  #viewport = new Viewport(this.#box, {
    onresize: () => this.#dirty && this.#updateRows(),
    onscroll: () => {},
  });

  connectedCallback() {
    this.#viewport.watch();
    if (this.firstChild) return;
    this.#pause.addEventListener("click", () => this.#togglePause());
    this.#searchField.addEventListener("input", () => this.#setSearch());
    this.#toEnd.addEventListener("click", () => this.#follow.toEnd());
    this.#rows.addEventListener("click", (event) => this.#pick(event));
    this.#rows.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of KINDS) this.#filters.append(this.#createFilter(kind));
    const close = h(
      "button",
      {
        class: "button button--quiet button--icon",
        type: "button",
        "aria-label": t("Close"),
        onclick: () => this.#select(null),
      },
      "×",
    );
    this.#detail.append(
      h("header", { class: "events__detail-head" }, this.#detailTitle, close),
      h("div", { class: "events__detail-body" }, this.#meaning, this.#detailText),
    );
    this.#box.append(this.#empty, this.#rows);
    this.append(
      h(
        "header",
        { class: "events__head" },
        this.#pause,
        this.#count,
        this.#searchField,
        this.#filters,
      ),
      h("div", { class: "events__view" }, this.#box, this.#toEnd),
      this.#detail,
    );
    this.#updateHead();
  }

  disconnectedCallback() {
    this.#viewport.unwatch();
  }

  /** Take new events of the room; those of other labs are left out. */
  take(events, view) {
    this.#view = view;
    const ours = events.filter((event) => isOurs(event, view));
    if (ours.length === 0) return;
    if (this.#gap !== null) ours.unshift({ ...this.#gap, t: ours[0].t });
    this.#gap = null;
    for (const event of ours) this.#events.push({ event, kind: kindOf(event), words: null });
    this.#events.sort((a, b) => a.event.t - b.event.t || a.event.seq - b.event.seq);
    const over = this.#events.length - KEPT;
    if (over > 0) this.#events.splice(0, over);
    this.#forgotten += Math.max(0, over);
    if (this.#paused) this.#waiting += ours.length;
    this.#dirty = true;
  }

  /** Mark the place where events are missing, before those that come next. */
  missed({ next, missed }) {
    this.#gap = { type: "gap", seq: next - 0.5, missed };
  }

  /** Forget everything: the server has been started anew. */
  clear() {
    this.#events = [];
    this.#forgotten = 0;
    this.#waiting = 0;
    this.#dirty = true;
    this.#select(null);
  }

  /** Show {lab, main, names, clockOffsetS}. */
  update(view) {
    const first = this.#view === null;
    this.#view = view;
    this.#pause.hidden = view.isReplay === true; // the replay itself is what one pauses
    this.#rename(view.names);
    if (this.#dirty || first || this.#events.length === 0) this.#updateRows();
  }

  // A second server changes what the first one is called: all rows are written anew.
  #rename(names) {
    const written = [...names].flat().join("\n");
    if (written === this.#names) return;
    this.#names = written;
    this.#naming += 1;
    for (const entry of this.#events) entry.words = null;
    this.#dirty = true;
  }

  #updateRows() {
    this.#updateHead();
    this.#dirty = true;
    if (this.#paused || !this.#viewport.isShown) return;
    this.#dirty = false;
    const rows = this.#matching().slice(-SHOWN);
    reconcileLong(this.#rows, rows, {
      scope: this.#naming,
      number: ({ event }) => event.seq,
      create: (row) => this.#createRow(row),
    });
    this.#empty.hidden = rows.length > 0;
    if (rows.length === 0) this.#updateEmpty();
    this.#follow.keep();
  }

  #matching() {
    if (this.#search === "" && this.#kinds.size === KINDS.length) return this.#events;
    return this.#events.filter(
      (entry) =>
        (entry.kind === "other" || this.#kinds.has(entry.kind)) &&
        (this.#search === "" || textOf(this.#wordsOf(entry)).includes(this.#search)),
    );
  }

  #wordsOf(entry) {
    const { names, lab } = this.#view;
    entry.words ??= describe(entry.event, { names, transport: lab.transport });
    return entry.words;
  }

  #updateHead() {
    setText(this.#pause, this.#paused ? t("Continue") : t("Pause"));
    setAttribute(this.#pause, "aria-pressed", String(this.#paused));
    const total = this.#events.length + this.#forgotten;
    const count = tn("{n} event", "{n} events", total);
    const waiting = this.#waiting > 0 ? ` · +${this.#waiting}` : "";
    setText(this.#count, `${count}${waiting}`);
  }

  #updateEmpty() {
    const { lab, main, isReplay = false } = this.#view;
    const filtered = this.#events.length > 0;
    const started = main !== null;
    const demo = mainProgram(lab) === "demo";
    const [title, text] = filtered
      ? [t("Nothing matches"), t("Choose other kinds of events, or search for something else.")]
      : isReplay
        ? [t("Nothing has happened yet"), t("Press play, or → for the first event.")]
        : !started
          ? demo
            ? [
                t("Nothing has happened yet"),
                t("Run the program: everything it does appears here."),
              ]
            : [
                t("Nothing has happened yet"),
                t("Start the server, then send it something: every step appears here."),
              ]
          : [t("Quiet"), t("Send something, or talk to the port from a terminal.")];
    this.#empty.replaceChildren(h("p", { class: "events__empty-title" }, title), h("p", {}, text));
  }

  #createRow(entry) {
    const { event } = entry;
    const words = this.#wordsOf(entry);
    const row = h("li", {
      class: "event",
      id: `event-${event.seq}`,
      role: "option",
      "aria-selected": "false",
      "data-seq": event.seq,
      "data-tone": words.tone || null,
    });
    setColour(row, event.client ? clientNumber(event.client) : null);
    const payload =
      words.payload.length > PREVIEW ? `${words.payload.slice(0, PREVIEW)}…` : words.payload;
    row.append(
      h("time", { class: "event__time" }, eventTime(event, this.#view.clockOffsetS)),
      h(
        "span",
        { class: event.client ? "event__who event__who--client" : "event__who" },
        words.who,
      ),
      h(
        "span",
        { class: "event__what" },
        words.what,
        payload ? " " : null,
        payload ? h("span", { class: "event__payload" }, payload.replaceAll("\n", "↵")) : null,
      ),
      h("span", { class: "event__bytes" }, words.bytes === null ? "" : byteCount(words.bytes)),
    );
    return row;
  }

  #createFilter(kind) {
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
      this.#updateRows();
    });
    return h("label", { class: "events__kind" }, box, h("span", {}, names[kind]));
  }

  #setSearch() {
    this.#search = this.#searchField.value.toLowerCase();
    this.#updateRows();
  }

  #togglePause() {
    this.#paused = !this.#paused;
    if (!this.#paused) this.#waiting = 0;
    this.#updateRows();
  }

  #pick({ target }) {
    const row = target.closest("[data-seq]");
    if (row) this.#select(Number(row.dataset.seq));
  }

  #key(event) {
    const rows = findAll(this.#rows, ".event");
    const at = rows.findIndex((row) => Number(row.dataset.seq) === this.#selected);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at === -1 ? rows.length - 1 : at - 1,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (event.key === "Escape") this.#select(null);
    if (to === undefined || !rows[to]) return;
    event.preventDefault();
    this.#select(Number(rows[to].dataset.seq));
    rows[to].scrollIntoView({ block: "nearest" });
  }

  #select(seq) {
    const before = this.#rows.querySelector('[aria-selected="true"]');
    if (before) setAttribute(before, "aria-selected", "false");
    this.#selected = this.#selected === seq ? null : seq;
    const row = this.#rows.querySelector(`[data-seq="${this.#selected}"]`);
    if (row) setAttribute(row, "aria-selected", "true");
    setAttribute(this.#rows, "aria-activedescendant", row?.id);
    const found = this.#events.find(({ event }) => event.seq === this.#selected);
    this.#detail.hidden = !found;
    if (found) this.#showDetail(found);
    else this.#meaning.update(null);
    this.#follow.keep();
  }

  #showDetail(entry) {
    const { event } = entry;
    const words = this.#wordsOf(entry);
    const time = eventTime(event, this.#view.clockOffsetS);
    const size = words.bytes === null ? "" : ` · ${byteCount(words.bytes)}`;
    setText(this.#detailTitle, `${time} · ${words.who}${size}`);
    const width = this.clientWidth < NARROW_PX ? 8 : 16;
    setText(this.#detailText, detailText(event, words, width));
    this.#meaning.update(event, { transport: event.transport ?? this.#view.lab.transport });
  }
}

// An unbuffered print() writes its newline by a call of its own: that alone is no row.
const NEWLINE = /^\r?\n$/;

function isOurs(event, { runs, names }) {
  if (event.type === "output" && NEWLINE.test(event.text)) return false;
  if (event.type === "gap") return true;
  if (event.run) return names.has(event.run);
  return runs.length > 0 && !event.type.startsWith("person.");
}

const textOf = ({ who, what, payload }) => `${who} ${what} ${payload}`.toLowerCase();

function detailText(event, words, width) {
  if (event.data !== undefined) {
    const bytes = fromBase64(event.data);
    const cut = event.bytes > bytes.length;
    const note = cut ? `\n${t("… only the first {n} bytes are told", { n: bytes.length })}` : "";
    return bytes.length === 0
      ? t("No bytes: an empty datagram.")
      : `${hexDump(bytes, { width })}${note}\n\n${readable(bytes)}`;
  }
  if (event.type === "output") return words.payload;
  const { seq, t: time, ...rest } = event;
  return visible(JSON.stringify(rest, null, 2), { lines: true });
}

customElements.define("event-list", EventList);
