// A room as it is now: its timeline becomes the history, what a person wishes goes to its API.

import {
  ApiError,
  beginTake,
  endInput,
  namePeer,
  readRoom,
  startAgain,
  startRun,
  stopRun,
  typeInto,
} from "./api.js";
import { History } from "../model/history.js";
import { labView, mainProgram, serverLab } from "../model/lab-view.js";
import { at, LIVE } from "../model/moment.js";
import { hasEnded } from "../model/room-state.js";
import { roleOf } from "../model/programs.js";
import { Timeline, timelineUrl } from "./timeline.js";

/** @import { Lab } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { Action } from "../model/permissions.js" */
/** @import { RoomEvent } from "../model/types.d.ts" */
/** @import { ToldGap } from "./timeline.js" */

/**
 * What a person wants started; `again` is a run that is to be started as it was.
 * @typedef {{program?: string, port?: number | null, args?: string[], again?: string | null}} Order
 */
/** Why this person may not do something here, in words, by what it is. @typedef {Partial<Record<Action, string>>} Refused */
/**
 * Why something could not be done; `program` is what was to be started, on `port`.
 * @typedef {{code: string, message: string, port?: number | null, program?: string, field?: string}} Failure
 */

/**
 * A source of a bench (elements/bench.js). Tells: "change", "restart" (the history begins anew),
 * "server" (the server that this page has started listens: {run}), "status" of the connection; "events" and
 * "gap" as they come.
 */
export class LiveRoom extends EventTarget {
  /** @type {History | null} what was there before the server began anew, as long as it is looked at */
  past = null;
  #history;
  /** @type {Moment} */
  moment = LIVE;
  takesWishes = true;
  /** @type {Refused} */
  refused = {};
  hint = null; // each view has words of its own for what to do first
  /** @type {number} */
  clockOffsetS;
  lab;
  room;
  /** @type {string | null} the run that a person chose to look at */
  chosen = null;
  /** @type {"start" | "stop" | null} while the API is asked */
  busy = null;
  /** @type {Failure | null} what was refused last */
  failure = null;
  /** @type {string | null} the person at this page, where people have names */
  me = null;
  /** Whether the events have told what is there already: until then nobody knows what runs. */
  isKnown = false;
  /** @type {() => void} */
  #know = () => {};
  #known = new Promise((/** @type {(value: void) => void} */ resolve) => (this.#know = resolve));
  #due = Infinity; // the number of the last event of what is there already
  #started = ""; // the server that this page has started, until its events tell of it
  #timeline;

  /** @param {{room: string, epoch: string | null, lab: Lab, clock_offset_s: number}} page */
  constructor({ room, epoch, lab, clock_offset_s: clockOffsetS }) {
    super();
    this.#history = new History({ epoch });
    this.room = room;
    this.lab = lab;
    this.clockOffsetS = clockOffsetS;
    this.#timeline = new Timeline({ url: timelineUrl(room), epoch });
  }

