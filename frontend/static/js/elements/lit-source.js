// Lights the lines of the Read column on which threads are blocked, live or at a chosen moment.

import { LitLines } from "../model/lit-lines.js";
import { litLine } from "../words/lit-words.js";
import { hasEnded } from "../model/room-state.js";

/** Light in a <lab-reader> the lines on which threads of these runs are blocked, and no others. */
export function lightLines(reader, lines, { lab, runs, now }) {
  if (!reader?.light) return;
  for (const program of lab.programs) {
    const file = `${program}.py`;
    const here = runs.filter((run) => run.program === program);
    const waits = here.flatMap((run) => lines.blocked(run.id)).filter((wait) => wait.file === file);
    reader.light(file, waits.map(litLine), now);
  }
}

const KEPT = 20_000;
const TICK_MS = 100;

export class LitSource {
  #reader;
  #lines = new LitLines();
  #events = []; // by arrival, to go back in time
  #until = null;
  #view = null;
  #pulsed = -Infinity;

  constructor(reader) {
    this.#reader = reader;
    setInterval(() => this.#tick(), TICK_MS);
  }

  take(events) {
    for (const event of events) this.#events.push(event);
    if (this.#events.length > KEPT) this.#events.splice(0, this.#events.length - KEPT);
    if (this.#until === null) this.#lines.append(events);
    this.#pulse();
  }

  clear() {
    this.#events = [];
    this.#lines = new LitLines();
  }

  update(view) {
    this.#view = view;
    this.#light();
  }

  /** Show the lines as they were at a time; null: as they are. */
  set until(time) {
    this.#until = time;
    this.#lines = new LitLines();
    this.#lines.append(time === null ? this.#events : this.#events.filter(({ t }) => t <= time));
    this.#light();
  }

  #tick() {
    if (this.#until === null && this.#view !== null) this.#light();
  }

  #light() {
    if (this.#view === null) return;
    const runs = this.#view.runs.filter((run) => this.#until !== null || !hasEnded(run));
    const now = this.#until ?? Date.now() / 1000 - this.#view.clockOffsetS;
    lightLines(this.#reader, this.#lines, { lab: this.#view.lab, runs, now });
  }

  #pulse() {
    if (!this.#reader?.pulse || this.#until !== null || this.#view === null) return;
    const ours = new Set(this.#view.runs.map((run) => run.id));
    for (const { run, file, line, t } of this.#lines.pulsesSince(this.#pulsed)) {
      this.#pulsed = Math.max(this.#pulsed, t);
      if (ours.has(run)) this.#reader.pulse(file, line);
    }
  }
}
