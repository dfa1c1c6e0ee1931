// A bench, put together from the elements that a page has: what was said and done is shown at one moment
// by all views, what can be done now by the controls. The page gives it a source: a live room or a
// recorded one (net/live-room.js, net/recorded-room.js); nothing here knows which. Of the history the
// views show the one take of the lab that the moment is in (docs/architecture.md).

import { isElsewhere, labView, takesOf } from "../model/lab-view.js";
import { takeAt } from "../model/takes.js";
import { LitSource } from "./lit-source.js";
import { nextTask } from "../dom/frame.js";
import { clientLabel } from "../words/format.js";
import { t } from "../words/i18n.js";

/** @import { LiveRoom } from "../net/live-room.js" */
/** @import { RecordedRoom } from "../net/recorded-room.js" */
/** @import { LabReader } from "./reader.js" */
/** @import { History } from "../model/history.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { State } from "../model/room-state.js" */

/**
 * Where the events come from: {history, moment, present, takesWishes, isKnown, hint, clockOffsetS, lab, room,
 * chosen, busy, me, failure, refused}; tells "change" and "restart".
 * @typedef {LiveRoom | RecordedRoom} Source
 */

const PICTURES = ["see-view", "run-console"];
const STATES = ["run-state"];
// The panel comes last: what is beside it is seen from then on (run-panel.css), and moves no more.
const CONTROLS = ["client-desk", "task-commands", "take-bar", "run-panel"];

export class Bench {
  #source;
  #lang;
  #root;
  #lit;
  #fed = 0; // how many events of the history the pictures know
  /** @type {{run: string, file: string, line: number} | null} the line whose calls are lit */
  #highlight = null;
  /** @type {string[]} the runs of which the pictures know events */
  #told = [];
  #reported = new Set(); // types of unknown events
  #isBegun = false; // whether everything has been shown once
  #isWarm; // whether what was there before the page has been shown
  #isBehind = false; // it is being shown
  #isOutdated = false; // something has changed meanwhile
  #ending = new AbortController();
  /** @type {Map<string, Element[]>} by name */
  #found = new Map();

