// The events of a room that a page keeps: one list for all views, bounded by number and bytes like
// the server's own, and what was true in the room after each of them.

import { initial, merge, reduceAll } from "./room-state.js";
import { firstWhere } from "./sorted.js";

/** @import { Moment } from "./moment.js" */
/** @import { State } from "./room-state.js" */
/** @import { RoomEvent, RoomInfo } from "./types.js" */

export const LIMITS = Object.freeze({ events: 20_000, bytes: 16 * 2 ** 20 });

const MARK_EVENTS = 1_000; // from one known state to the next; so many events go at once
const PLAIN_BYTES = 250; // an event without its texts, about

/**
 * Where events are missing: so many, before the event with the next number.
 * @typedef {{type: "gap", seq: number, t: number, missed: number}} Missing
 */
/** @typedef {RoomEvent | Missing} Entry */
/** @typedef {{count: number, state: State}} Mark what is true after so many events */

export class History {
  /** @type {Entry[]} those that are kept, by arrival; only this changes them */
  events = [];
  forgotten = 0; // how many came before them
  odd = 0; // how many came that are no events, and are not among them
  #limits;
  #bytes = 0;
  /** @type {Mark[]} by count; the first one is where the kept events begin */
  #marks;
  /** @type {Mark} */
  #present;
  /** @type {Mark} where somebody has looked last */
  #last;
  /** @type {{next: number, missed: number} | null} */
  #gap = null;

  /**
   * `epoch` is the server's name for it; null where nobody knows.
   * @param {{epoch?: string | null, limits?: {events: number, bytes: number}}} [options]
   */
  constructor({ epoch = null, limits = LIMITS } = {}) {
    this.#limits = limits;
    this.#present = { count: 0, state: initial(null, epoch) };
    this.#last = this.#present;
    this.#marks = [this.#present];
  }

  /** A history of events that are bounded already, in the order of their numbers. */
  static of(/** @type {readonly Entry[]} */ events) {
    const history = new History({ limits: { events: Infinity, bytes: Infinity } });
    history.events = [...events];
    return history;
  }

  /** How many events have come, those included that are not kept. */
  get count() {
    return this.forgotten + this.events.length;
  }

  /** What is true after all events. */
  get present() {
    return this.stateAfter(this.count);
  }

  /** Take the events that come next. */
  append(/** @type {RoomEvent[]} */ events) {
    if (events.length === 0) return;
    if (this.#gap !== null) {
      const { next, missed } = this.#gap;
      this.#gap = null;
      this.#push({ type: "gap", seq: next - 0.5, t: events[0].t, missed });
    }
    for (const event of events) this.#push(event);
    this.#forget();
  }

  /** How many of what came cannot be shown: what is no event, and what this page does not know. */
  get unshown() {
    let count = this.odd;
    for (const each of this.present.unknown.values()) count += each;
    return count;
  }

  /** Say that so many events are missing before the one with this number. */
  missed(/** @type {{next: number, missed: number}} */ gap) {
    this.#gap = gap;
  }

  /** Take what the API says is true now; what is newer in the events stays. */
  merge(/** @type {RoomInfo} */ room) {
    this.#present = { count: this.count, state: merge(this.present, room) };
    this.#marks.push(this.#present);
  }

  /** The events from one count to another, as far as they are kept. */
  between(/** @type {number} */ from, /** @type {number} */ to) {
    return this.events.slice(Math.max(0, from - this.forgotten), Math.max(0, to - this.forgotten));
  }

  /** The events that have happened at a moment, by arrival. */
  upTo(/** @type {Moment} */ { until, count }) {
    if (count !== null) return this.between(0, count);
    return until === null ? this.events : this.events.filter((event) => event.t <= until);
  }

  /** How many events came before the one with a number. */
  countBefore(/** @type {number} */ seq) {
    return this.forgotten + firstWhere(this.events, (event) => event.seq >= seq);
  }

  /** What was true at a moment. */
  stateAt(/** @type {Moment} */ { until, count }) {
    if (count !== null) return this.stateAfter(count);
    if (until === null) return this.present;
    const later = this.events.findIndex((event) => event.t > until);
    if (later === -1) return this.present;
    const late = this.events.slice(later).filter((event) => event.t <= until);
    return reduceAll(this.stateAfter(this.forgotten + later), late);
  }

  /** What was true after so many events; after the forgotten ones, if it is fewer. */
  stateAfter(/** @type {number} */ count) {
    let from = this.#nearest(count);
    while (from.count < count) {
      const to = Math.min(from.count + MARK_EVENTS, count);
      from = { count: to, state: reduceAll(from.state, this.between(from.count, to)) };
      const last = /** @type {Mark} */ (this.#marks.at(-1));
      if (to - last.count >= MARK_EVENTS) this.#marks.push(from);
    }
    if (count === this.count) this.#present = from;
    else this.#last = from;
    return from.state;
  }

  // The known state from which it is the shortest way.
  #nearest(/** @type {number} */ count) {
    const at = firstWhere(this.#marks, (mark) => mark.count > count) - 1;
    let nearest = this.#marks[Math.max(0, at)];
    for (const known of [this.#last, this.#present]) {
      if (known.count > nearest.count && known.count <= count) nearest = known;
    }
    return nearest;
  }

  #push(/** @type {Entry} */ event) {
    this.events.push(event);
    this.#bytes += sizeOf(event);
  }

  // Many at once, so that it is seldom.
  #forget() {
    const { events, bytes } = this.#limits;
    let gone = 0;
    while (this.#bytes > bytes || this.events.length - gone > events) {
      const to = Math.min(gone + MARK_EVENTS, this.events.length);
      for (; gone < to; gone++) this.#bytes -= sizeOf(this.events[gone]);
    }
    if (gone === 0) return;
    const count = this.forgotten + gone;
    const state = this.stateAfter(count);
    this.#marks = [{ count, state }, ...this.#marks.filter((mark) => mark.count > count)];
    this.events.splice(0, gone);
    this.forgotten = count;
  }
}

// About as many bytes as the server counts for it: what is long in an event are its texts.
function sizeOf(/** @type {Entry} */ event) {
  const data = "data" in event ? (event.data ?? "") : "";
  const text = "text" in event ? event.text : "";
  return PLAIN_BYTES + data.length + text.length;
}
