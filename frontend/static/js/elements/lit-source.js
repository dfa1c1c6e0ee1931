// Lights the lines of the Read column on which threads are blocked at the moment of the page, and lets
// lines flash that have just run a call.

import { notYet } from "../dom/markup.js";
import { LitLines } from "../model/lit-lines.js";
import { network } from "../net/network.js";
import { litLine } from "../words/lit-words.js";
import { hasEnded } from "../model/room-state.js";

/** @import { History } from "../model/history.js" */
/** @import { Lab, LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { LabReader } from "./reader.js" */
/**
 * @typedef {Pick<LabView, "runs"> & {history: History, moment: Moment, lab: Lab,
 *   clockOffsetS: number}} View
 */

const TICK_MS = 100; // how often "waits 4.2 s" is counted on

export class LitSource {
  #reader;
  #lines = new LitLines();
  #fed = 0; // how many events of the history the lines know
  /** @type {Moment | null} of the lines, where it is no count */
  #moment = null;
  /** @type {View} */
  #view = notYet();
  #pulsed = -Infinity;
  #timer;

  /** `reader()` finds the <lab-reader>, which may come late and be replaced. */
  constructor(/** @type {() => LabReader | null} */ reader) {
    this.#reader = reader;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** Forget everything: the history begins anew. */
  clear() {
    this.#begin();
  }

  /** Show {history, moment, runs, lab, clockOffsetS}. */
  update(/** @type {View} */ view) {
    this.#view = view;
    this.#follow(view);
    this.#light();
    this.#pulse();
  }

  #begin() {
    this.#lines = new LitLines();
    this.#fed = 0;
    this.#moment = null;
  }

  // Bring the lines to the moment; backwards there is no way but to begin anew.
  #follow(/** @type {View} */ { history, moment }) {
    if (moment.until !== null && moment.count === null) {
      if (this.#moment === moment) return;
      this.#begin();
      this.#moment = moment;
      this.#lines.append(history.upTo(moment));
      return;
    }
    const to = moment.count ?? history.count;
    if (to < this.#fed || this.#moment !== null) this.#begin();
    this.#lines.append(history.between(this.#fed, to));
    this.#fed = to;
  }

  #tick() {
    if (this.#view?.moment.until === null) this.#light();
  }

  #light() {
    const reader = this.#reader();
    if (!reader?.light) return;
    const { moment, clockOffsetS, lab } = this.#view;
    const runs = this.#view.runs.filter((run) => !hasEnded(run));
    const now = moment.until ?? (network.lostAt ?? Date.now() / 1000) - clockOffsetS;
    for (const program of lab.programs) {
      const file = `${program}.py`;
      const waits = runs
        .filter((run) => run.program === program)
        .flatMap((run) => this.#lines.blocked(run.id))
        .filter((wait) => wait.file === file);
      reader.light(file, waits.map(litLine), now);
    }
  }

  #pulse() {
    const reader = this.#reader();
    if (!reader?.pulse || this.#view.moment.until !== null) return;
    const ours = new Set(this.#view.runs.map((run) => run.id));
    for (const { run, file, line, t } of this.#lines.pulsesSince(this.#pulsed)) {
      this.#pulsed = Math.max(this.#pulsed, t);
      if (ours.has(run)) reader.pulse(file, line);
    }
  }
}
