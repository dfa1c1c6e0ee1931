// The room's timeline: events in order, each once, in batches, one per animation frame. A lost stream
// goes on after the last event that we have; what was missed is a gap. The history that our numbers are
// of has a name, its epoch: another one is what a restart left us. What is no event is counted, and told
// of in its place.

/** @import { Gap, RoomEvent } from "../model/types.d.ts" */

/** @typedef {Gap & {restarted: boolean}} ToldGap */

/**
 * @typedef {object} Told
 * @property {{events: RoomEvent[]}} events
 * @property {Omit<ToldGap, "type">} gap
 * @property {{count: number}} odd
 * @property {Status} status
 */

/** @import { Status } from "./stream.js" */
/** @import { Stream } from "./trial.js" */

import { inFrame } from "../dom/frame.js";
import { socketAt } from "./base.js";
import { readTold } from "../model/told-events.js";
import { EventStream } from "./stream.js";

const WARNINGS = 20; // of a page, in its console

/**
 * Tells: "events" {events}, "odd" {count} of what cannot be shown, "gap" {after, next, missed, epoch, restarted}, "status" of the stream.
 */
export class Timeline extends EventTarget {
  #stream;
  #last = 0; // the number of the last event that came
  #epoch; // of the history that it is of; null: not known
  /** @type {(RoomEvent | ToldGap)[]} */
  #queue = [];
  #odd = 0; // events that cannot be shown, and have not been told of yet
  #warned = 0;
  #flushing = () => this.#flush();

  /**
   * `url(after, epoch)` names the WebSocket; `open(url)` opens it, `openPlain(url)` what goes on in
   * its place where there are none.
   * @param {{url: (after: number, epoch: string | null) => string, epoch?: string | null,
   *   open?: (url: string) => Stream, openPlain?: (url: string) => Promise<Stream>}} ways
   */
  constructor({ url, epoch = null, open, openPlain }) {
    super();
    this.#epoch = epoch;
    this.#stream = new EventStream({
      url: () => url(this.#last, this.#epoch),
      ...(open && { open }),
      ...(openPlain && { openPlain }),
    });
    this.#stream.addEventListener("message", (event) => {
      this.#receive(/** @type {CustomEvent<{data: string}>} */ (event).detail.data);
    });
    this.#stream.addEventListener("status", (event) => {
      const { detail } = /** @type {CustomEvent<Status>} */ (event);
      if (detail.state === "lost") this.#flush();
      this.#tell("status", detail);
    });
  }

  /** Follow the timeline from the event after this number. */
  start(after = 0) {
    this.#last = after;
    this.#stream.start();
  }

  /** Try now instead of waiting: for when a person asks, or the network is back. */
  retry() {
    this.#stream.retry();
  }

  // While one stream takes over from another, both bring the same.
  /** @param {string} data */
  #receive(data) {
    for (const told of readTold(data, this.#last)) {
      if (told.fault !== null) {
        this.#takeOdd(told);
        continue;
      }
      const { event } = told;
      if (event.type === "gap") {
        if (!this.#isKnown(event)) this.#queue.push(this.#takeGap(event));
      } else if (event.seq > this.#last) {
        this.#last = event.seq;
        this.#queue.push(event);
      }
    }
    inFrame("take", this.#flushing);
  }

  /** @param {{fault: string, seq: number | null}} told */
  #takeOdd({ fault, seq }) {
    if (seq !== null && seq <= this.#last) return;
    this.#last = seq ?? this.#last;
    this.#odd += 1;
    this.#warned += 1;
    if (this.#warned <= WARNINGS) console.warn(`timeline: event ${seq} cannot be shown: ${fault}`);
  }

  /** @param {Gap} gap */
  #isKnown({ epoch, next }) {
    return epoch === this.#epoch && next <= this.#last + 1;
  }

  // Without a name of ours, numbers that go back are all that tells a restart.
  /**
   * @param {Gap} gap
   * @returns {ToldGap}
   */
  #takeGap({ type, after, next, missed, epoch }) {
    const restarted = this.#epoch === null ? next <= after : epoch !== this.#epoch;
    this.#last = next - 1;
    this.#epoch = epoch;
    return { type, after, next, missed, epoch, restarted };
  }

  #flush() {
    const queue = this.#queue;
    this.#queue = [];
    /** @type {RoomEvent[]} */
    let events = [];
    for (const event of queue) {
      if (event.type !== "gap") {
        events.push(event);
        continue;
      }
      if (events.length > 0) this.#tell("events", { events });
      events = [];
      const { after, next, missed, epoch, restarted } = event;
      this.#tell("gap", { after, next, missed, epoch, restarted });
    }
    if (events.length > 0) this.#tell("events", { events });
    const count = this.#odd;
    this.#odd = 0;
    if (count > 0) this.#tell("odd", { count });
  }

  /**
   * @template {keyof Told} Type
   * @param {Type} type
   * @param {Told[Type]} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * The address of a room's timeline on this page's own server.
 * @param {string} room
 * @param {{origin?: {protocol: string, host: string}}} [where]
 */
export function timelineUrl(room, { origin = location } = {}) {
  const address = socketAt(`/ws/rooms/${encodeURIComponent(room)}/events`, origin);
  return (/** @type {number} */ after, /** @type {string | null} */ epoch) =>
    `${address}?after=${after}${epoch === null ? "" : `&epoch=${encodeURIComponent(epoch)}`}`;
}
