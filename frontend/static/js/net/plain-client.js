// A client's socket without a WebSocket: requests with numbers, so that nothing is lost or sent twice.
// It looks like a WebSocket to who uses it, and means the same.

import { ApiError, send } from "./api.js";
import { mailAt } from "./mail.js";
import { plainAddress } from "./network.js";
import { pause } from "./waiting.js";

/** @import { Letter } from "./mail.js" */
/** @typedef {{id: string, transport: string, local: string, peer: string, number?: number | null, message_limit: number, credit: number, after: number}} Created */

const BYTES = "application/octet-stream";
const CONTROL = "application/json";
const TRIES = 6; // of one message, each later than the last: for about ten seconds
const PAUSE_MS = 500;
/** @type {readonly string[]} */
const TOLD = Object.freeze(["refused", "limit", "forbidden"]); // codes that a bridge, too, tells

/** @type {Set<PlainClient>} */
const open = new Set();
// Who leaves the page says so, or the server would hold the socket until it notices.
globalThis.addEventListener?.("pagehide", () => {
  for (const client of open) client.leave();
});

export class PlainClient extends EventTarget {
  #address;
  #mail;
  #id = "";
  /** @type {(string | Uint8Array<ArrayBuffer>)[]} what is to be posted, the oldest first */
  #queue = [];
  #number = 1; // of the next message
  #isPosting = false;
  #isClosing = false;
  #isClosed = false;
  #leaving = new AbortController();
  binaryType = "arraybuffer";

  /**
   * `url` is that of the WebSocket.
   * @param {string} url
   */
  constructor(url) {
    super();
    this.#address = plainAddress(url);
    this.#mail = mailAt(this.#address.replace(/\/runs\/[^/]+\/clients$/, "/clients"));
    this.#open();
  }

  /** @param {string | Uint8Array<ArrayBuffer>} message */
  send(message) {
    this.#queue.push(message);
    this.#post();
  }

  /** Close it; what was sent before is posted first. */
  close() {
    this.#isClosing = true;
    this.#post();
  }

  /** Close it at once, for the page goes; what is being posted is too late, and no failure. */
  leave() {
    this.#leaving.abort();
    this.#delete();
  }

  get #here() {
    return `${this.#address}/${this.#id}`;
  }

  async #open() {
    try {
      const answer = await send("POST", this.#address);
      this.#opened(await answer.json());
    } catch (error) {
      const { code, message } = asApiError(error);
      if (TOLD.includes(code)) {
        this.#tell({ type: "error", code, message });
        this.#end(1000, code);
      } else this.#end(1006, message);
    }
  }

  #opened(/** @type {Created} */ { id, credit, after, ...ends }) {
    this.#id = id;
    open.add(this);
    this.#tell({ type: "opened", client: id, ...ends });
    this.#tell({ type: "credit", bytes: credit });
    this.#mail.open(id, {
      after,
      take: (letter) => this.#take(letter),
      lost: (reason) => this.#end(1006, reason),
    });
    this.#post();
  }

  #take(/** @type {Letter} */ { n, ...message }) {
    if (message.type === "closed") this.#end(1000, message.reason ?? "");
    else if (message.type === "bytes") this.#bytes(message.data ?? "");
    else this.#tell(message);
  }

  #bytes(/** @type {string} */ base64) {
    const data = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)).buffer;
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  #tell(/** @type {object} */ control) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(control) }));
  }

  // One message after the other, each after the answer to the one before.
  async #post() {
    if (this.#isPosting || !this.#id) return;
    this.#isPosting = true;
    try {
      for (
        let message = this.#queue.shift();
        message !== undefined && !this.#isClosed;
        message = this.#queue.shift()
      ) {
        await this.#postOne(message);
        this.#number += 1;
      }
      if (this.#isClosing && !this.#isClosed) await this.#delete();
    } catch (error) {
      this.#fail(asApiError(error));
    } finally {
      this.#isPosting = false;
    }
  }

  async #postOne(/** @type {string | Uint8Array<ArrayBuffer>} */ message) {
    const kind = typeof message === "string" ? CONTROL : BYTES;
    const { signal } = this.#leaving;
    for (let tries = 1; !this.#isClosed; tries += 1) {
      try {
        await send("POST", `${this.#here}?n=${this.#number}`, { body: message, kind, signal });
        return;
      } catch (error) {
        const { code, status } = asApiError(error);
        if (code === "not_taken") tries = 0; // the lab does not read: no network is at fault
        const mayPass = status === 0 || status === 408 || status === 429 || status >= 502;
        if (!mayPass || tries >= TRIES) throw error;
        await pause(Math.max(tries, 1) * PAUSE_MS);
      }
    }
  }

  async #delete() {
    const gone = send("DELETE", this.#here, { keepalive: true });
    this.#end(1000, "");
    await gone.catch(() => {}); // silence ends it, too
  }

  // That its socket is gone is told by its last message, with the reason.
  #fail(/** @type {ApiError} */ { code, message }) {
    if (code !== "client_ended") this.#end(1006, message);
  }

  #end(/** @type {number} */ code, /** @type {string} */ reason) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    open.delete(this);
    this.#mail.close(this.#id);
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
}

/** @param {unknown} error what a request, or its answer that is no JSON, raised */
function asApiError(error) {
  if (error instanceof ApiError) return error;
  return new ApiError("unreachable_backend", /** @type {Error} */ (error).message);
}