  /**
   * @param {Source} source
   * @param {{lang: string, root?: Document | Element}} options
   */
  constructor(source, { lang, root = document }) {
    this.#source = source;
    this.#isWarm = source.isKnown;
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

  /** Show everything as it is; bit by bit, until all is shown that was there before. */
  update() {
    if (this.#isBehind) this.#isOutdated = true;
    else if (this.#isWarm) for (const show of this.#steps()) show();
    else this.#catchUp();
  }

  // In one go it would stop a slow page: each step is a task of its own. What comes meanwhile waits. A page
  // that nobody sees does without: its tasks come a second apart.
  async #catchUp() {
    this.#isBehind = true;
    this.#isOutdated = false;
    const isAll = this.#source.isKnown;
    const goOn = () => (document.hidden ? null : nextTask());
    try {
      await goOn();
      for (const show of this.#steps()) {
        await goOn();
        if (this.#ending.signal.aborted) return;
        show();
      }
    } finally {
      this.#isBehind = false;
      this.#isWarm = isAll;
    }
    if (this.#isOutdated) this.update();
  }

  /** @returns {Generator<() => void>} */
  *#steps() {
    const now = this.#present;
    const view = this.#view(now);
    yield () => this.#feed(view);
    for (const each of this.#find(PICTURES)) yield () => each.update?.(view);
    yield () => this.#lit.update(view);
    this.#reportUnknown();
    // Pictures grow with what they are told. What was is not what is: until all of it has been told,
    // the rest says what it said at first, not that a run listens which has ended since.
    const { isKnown, busy, failure } = this.#source;
    if (this.#isBegun && !isKnown && busy === null && failure === null) return;
    this.#isBegun = true;
    for (const each of this.#find(STATES)) yield () => each.update?.(view);
    const present = { ...view, ...now, state: this.#source.present };
    for (const each of this.#find(CONTROLS)) yield () => each.update?.(present);
  }

  // This is asked for each batch of events, and a page has thousands of elements: what has been found,
  // and is still there, is not looked for again.
  /** @returns {any[]} */
  #find(/** @type {string[]} */ names) {
    return names.flatMap((name) => {
      const known = this.#found.get(name) ?? [];
      if (known.length > 0 && known.every((each) => each.isConnected)) return known;
      const found = [...this.#root.getElementsByTagName(name)];
      this.#found.set(name, found);
      return found;
    });
  }

  /** @returns {LabReader | null} */
  get #reader() {
    return this.#root.querySelector("lab-reader");
  }

  // What belongs to the lab now, whatever moment is shown.
  get #present() {
    return this.#named(this.#source.present);
  }

  #named(/** @type {State} */ state) {
    const { lab, chosen, me } = this.#source;
    return nameEnds(markOwn(nameClients(labView(state, lab, chosen)), me));
  }

  // The count of the history with which the take ends that is shown.
  get #end() {
    const { history, moment, lab } = this.#source;
    if (moment.count !== null) return moment.count;
    const takes = takesOf(history.present, lab);
    const next = takes[takeAt(takes, moment.until) + 1];
    return next ? history.countBefore(next.seq) : history.count;
  }

  #view(/** @type {LabView} */ now) {
    const { history, moment, lab, room, chosen, clockOffsetS } = this.#source;
    const { takesWishes, isKnown, hint, busy, failure, refused } = this.#source;
    const state = history.stateAt(moment);
    const end = this.#end;
    // A past whose server began anew knows other names than what is there now.
    const isNow = end === history.count && history.present === this.#source.present;
    const isPresent = moment.count !== null || isNow;
    // What of the take is known in the end; everything is called the same at all of its moments.
    const whole = isPresent ? now : this.#named(history.stateAfter(end));
    return {
      ...labView(state, lab, chosen),
      names: whole.names,
      numbers: whole.numbers,
      whole,
      end,
      state,
      history,
      count: history.count,
      moment,
      lab,
      room,
      clockOffsetS,
      takesWishes,
      isKnown,
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
  #feed(/** @type {{history: History, whole: LabView, end: number}} */ view) {
    const { history, whole, end } = view;
    const { present, lab } = this.#source;
    if (end < this.#fed || isElsewhere(this.#told, present, lab)) this.#begin();
    this.#told = whole.runs.map(({ id }) => id);
    const entries = history.between(this.#fed, end);
    this.#fed = end;
    if (entries.length === 0) return;
    const whose = { ...view, ...whole };
    for (const see of this.#find(["see-view"])) see.take(entries, whose);
  }

  #begin() {
    this.#fed = 0;
    for (const see of this.#find(["see-view"])) see.clear();
    this.#lit.clear();
  }

  // The calls of a line light up; the same line once more puts them out.
  #light(/** @type {string} */ file, /** @type {number} */ line) {
    const program = file.replace(/\.py$/, "");
    const run = this.#present.runs.findLast((each) => each.program === program);
    const before = this.#highlight;
    const isSame = before?.file === file && before.line === line;
    this.#highlight = run && !isSame ? { run: run.id, file, line } : null;
    for (const see of this.#find(["see-view"])) see.highlight = this.#highlight;
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
 * Call the clients that have no person's name by their numbers.
 * @param {LabView} view
 */
function nameClients(view) {
  for (const [id, number] of view.numbers) {
    if (!view.names.has(id)) view.names.set(id, clientLabel(number));
  }
  return view;
}

/**
 * Call the other ends of calls what those who are there are called.
 * @param {LabView} view
 */
function nameEnds(view) {
  const servers = view.active.map(({ id, host, port }) => ({
    id,
    local: port && `${host}:${port}`,
  }));
  const programs = view.runs.map(({ id, at }) => ({ id, local: at }));
  for (const { id, local } of [...programs, ...servers, ...view.clients]) {
    const name = view.names.get(id);
    if (local && name !== undefined) view.names.set(local, name);
  }
  return view;
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
