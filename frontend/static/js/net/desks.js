// The desks of a class as they change: a WebSocket of summaries, and where there are none, the API
// asked now and then.

import { request, roomPath } from "./api.js";
import { socketAt } from "./base.js";
import { openSocket } from "./credentials.js";
import { EventStream } from "./stream.js";
import { asNews } from "../model/desks.js";

/** @import { DeskSummary } from "../model/desk-summary.d.ts" */
/** @import { Status } from "./stream.js" */
/** @typedef {{desks: {news: DeskSummary[]}, status: Status}} Told */

const PLAIN_PAUSE_MS = 2000;

/** Tells: "desks" {news}, "status" (net/stream.js). */
export class Desks extends EventTarget {
  #stream;

  constructor(/** @type {string} */ room) {
    super();
    const url = socketAt(`/ws/rooms/${encodeURIComponent(room)}/class`);
    this.#stream = new EventStream({
      url: () => url,
      open: openSocket,
      openPlain: async () => new PlainDesks(room),
    });
    this.#stream.addEventListener("message", (event) => {
      const { data } = /** @type {CustomEvent<{data: string}>} */ (event).detail;
      this.#tell("desks", { news: JSON.parse(data) });
    });
    this.#stream.addEventListener("status", (event) =>
      this.#tell("status", /** @type {CustomEvent<Status>} */ (event).detail),
    );
  }

  start() {
    this.#stream.start();
  }

  /** Try now instead of waiting. */
  retry() {
    this.#stream.retry();
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

// Looks like a WebSocket to who follows it.
class PlainDesks extends EventTarget {
  #room;
  #isOpen = false;
  #isClosed = false;
  /** @type {DeskSummary[]} */
  #known = [];

  constructor(/** @type {string} */ room) {
    super();
    this.#room = room;
    this.#ask();
  }

  send() {}

  close() {
    this.#isClosed = true;
  }

  async #ask() {
    try {
      const { desks } = await request("GET", `${roomPath(this.#room)}/desks`);
      if (this.#isClosed) return;
      if (!this.#isOpen) this.dispatchEvent(new Event("open"));
      this.#isOpen = true;
      const data = JSON.stringify(asNews(this.#known, desks));
      this.#known = desks;
      this.dispatchEvent(new MessageEvent("message", { data }));
      setTimeout(() => this.#isClosed || this.#ask(), PLAIN_PAUSE_MS);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      this.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: message }));
    }
  }
}
