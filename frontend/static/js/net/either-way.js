// A client's line to its socket, the way that works: a WebSocket, or plain HTTP. As long as that is
// not known, it waits; that takes seconds at most.

import { openSocket } from "./credentials.js";
import { network } from "./network.js";

/** What a client needs of a WebSocket. @typedef {EventTarget & {binaryType: string, readyState?: number, send: (data: string | Uint8Array<ArrayBuffer>) => void, close: (code?: number) => void}} Line */

const CLOSING = 2; // WebSocket.CLOSING, its end has not been told yet

/** Whether what it is given goes nowhere. */
export const isOver = (/** @type {Line} */ { readyState = 0 }) => readyState >= CLOSING;

/**
 * Open the line of a client.
 * @param {string} url that of its WebSocket
 * @returns {Line}
 */
export function openLine(url) {
  return network.way === "websocket" ? openSocket(url) : new WaitingLine(url);
}

async function openWhenKnown(/** @type {string} */ url) {
  await network.known();
  if (network.way === "websocket") return openSocket(url);
  const plain = await import("./plain.js");
  return plain.openClient(url);
}

class WaitingLine extends EventTarget {
  binaryType = "arraybuffer";
  /** @type {Line | null} */
  #line = null;
  #isClosed = false;

  /** @param {string} url */
  constructor(url) {
    super();
    this.#open(url);
  }

  get readyState() {
    return this.#line?.readyState;
  }

  send(/** @type {string | Uint8Array<ArrayBuffer>} */ data) {
    this.#line?.send(data); // nobody sends before there is credit, which comes over the line
  }

  close() {
    if (this.#line) this.#line.close();
    else this.#close(1000, "");
  }

  async #open(/** @type {string} */ url) {
    /** @type {Line} */
    let line;
    try {
      line = await openWhenKnown(url);
    } catch (error) {
      this.#close(1006, /** @type {Error} */ (error).message);
      return;
    }
    if (this.#isClosed) {
      line.close();
      return;
    }
    line.binaryType = this.binaryType;
    line.addEventListener("message", (event) => {
      const { data } = /** @type {MessageEvent} */ (event);
      this.dispatchEvent(new MessageEvent("message", { data }));
    });
    line.addEventListener("close", (event) => {
      const { code, reason } = /** @type {CloseEvent} */ (event);
      this.#close(code, reason);
    });
    this.#line = line;
  }

  #close(/** @type {number} */ code, /** @type {string} */ reason) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
}
