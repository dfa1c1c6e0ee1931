// The timeline without a WebSocket. It looks like one to who follows it: "open", "message" with a
// batch of events, "close" with a reason.

import { plainAddress } from "./network.js";
import { askAgain, pause } from "./waiting.js";

/** @import { ApiError } from "./api.js" */
/** @import { Gap, RoomEvent } from "../model/types.d.ts" */

const SERVICE_RESTART = 1012; // IANA: what a WebSocket is closed with then
const ENDING = "x-socket-lab-ending"; // the server says so with its last answer
const PAUSE_MS = 50; // between two batches, as on the WebSocket
// A history comes whole, as large as the server gives it: in pieces, a page would show for a while
// as running what has long ended.
const LIMIT = "100000";

export class PlainEvents extends EventTarget {
  #url;
  #query;
  #stopping = new AbortController();
  #isOpen = false;

  /**
   * `url` is that of the WebSocket: it says after which event of which history.
   * @param {string} url
   */
  constructor(url) {
    super();
    const { search } = new URL(url);
    this.#url = plainAddress(url.replace(search, ""));
    this.#query = new URLSearchParams(search);
    this.#query.set("limit", LIMIT);
    this.#follow();
  }

  // A viewer has nothing to say; what keeps a WebSocket alive is not needed here.
  send() {}

  close() {
    this.#stopping.abort();
  }

  async #follow() {
    const stop = this.#stopping.signal;
    const url = (/** @type {number} */ waitS) => `${this.#url}?${this.#query}&wait_s=${waitS}`;
    try {
      await askAgain({ url, stop, take: (answer) => this.#take(answer) });
    } catch (error) {
      const { message, status = 0 } = /** @type {ApiError} */ (error);
      this.#end(closeCode(status), message);
    }
  }

  #end(/** @type {number} */ code, /** @type {string} */ reason) {
    this.#stopping.abort();
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  async #take(/** @type {Response} */ answer) {
    const lines = (await answer.text()).split("\n").filter(Boolean);
    if (this.#stopping.signal.aborted) return;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.dispatchEvent(new Event("open"));
    }
    for (const line of lines) this.#pass(JSON.parse(line));
    const data = `[${lines.join(",")}]`;
    this.dispatchEvent(new MessageEvent("message", { data }));
    if (answer.headers.has(ENDING)) this.#end(SERVICE_RESTART, "");
    else if (lines.length > 0) await pause(PAUSE_MS, this.#stopping.signal);
  }

  #pass(/** @type {RoomEvent | Gap} */ event) {
    this.#query.set("after", String(event.type === "gap" ? event.next - 1 : event.seq));
    if (event.type === "gap") this.#query.set("epoch", event.epoch);
  }
}

// What a WebSocket would have been closed with.
const closeCode = (/** @type {number} */ status) =>
  [401, 403, 404].includes(status) ? 4000 + status : 1006;
