// The room's timeline over its WebSocket: events in order, in batches, one per animation frame.
// A lost connection is made again after the last event that we have; what was missed is a gap. The
// history that our numbers are of has a name, its epoch: another one is what a restart left us.

/** @import { Gap, RoomEvent } from "../model/types.d.ts" */

/** @typedef {Gap & {restarted: boolean}} ToldGap */

/**
 * @typedef {object} Told
 * @property {{events: RoomEvent[]}} events
 * @property {Omit<ToldGap, "type">} gap
 * @property {{state: "connecting" | "live"} | {state: "lost", retryInS: number}} status
 */

import { inFrame } from "../dom/frame.js";
import { socketAt } from "./base.js";

const BACK_OFF_S = Object.freeze({ first: 0.5, factor: 2, last: 10 });

/**
 * Tells: "events" {events}, "gap" {after, next, missed, epoch, restarted},
 * "status" {state: "connecting" | "live" | "lost", retryInS}.
 */
export class Timeline extends EventTarget {
  #url;
  #open;
  /** @type {WebSocket | null} */
  #socket = null;
  #last = 0; // the number of the last event that came
  #epoch; // of the history that it is of; null: not known
  /** @type {(RoomEvent | ToldGap)[]} */
  #queue = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #flushing = () => this.#flush();
  /** @type {number} */
  #waitS = BACK_OFF_S.first;

  /**
   * `url(after, epoch)` names the WebSocket; `open(url)` opens it.
   * @param {{url: (after: number, epoch: string | null) => string, epoch?: string | null,
   *   open?: (url: string) => WebSocket}} ways
   */
  constructor({ url, epoch = null, open = (address) => new WebSocket(address) }) {
    super();
    this.#url = url;
    this.#epoch = epoch;
    this.#open = open;
  }

  /** Follow the timeline from the event after this number. */
  start(after = 0) {
    this.#last = after;
    this.#connect();
  }

  /** Try now instead of waiting: for when a person asks, or the network is back. */
  retry() {
    if (this.#socket !== null) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #connect() {
    this.#tell("status", { state: "connecting" });
    const socket = this.#open(this.#url(this.#last, this.#epoch));
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#waitS = BACK_OFF_S.first;
      this.#tell("status", { state: "live" });
    });
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", () => this.#lost(), { once: true });
  }

  #lost() {
    this.#socket = null;
    this.#flush();
    const retryInS = this.#waitS;
    this.#waitS = Math.min(retryInS * BACK_OFF_S.factor, BACK_OFF_S.last);
    this.#timer = setTimeout(() => this.#connect(), retryInS * 1000);
    this.#tell("status", { state: "lost", retryInS });
  }

  /** @param {string} data */
  #receive(data) {
    /** @type {(RoomEvent | Gap)[]} */
    const told = [JSON.parse(data)].flat();
    for (const event of told) {
      if (event.type === "gap") this.#queue.push(this.#takeGap(event));
      else {
        this.#last = Math.max(this.#last, event.seq);
        this.#queue.push(event);
      }
    }
    inFrame("take", this.#flushing);
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
