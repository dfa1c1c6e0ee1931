// A room as a recording tells of it: all events are there, and the moment is played like a film.

import { inFrame } from "../dom/frame.js";
import { History } from "../model/history.js";
import { at } from "../model/moment.js";
import * as playback from "../model/playback.js";

/** @import { Lab } from "../model/lab-view.js" */
/** @import { Playback, Recorded } from "../model/playback.js" */
/** @import { Header } from "../model/recording.js" */
/** A recording whose events playback.prepare() made. @typedef {{header: Pick<Header, "room" | "clockOffsetS" | "take">, events: readonly Recorded[]}} Prepared */

/** A source of a bench (elements/bench.js). Tells: "change", "restart" (another lab is shown). */
export class RecordedRoom extends EventTarget {
  history;
  takesWishes = false;
  isKnown = true;
  me = null;
  hint;
  clockOffsetS;
  room;
  lab;
  chosen = null;
  busy = null;
  failure = null;
  refused = {};
  #playback;
  /** @type {number | null} performance.now() of the last frame, while it plays */
  #since = null;
  #playing = () => this.#play();

  /**
   * @param {Prepared} recording
   * @param {{lab: Lab, hint: string}} shown the lab, and what to do while nothing has happened
   */
  constructor({ header, events }, { lab, hint }) {
    super();
    this.hint = hint;
    this.room = header.room;
    this.clockOffsetS = header.clockOffsetS;
    this.lab = lab;
    this.history = History.of(events);
    this.#playback = playback.playback(events, playback.beginOf(events, header.take));
    this.moment = momentOf(this.#playback);
  }

  /** Where it is, as model/playback.js has it. */
  get playback() {
    return this.#playback;
  }

  /** What is true at the moment: of a recording nothing is more present. */
  get present() {
    return this.history.stateAt(this.moment);
  }

  /** Show a lab of the recording. */
  showLab(/** @type {Lab} */ lab) {
    this.lab = lab;
    this.dispatchEvent(new CustomEvent("restart"));
    this.#move(this.#playback);
  }

  play(playing = !this.#playback.playing) {
    this.#move(playback.play(this.#playback, playing));
  }

  step(/** @type {number} */ by) {
    this.#move(playback.step(this.#playback, by));
  }

  seek(/** @type {number} */ time) {
    this.#move(playback.seek(this.#playback, time));
  }

  setSpeed(/** @type {number} */ speed) {
    this.#move(playback.atSpeed(this.#playback, speed));
  }

  skipWaits(/** @type {boolean} */ skip) {
    this.#move(playback.skippingWaits(this.#playback, skip));
  }

  /** Stop for good: another recording is shown. */
  close() {
    this.#playback = playback.play(this.#playback, false);
  }

  #move(/** @type {Playback} */ next) {
    this.#playback = next;
    this.moment = momentOf(next);
    this.dispatchEvent(new CustomEvent("change"));
    if (!next.playing) {
      this.#since = null;
      return;
    }
    this.#since ??= performance.now();
    inFrame("take", this.#playing);
  }

  // One frame after the other while it plays; #move() asks for the next.
  #play() {
    if (!this.#playback.playing) return;
    const now = performance.now();
    const passedS = (now - (this.#since ?? now)) / 1000;
    this.#since = now;
    this.#move(playback.advance(this.#playback, passedS));
  }
}

const momentOf = (/** @type {Playback} */ { time, count }) => at(time, count);
