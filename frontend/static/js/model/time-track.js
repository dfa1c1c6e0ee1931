// Where on a slider the times of events stand: what happens has its room, also when all of it
// happened within a blink, and silences are squeezed. Pure.

import { firstWhere, merge } from "./sorted.js";

const KEPT = 20_000; // events; so many has a history (history.js)
const AT_ONCE = 1_000; // are forgotten
const SILENCE_S = 1; // is marked, from this length on
const SHORT_S = 0.001; // is no longer than nothing

/** A stretch of a slider, from 0 to 1. @typedef {readonly [from: number, to: number]} Stretch */

export class TimeTrack {
  /** @type {number[]} of the events, in order */
  #times = [];
  /** @type {number[]} where they stand, from 0 */
  #places = [];
  #known = 0; // how many of the places are right
  /** @type {number[]} after which events nothing happened for long, as far as places are right */
  #silent = [];
  #forgotten = 0; // events before these
  /** Is another number when something has changed. */
  version = 0;

  constructor(/** @type {readonly number[]} */ times = []) {
    this.take(times);
  }

  /** How many events there are. */
  get count() {
    return this.#forgotten + this.#times.length;
  }

  /** Take the times of more events, in any order. */
  take(/** @type {readonly number[]} */ times) {
    if (times.length === 0) return;
    this.version += 1;
    this.#known = Math.min(
      this.#known,
      merge(this.#times, times, (a, b) => a - b),
    );
    const over = this.#times.length - KEPT;
    if (over <= AT_ONCE) return;
    this.#times.splice(0, over);
    this.#forgotten += over;
    this.#known = 0;
  }

  clear() {
    this.version += 1;
    this.#times = [];
    this.#known = 0;
    this.#forgotten = 0;
  }

  /** How many events have happened at a time. */
  countAt(/** @type {number} */ time) {
    return this.#forgotten + firstWhere(this.#times, (each) => each > time);
  }

  /** Where a time stands, from 0 to 1. */
  partOf(/** @type {number} */ time) {
    const next = firstWhere(this.#times, (each) => each > time);
    if (next === 0) return 0;
    if (next === this.#times.length) return 1;
    const [from, to] = [this.#times[next - 1], this.#times[next]];
    const [before, after] = [this.#part(next - 1), this.#part(next)];
    return before + ((time - from) / (to - from)) * (after - before);
  }

  /** The time that stands at a part, from 0 to 1. */
  timeAt(/** @type {number} */ part) {
    const last = this.#times.length - 1;
    if (last <= 0) return this.#times[0] ?? 0;
    this.#lay();
    const place = Math.min(Math.max(part, 0), 1) * this.#places[last];
    const next = firstWhere(this.#places, (each) => each > place);
    if (next > last) return this.#times[last];
    const [from, to] = [this.#places[next - 1], this.#places[next]];
    const share = (place - from) / (to - from);
    return this.#times[next - 1] + share * (this.#times[next] - this.#times[next - 1]);
  }

  /** @returns {number[]} where the events stand, each place once; there are so many places */
  marks(/** @type {number} */ places) {
    const found = [];
    this.#lay();
    const last = this.#places.at(-1) || 1;
    const roundOf = (/** @type {number} */ place) => Math.round((place / last) * places);
    for (let i = 0; i < this.#places.length; ) {
      const mark = roundOf(this.#places[i]);
      found.push(mark);
      i = firstWhere(this.#places, (place) => roundOf(place) > mark);
    }
    return found;
  }

  /** @returns {Stretch[]} where nothing happened for long */
  get silences() {
    this.#lay();
    return this.#silent.map((i) => [this.#part(i), this.#part(i + 1)]);
  }

  #part(/** @type {number} */ i) {
    this.#lay();
    return this.#places[i] / (this.#places.at(-1) || 1);
  }

  #lay() {
    if (this.#known === this.#times.length && this.#known === this.#places.length) return;
    this.#silent.length = firstWhere(this.#silent, (i) => i >= this.#known - 1);
    if (this.#known === 0) this.#places[0] = 0;
    for (let i = Math.max(1, this.#known); i < this.#times.length; i++) {
      const pause = this.#times[i] - this.#times[i - 1];
      this.#places[i] = this.#places[i - 1] + room(pause);
      if (pause >= SILENCE_S) this.#silent.push(i - 1);
    }
    this.#places.length = this.#times.length;
    this.#known = this.#times.length;
  }
}

// From one event to the next: as much as any, and so much more for each tenfold of its length.
const room = (/** @type {number} */ seconds) => 1 + Math.log10(1 + seconds / SHORT_S);