  /**
   * Follow the timeline, whose newest event has this number now; null: the API is asked for it.
   * @param {number | null} newest
   */
  start(newest) {
    const on = (/** @type {string} */ type, /** @type {(detail: any) => void} */ act) =>
      this.#timeline.addEventListener(type, (event) =>
        act(/** @type {CustomEvent} */ (event).detail),
      );
    on("events", ({ events }) => this.#take(events));
    on("gap", (gap) => this.#close(gap));
    on("odd", ({ count }) => this.#change(() => (this.#history.odd += count)));
    for (const type of ["events", "gap", "status"]) {
      on(type, (detail) => this.dispatchEvent(new CustomEvent(type, { detail })));
    }
    for (const change of ["online", "offline"]) addEventListener(change, () => this.retry());
    this.#timeline.start();
    this.#expect(newest);
  }

  /** Connect now, instead of waiting. */
  retry() {
    this.#timeline.retry();
  }

  /** What is true now. */
  get present() {
    return this.#history.present;
  }

  /** What is shown. */
  get history() {
    return this.past ?? this.#history;
  }

  /** Show a moment. Of a past that is over nothing is live. */
  moveTo(/** @type {Moment} */ moment) {
    if (this.past && moment.until === null) this.leavePast();
    else this.#change(() => (this.moment = moment));
  }

  /** Go on to what is there since the server began anew. */
  leavePast() {
    if (this.past === null) return;
    this.past = null;
    this.#change(() => this.#begin());
  }

  /** Show a run as the main one. */
  choose(/** @type {string} */ run) {
    this.#change(() => (this.chosen = run));
  }

  /** Let this person do what they may. */
  allow(/** @type {Refused} */ refused) {
    this.#change(() => (this.refused = refused));
  }

  /** Show why something cannot be done; null: it has been read. */
  refuse(/** @type {Failure | null} */ failure) {
    this.#change(() => (this.failure = failure));
  }

  /**
   * Start a program of the lab; without a name the main one.
   * @param {Order} order
   */
  async startRun({ program = mainProgram(this.lab), port = null, args = [], again = null }) {
    const isMain = roleOf(program) !== "client";
    if (isMain && this.busy !== null) return;
    if (isMain) this.#change(() => (this.busy = "start"));
    if (isMain && !this.isKnown && (await this.#runsAlready())) return;
    const lab = roleOf(program) === "server" ? serverLab(this.lab) : this.lab.id;
    const start = () =>
      again ? startAgain(this.room, again) : startRun(this.room, { lab, program, port, args });
    const run = await this.#ask(start, { port, program });
    this.#change(() => {
      if (isMain) this.busy = null;
      if (isMain && run) this.chosen = null; // it is the newest
      if (run && roleOf(program) === "server") this.#started = run.id;
    });
  }

  /** Clear the board of the lab. */
  async beginTake() {
    this.moveTo(LIVE);
    await this.#ask(() => beginTake(this.room, this.lab.id));
  }

  async stopRun(/** @type {string} */ run) {
    const isMain = run === labView(this.present, this.lab, this.chosen).main?.id;
    if (isMain && this.busy !== null) return;
    if (isMain) this.#change(() => (this.busy = "stop"));
    await this.#ask(() => stopRun(this.room, run));
    if (isMain) this.#change(() => (this.busy = null));
  }

  /** Type into a program; whoever does wants to see its answer. */
  async typeInto(/** @type {string} */ run, /** @type {string} */ text) {
    this.moveTo(LIVE);
    await this.#ask(() => typeInto(this.room, run, text));
  }

  /** Give the program at an address a name; the empty one takes it away. */
  async namePeer(/** @type {string} */ address, /** @type {string} */ name) {
    await this.#ask(() => namePeer(this.room, address, name));
  }

  /** Say who is at this page. */
  identify(/** @type {string} */ person) {
    if (person !== this.me) this.#change(() => (this.me = person));
  }

  async endInput(/** @type {string} */ run) {
    this.moveTo(LIVE);
    await this.#ask(() => endInput(this.room, run));
  }

  // What was there before us is known once its last event has come.
  async #expect(/** @type {number | null} */ newest) {
    const room = newest === null ? await this.#ask(() => readRoom(this.room)) : null;
    this.#due = newest ?? room?.last_seq ?? 0;
    this.#change(() => this.#look());
  }

  #look() {
    if (this.isKnown || (this.#history.events.at(-1)?.seq ?? 0) < this.#due) return;
    this.isKnown = true;
    this.#know();
  }

  // Whoever pressed "Start" before it was known that the program runs has what they wanted.
  async #runsAlready() {
    await this.#known;
    const { main } = labView(this.present, this.lab, this.chosen);
    if (main === null || hasEnded(main)) return false;
    this.#change(() => (this.busy = null));
    return true;
  }

  #take(/** @type {RoomEvent[]} */ events) {
    this.#history.append(events);
    this.#look();
    const goesOn = events.some(({ type }) => type === "run.started" || type === "client.opened");
    if (this.past && goesOn) this.leavePast();
    else this.#change(() => {});
  }

  // After a gap the events do not tell everything: the API knows what is true now.
  async #close(/** @type {Omit<ToldGap, "type">} */ gap) {
    if (gap.restarted) this.#forget(gap.epoch);
    else this.#history.missed(gap);
    const room = await this.#ask(() => readRoom(this.room));
    this.#due = 0;
    this.clockOffsetS = room?.clock_offset_s ?? this.clockOffsetS;
    this.#change(() => {
      if (room) this.#history.merge(room);
      this.#look();
    });
  }

  // The picture stays, at its last moment, until a person or the room goes on.
  #forget(/** @type {string} */ epoch) {
    const last = this.#history.events.at(-1);
    if (last && this.past === null) {
      this.past = this.#history;
      if (this.moment.until === null) this.moment = at(last.t);
    }
    this.#history = new History({ epoch });
    this.chosen = null;
    if (this.past === null) this.#begin();
  }

  #begin() {
    this.moment = LIVE;
    this.chosen = null;
    this.dispatchEvent(new CustomEvent("restart"));
  }

  /**
   * Ask the API; a refusal is shown, and undefined comes back.
   * @template Answer
   * @param {() => Promise<Answer>} request
   * @param {Pick<Failure, "port" | "program">} [asked]
   */
  async #ask(request, asked = {}) {
    try {
      const answer = await request();
      this.refuse(null);
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refuse({ code: error.code, message: error.message, ...asked });
      return undefined;
    }
  }

  #change(/** @type {() => void} */ change) {
    change();
    this.dispatchEvent(new CustomEvent("change"));
    this.#tellOfServer();
  }

  // Clients connect once the events tell that the server of this page listens.
  #tellOfServer() {
    const run = this.present.runs.get(this.#started);
    if (!run || (run.state !== "listening" && !hasEnded(run))) return;
    this.#started = "";
    if (!hasEnded(run)) this.dispatchEvent(new CustomEvent("server", { detail: { run: run.id } }));
  }
}
