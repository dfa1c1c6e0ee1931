// The room's timeline: events in order, each once, in batches, one per animation frame. A lost stream
// goes on after the last event that we have; what was missed is a gap. The history that our numbers are
// of has a name, its epoch: another one is what a restart left us.

/** @import { Gap, RoomEvent } from "../model/types.d.ts" */

/** @typedef {Gap & {restarted: boolean}} ToldGap */

/**
 * @typedef {object} Told
 * @property {{events: RoomEvent[]}} events
 * @property {Omit<ToldGap, "type">} gap
 * @property {Status} status
 */

/** @import { Status } from "./stream.js" */
/** @import { Stream } from "./trial.js" */

import { inFrame } from "../dom/frame.js";
import { socketAt } from "./base.js";
import { EventStream } from "./stream.js";

/**
 * Tells: "events" {events}, "gap" {after, next, missed, epoch, restarted}, "status" of the stream.
 */
export class Timeline extends EventTarget {
  #stream;
  #last = 0; // the number of the last event that came
  #epoch; // of the history that it is of; null: not known
  /** @type {(RoomEvent | ToldGap)[]} */
  #queue = [];
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
    /** @type {(RoomEvent | Gap)[]} */
    const told = [JSON.parse(data)].flat();
    for (const event of told) {
      if (event.type === "gap") {
        if (!this.#isKnown(event)) this.#queue.push(this.#takeGap(event));
      } else if (event.seq > this.#last) {
        this.#last = event.seq;
        this.#queue.push(event);
      }
    }
    inFrame("take", this.#flushing);
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
