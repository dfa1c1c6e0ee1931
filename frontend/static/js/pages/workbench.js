// The workbench of a lab, put together: the timeline feeds the state of the room, the state is
// shown by the elements of the page, and what they ask for goes to the API.

import "../elements/client-desk.js";
import "../elements/connection-bar.js";
import "../elements/run-console.js";
import "../elements/run-panel.js";
import "../elements/run-state.js";
import "../elements/see-view.js";
import { ApiError, endInput, readRoom, startRun, stopRun, typeInto } from "../net/api.js";
import { labView, mainProgram, serverLab } from "../model/lab-view.js";
import { LitSource } from "../elements/lit-source.js";
import { h } from "../dom/markup.js";
import { hasEnded, initial, merge, reduceAll } from "../model/room-state.js";
import { Timeline, timelineUrl } from "../net/timeline.js";

class Workbench {
  #room;
  #lab;
  #lang;
  #clockOffsetS;
  #state;
  #chosen = null; // the run that a person chose to look at
  #busy = null; // "start" | "stop", while the API is asked
  #failure = null; // what the API refused last
  #started = null; // the server that this page has started, until its events tell of it
  #reported = new Set(); // types of unknown events
  #parts;
  #timeline;
  #reader;
  #lighted = null; // the line whose calls are lit
  #lit;
  #bar = h("connection-bar");

  constructor({ room, epoch, lab, lang, clock_offset_s: clockOffsetS }) {
    this.#room = room;
    this.#state = initial(null, epoch);
    this.#lab = lab;
    this.#lang = lang;
    this.#clockOffsetS = clockOffsetS;
    const find = (name) => [...document.querySelectorAll(name)];
    this.#parts = {
      states: find("run-state"),
      panels: find("run-panel"),
      desks: find("client-desk"),
      consoles: find("run-console"),
      lists: find("see-view"),
    };
    this.#reader = document.querySelector("lab-reader");
    this.#lit = new LitSource(this.#reader);
    this.#timeline = new Timeline({ url: timelineUrl(room), epoch });
  }

  start() {
    document.body.append(this.#bar);
    this.#listen();
    this.#show();
    this.#timeline.start();
  }

  #listen() {
    this.#timeline.addEventListener("events", ({ detail }) => this.#take(detail.events));
    this.#timeline.addEventListener("gap", ({ detail }) => this.#close(detail));
    this.#timeline.addEventListener("status", ({ detail }) => this.#bar.update(detail));
    const on = (type, act) => document.addEventListener(type, ({ detail }) => act(detail));
    on("run-start", (detail) => this.#startRun(detail));
    on("run-stop", ({ run }) => this.#stopRun(run));
    on("run-choose", ({ run }) => this.#change(() => (this.#chosen = run)));
    on("run-refuse", (failure) => this.#change(() => (this.#failure = failure)));
    on("failure-hide", () => this.#change(() => (this.#failure = null)));
    on("run-type", ({ run, text }) => this.#ask(() => typeInto(this.#room, run, text)));
    on("run-end-input", ({ run }) => this.#ask(() => endInput(this.#room, run)));
    on("moment", ({ until }) => (this.#lit.until = until));
    on("show-call", ({ file, line }) => this.#reader?.showLine(file, line));
    on("line-selected", ({ file, line }) => this.#highlight(file, line));
    on("timeline-retry", () => this.#timeline.retry());
    window.addEventListener("online", () => this.#timeline.retry());
  }

  #take(events) {
    this.#state = reduceAll(this.#state, events);
    this.#reportUnknown();
    const view = this.#view();
    for (const list of this.#parts.lists) list.take(events, view);
    this.#lit.take(events);
    this.#show();
  }

  // After a gap the events do not tell everything: the API knows what is true now.
  async #close(gap) {
    if (gap.restarted) this.#forget(gap.epoch);
    else for (const list of this.#parts.lists) list.missed(gap);
    const room = await this.#ask(() => readRoom(this.#room));
    if (!room) return;
    this.#clockOffsetS = room.clock_offset_s;
    this.#change(() => (this.#state = merge(this.#state, room)));
  }

  #forget(epoch) {
    this.#state = initial(null, epoch);
    this.#chosen = null;
    this.#lit.clear();
    for (const list of this.#parts.lists) list.clear();
  }

  // The calls of a line light up; the same line once more puts them out.
  #highlight(file, line) {
    const program = file.replace(/\.py$/, "");
    const run = this.#view().runs.findLast((each) => each.program === program);
    const before = this.#lighted;
    const same = before?.file === file && before.line === line;
    this.#lighted = run && !same ? { run: run.id, file, line } : null;
    for (const list of this.#parts.lists) list.highlight = this.#lighted;
  }

  #reportUnknown() {
    for (const type of this.#state.unknown.keys()) {
      if (this.#reported.has(type)) continue;
      this.#reported.add(type);
      console.warn(`timeline: unknown event type "${type}"`);
    }
  }

  async #startRun({ program = mainProgram(this.#lab), port = null, args = [] }) {
    const main = program !== "client";
    if (main && this.#busy !== null) return;
    if (main) this.#change(() => (this.#busy = "start"));
    const lab = program === "server" ? serverLab(this.#lab) : this.#lab.id;
    const run = await this.#ask(() => startRun(this.#room, { lab, program, port, args }), { port });
    this.#change(() => {
      if (main) this.#busy = null;
      if (main && run) this.#chosen = null; // it is the newest
      if (run && program === "server") this.#started = run.id;
    });
  }

  async #stopRun(run) {
    const main = run === this.#view().main?.id;
    if (main && this.#busy !== null) return;
    if (main) this.#change(() => (this.#busy = "stop"));
    await this.#ask(() => stopRun(this.#room, run));
    if (main) this.#change(() => (this.#busy = null));
  }

  /** Ask the API; a refusal is shown, and undefined comes back. */
  async #ask(request, { port = null } = {}) {
    try {
      const answer = await request();
      this.#change(() => (this.#failure = null));
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#change(() => (this.#failure = { code: error.code, message: error.message, port }));
      return undefined;
    }
  }

  #change(change) {
    change();
    this.#show();
  }

  #view() {
    return {
      ...labView(this.#state, this.#lab, this.#chosen),
      state: this.#state,
      room: this.#room,
      lab: this.#lab,
      lang: this.#lang,
      clockOffsetS: this.#clockOffsetS,
      busy: this.#busy,
      failure: this.#failure,
      pageHost: location.hostname,
    };
  }

  #show() {
    const view = this.#view();
    for (const elements of Object.values(this.#parts)) {
      for (const element of elements) element.update(view);
    }
    this.#lit.update(view);
    this.#welcomeClients();
  }

  // Clients connect once the events tell that the server of this page listens.
  #welcomeClients() {
    const run = this.#state.runs.get(this.#started);
    if (!run || (run.state !== "listening" && !hasEnded(run))) return;
    this.#started = null;
    if (hasEnded(run)) return;
    for (const desk of this.#parts.desks) desk.serverStarted();
  }
}

new Workbench(JSON.parse(document.getElementById("page").textContent)).start();
