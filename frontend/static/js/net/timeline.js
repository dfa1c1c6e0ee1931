// The room's timeline over its WebSocket: events in order, in batches, one per animation frame.
// A lost connection is made again after the last event that we have; what was missed is a gap.

import { inFrame } from "../dom/frame.js";

const BACK_OFF_S = Object.freeze({ first: 0.5, factor: 2, last: 10 });

/**
 * Tells: "events" {events}, "gap" {after, next, missed, restarted},
 * "status" {state: "connecting" | "live" | "lost", retryInS}.
 */
export class Timeline extends EventTarget {
  #url;
  #open;
  #socket = null;
  #last = 0; // the number of the last event that came
  #queue = [];
  #timer = null;
  #flushing = () => this.#flush();
  /** @type {number} */
  #waitS = BACK_OFF_S.first;

  /** `url(after)` names the WebSocket; `open(url)` opens it. */
  constructor({ url, open = (address) => new WebSocket(address) }) {
    super();
    this.#url = url;
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
    const socket = this.#open(this.#url(this.#last));
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

  #receive(data) {
    for (const event of [JSON.parse(data)].flat()) {
      if (event.type === "gap") this.#last = event.next - 1;
      else this.#last = Math.max(this.#last, event.seq);
      this.#queue.push(event);
    }
    inFrame("take", this.#flushing);
  }

  #flush() {
    const queue = this.#queue;
    this.#queue = [];
    let events = [];
    for (const event of queue) {
      if (event.type !== "gap") {
        events.push(event);
        continue;
      }
      if (events.length > 0) this.#tell("events", { events });
      events = [];
      const { after, next, missed } = event;
      this.#tell("gap", { after, next, missed, restarted: next <= after });
    }
    if (events.length > 0) this.#tell("events", { events });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The address of a room's timeline on this page's own server. */
export function timelineUrl(room, { origin = location } = {}) {
  const scheme = origin.protocol === "https:" ? "wss:" : "ws:";
  const base = `${scheme}//${origin.host}/ws/rooms/${encodeURIComponent(room)}/events`;
  return (after) => `${base}?after=${after}`;
}
