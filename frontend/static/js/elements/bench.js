// A bench, put together from the elements that a page has: what was said and done is shown at one moment
// by all views, what can be done now by the controls. The page gives it a source: a live room or a
// recorded one (net/live-room.js, net/recorded-room.js); nothing here knows which.

import { labView } from "../model/lab-view.js";
import { LitSource } from "./lit-source.js";
import { t } from "../words/i18n.js";

/** @import { LiveRoom } from "../net/live-room.js" */
/** @import { RecordedRoom } from "../net/recorded-room.js" */
/** @import { LabReader } from "./reader.js" */
/** @import { History } from "../model/history.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */

/**
 * Where the events come from: {history, moment, present, takesWishes, hint, clockOffsetS, lab, room,
 * chosen, busy, me, failure, refused}; tells "change" and "restart".
 * @typedef {LiveRoom | RecordedRoom} Source
 */

const VIEWS = "see-view, run-console, run-state";
const CONTROLS = "run-panel, client-desk, task-commands";

export class Bench {
  #source;
  #lang;
  #root;
  #lit;
  #fed = 0; // how many events of the history the pictures know
  /** @type {{run: string, file: string, line: number} | null} the line whose calls are lit */
  #highlight = null;
  #reported = new Set(); // types of unknown events
  #ending = new AbortController();

  /**
   * @param {Source} source
   * @param {{lang: string, root?: ParentNode}} options
   */
  constructor(source, { lang, root = document }) {
    this.#source = source;
    this.#lang = lang;
    this.#root = root;
    this.#lit = new LitSource(() => this.#reader);
  }

  /** Show the source, and what comes of it. */
  start() {
    const { signal } = this.#ending;
    const on = (
      /** @type {EventTarget} */ target,
      /** @type {string} */ type,
      /** @type {(detail: any) => void} */ act,
    ) =>
      target.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail), {
        signal,
      });
    on(this.#source, "change", () => this.update());
    on(this.#source, "restart", () => this.#begin());
    on(document, "show-call", ({ file, line }) => this.#reader?.showLine(file, line));
    on(document, "late-element", () => this.update());
    on(document, "line-selected", ({ file, line }) => this.#light(file, line));
    this.#begin();
    this.update();
  }

  /** Let go of the page, for another bench. */
  stop() {
    this.#ending.abort();
    this.#lit.stop();
  }

  /** Show everything as it is. */
  update() {
    const view = this.#view();
    this.#feed(view);
    for (const each of this.#find(VIEWS)) each.update?.(view);
    const present = { ...view, ...this.#present, state: this.#source.present };
    for (const each of this.#find(CONTROLS)) each.update?.(present);
    this.#lit.update(view);
    this.#reportUnknown();
  }

  /** @returns {any[]} */
  #find(/** @type {string} */ selector) {
    return [...this.#root.querySelectorAll(selector)];
  }

  /** @returns {LabReader | null} */
  get #reader() {
    return this.#root.querySelector("lab-reader");
  }

  // What belongs to the lab now, whatever moment is shown.
  get #present() {
    const { present, lab, chosen, me } = this.#source;
    return markOwn(labView(present, lab, chosen), me);
  }

  // A past whose server began anew knows other names than what is there now.
  get #names() {
    const { history, present, lab, chosen } = this.#source;
    if (history.present === present || !("past" in this.#source)) return this.#present.names;
    return labView(history.present, lab, chosen).names;
  }

  #view() {
    const { history, moment, lab, room, chosen, clockOffsetS } = this.#source;
    const { takesWishes, hint, busy, failure, refused } = this.#source;
    const state = history.stateAt(moment);
    return {
      ...labView(state, lab, chosen),
      names: this.#names, // everything is called the same at all moments
      state,
      history,
      moment,
      lab,
      room,
      clockOffsetS,
      takesWishes,
      hint,
      busy,
      failure,
      refused,
      me: this.#source.me,
      lang: this.#lang,
      pageHost: location.hostname,
    };
  }

  // The pictures know all that has come, or of a recording all that has happened; they go on from there,
  // or begin anew.
  #feed(/** @type {{history: History, moment: Moment}} */ view) {
    const { history, moment } = view;
    const to = moment.count ?? history.count;
    if (to < this.#fed) this.#begin();
    const entries = history.between(this.#fed, to);
    this.#fed = to;
    if (entries.length === 0) return;
    const whose = { ...view, ...this.#present };
    for (const see of this.#find("see-view")) see.take(entries, whose);
  }

  #begin() {
    this.#fed = 0;
    for (const see of this.#find("see-view")) see.clear();
    this.#lit.clear();
  }

  // The calls of a line light up; the same line once more puts them out.
  #light(/** @type {string} */ file, /** @type {number} */ line) {
    const program = file.replace(/\.py$/, "");
    const run = this.#present.runs.findLast((each) => each.program === program);
    const before = this.#highlight;
    const isSame = before?.file === file && before.line === line;
    this.#highlight = run && !isSame ? { run: run.id, file, line } : null;
    for (const see of this.#find("see-view")) see.highlight = this.#highlight;
  }

  #reportUnknown() {
    for (const type of this.#source.present.unknown.keys()) {
      if (this.#reported.has(type)) continue;
      this.#reported.add(type);
      console.warn(`timeline: unknown event type "${type}"`);
    }
  }
}

/**
 * Say of the clients of the person at this page that they are theirs.
 * @param {LabView} view
 * @param {string | null} me
 */
function markOwn(view, me) {
  if (me === null) return view;
  for (const { id, owner } of view.clients) {
    const name = owner === me ? view.names.get(id) : undefined;
    if (name !== undefined) view.names.set(id, t("{name} (you)", { name }));
  }
  return view;
}
