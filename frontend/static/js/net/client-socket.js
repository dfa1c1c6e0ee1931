// One client socket of a lab, held by the backend and reached over a WebSocket
// (DESIGN.md, "The client WebSocket"). One object is one socket: it is never opened again.

import { socketAt } from "./base.js";
import { isOver, openLine } from "./either-way.js";
import { Underway } from "./underway.js";

/** @import { ProblemCode, Transport } from "../model/types.d.ts" */
/** @import { Line } from "./either-way.js" */

/** @typedef {"connecting" | "open" | "finished" | "ended" | "closing" | "closed"} SocketState */

/** @typedef {"opened" | "shutdown" | "eof" | "closed"} Happening */

/** @typedef {ProblemCode | "not_open" | "queue_full" | "not_opened" | "too_long" | "lost"} SocketCode */

/** @typedef {{client: string, number?: number | null, local: string, peer: string, transport: Transport, message_limit: number}} Opened */

/**
 * What the bridge says beside bytes (DESIGN.md, "The client WebSocket").
 * @typedef {{type: "opened"} & Opened | {type: "credit", bytes: number} | {type: "eof"}
 *   | {type: "error", code: ProblemCode, message: string}} Control
 */

/**
 * @typedef {object} Told
 * @property {{state: SocketState}} state
 * @property {Opened} opened
 * @property {{bytes: Uint8Array<ArrayBuffer>}} data
 * @property {{bytes: Uint8Array<ArrayBuffer>}} sent
 * @property {{bytes: Uint8Array<ArrayBuffer>}} unsent
 * @property {object} shutdown
 * @property {object} eof
 * @property {{code: SocketCode, message: string}} failure
 * @property {{unsentBytes: number}} closed
 * @property {{type: string}} unknown
 */

export const LIMITS = Object.freeze({
  queueBytes: 1_048_576, // bytes that wait for credit
  pieceBytes: 65_536, // a TCP message is sent in pieces of this size, or of the bridge's limit
  datagramBytes: 65_507, // 65,535 less the IPv4 (20) and UDP (8) headers: RFC 768
});

/**
 * state → what happens → next state. What is not listed here cannot happen and raises.
 * @type {Readonly<Record<SocketState, Partial<Record<Happening, SocketState>>>>}
 */
export const TRANSITIONS = Object.freeze({
  connecting: { opened: "open", closed: "closed" },
  open: { shutdown: "finished", eof: "ended", closed: "closed" },
  finished: { eof: "closing", closed: "closed" }, // we send no more, the lab may
  ended: { shutdown: "closing", closed: "closed" }, // the lab sends no more, we may
  closing: { closed: "closed" },
  closed: {},
});

// Close codes of the bridge (RFC 6455, 7.4.1): done; window; limit. The last two come with an error.
const SAID_BEFORE = Object.freeze([1000, 1008, 1013]);

/** @type {readonly SocketState[]} */
const MAY_SEND = Object.freeze(["connecting", "open", "ended"]);

/** Something that a client socket could not do; `code` names it. */
export class ClientSocketError extends Error {
  /**
   * @param {SocketCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "ClientSocketError";
    this.code = code;
  }
}

/**
 * Tells: "state" {state}, "opened" {client, local, peer, transport}, "data" {bytes},
 * "sent" {bytes} (when it really left the page), "unsent" {bytes} (the bridge did not pass it on),
 * "shutdown", "eof", "failure" {code, message},
 * "closed" {unsentBytes}.
 */
export class ClientSocket extends EventTarget {
  #socket;
  #transport;
  /** @type {SocketState} */
  #state = "connecting";
  #credit = 0;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #queue = [];
  #queuedBytes = 0;
  #underway = new Underway();
  /** @type {number} */
  #pieceBytes = LIMITS.pieceBytes;
  #finishing = false; // half-close asked for, and bytes still wait
  #closedByUs = false;
  /** @type {string | null} */
  client = null;
  /** @type {string | null} */
  local = null;
  /** @type {string | null} */
  peer = null;

  /**
   * @param {{url: string, transport: Transport, open?: (url: string) => Line}} way
   */
  constructor({ url, transport, open = openLine }) {
    super();
    this.#transport = transport;
    this.#socket = open(url);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("message", (event) => {
      this.#receive(/** @type {MessageEvent} */ (event).data);
    });
    this.#socket.addEventListener(
      "close",
      (event) => this.#closed(/** @type {CloseEvent} */ (event)),
      { once: true },
    );
  }

  get state() {
    return this.#state;
  }

  get queuedBytes() {
    return this.#queuedBytes;
  }

  /**
   * Send bytes: one datagram, or the next part of the stream. Waits for credit by itself.
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  send(bytes) {
    if (!MAY_SEND.includes(this.#state) || this.#finishing) {
      throw new ClientSocketError("not_open", `cannot send on a socket that is ${this.#state}`);
    }
    if (this.#transport === "udp" && bytes.length > LIMITS.datagramBytes) {
      const limit = LIMITS.datagramBytes;
      throw new ClientSocketError("too_big", `${bytes.length} bytes in a datagram, limit ${limit}`);
    }
    const wanted = this.#queuedBytes + bytes.length;
    if (wanted > LIMITS.queueBytes) {
      const limit = LIMITS.queueBytes;
      throw new ClientSocketError("queue_full", `${wanted} bytes would wait, limit ${limit}`);
    }
    this.#queue.push(...this.#pieces(bytes));
    this.#queuedBytes = wanted;
    this.#flush();
  }

  /** Half-close (TCP): what waits is sent, then FIN; answers still arrive. */
  shutdown() {
    if (!MAY_SEND.includes(this.#state) || this.#finishing) {
      throw new ClientSocketError("not_open", `cannot finish a socket that is ${this.#state}`);
    }
    this.#finishing = true;
    this.#flush();
  }

  /** Close the socket; what still waits is not sent. */
  close() {
    this.#closedByUs = true;
    this.#socket.close(1000);
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  #pieces(bytes) {
    if (this.#transport === "udp") return [bytes]; // one message is one datagram, also an empty one
    const pieces = [];
    for (let at = 0; at < bytes.length; at += this.#pieceBytes) {
      pieces.push(bytes.subarray(at, at + this.#pieceBytes));
    }
    return pieces;
  }

  #flush() {
    if (this.#state === "connecting" || isOver(this.#socket)) return;
    for (
      let piece = this.#queue[0];
      piece && piece.length <= this.#credit;
      piece = this.#queue[0]
    ) {
      this.#queue.shift();
      this.#credit -= piece.length;
      this.#queuedBytes -= piece.length;
      this.#socket.send(piece);
      if (this.#transport === "udp") this.#underway.add(piece);
      this.#tell("sent", { bytes: piece });
    }
    if (this.#finishing && this.#queue.length === 0) {
      this.#finishing = false;
      this.#socket.send(JSON.stringify({ type: "shutdown" }));
      this.#step("shutdown");
      this.#tell("shutdown", {});
    }
  }

  /**
   * @param {string | ArrayBuffer} data
   */
  #receive(data) {
    if (typeof data !== "string") this.#tell("data", { bytes: new Uint8Array(data) });
    else this.#control(JSON.parse(data));
  }

  /** @param {Control} message */
  #control(message) {
    switch (message.type) {
      case "opened":
        this.client = message.client;
        this.local = message.local;
        this.peer = message.peer;
        if (message.message_limit < this.#pieceBytes) {
          this.#pieceBytes = message.message_limit;
          this.#queue = this.#queue.flatMap((piece) => this.#pieces(piece));
        }
        this.#step("opened");
        this.#tell("opened", message);
        this.#flush();
        break;
      case "credit":
        this.#credit += message.bytes;
        this.#underway.settle();
        this.#flush();
        break;
      case "eof":
        this.#step("eof");
        this.#tell("eof", {});
        break;
      case "error":
        this.#giveBack(this.#underway.givenBack(message.code));
        this.#tell("failure", { code: message.code, message: message.message });
        break;
      default:
        this.#tellUnknown(message);
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} [bytes] */
  #giveBack(bytes) {
    if (bytes) this.#tell("unsent", { bytes });
  }

  /**
   * @param {{code: number, reason: string}} end
   */
  #closed({ code, reason }) {
    const queued = this.#queuedBytes;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (!SAID_BEFORE.includes(code) && !this.#closedByUs) {
      const never = this.#state === "connecting";
      this.#tell("failure", {
        code: never ? "not_opened" : code === 1009 ? "too_long" : "lost",
        message: reason || `WebSocket closed with code ${code}`,
      });
    }
    this.#step("closed");
    this.#tell("closed", { unsentBytes: queued });
  }

  /** @param {Happening} happened */
  #step(happened) {
    const next = TRANSITIONS[this.#state][happened];
    if (!next) throw new Error(`client socket: "${happened}" cannot happen while ${this.#state}`);
    this.#state = next;
    this.#tell("state", { state: next });
  }

  /**
   * A newer bridge may say what this page does not know.
   * @param {{type: string}} message
   */
  #tellUnknown({ type }) {
    console.warn("client socket: unknown control message", type);
    this.#tell("unknown", { type });
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
 * The address of a run's client WebSocket on this page's own server.
 * @param {string} room
 * @param {string} run
 * @param {{origin?: {protocol: string, host: string}}} [where]
 */
export function clientUrl(room, run, { origin = location } = {}) {
  const [roomId, runId] = [room, run].map(encodeURIComponent);
  return socketAt(`/ws/rooms/${roomId}/runs/${runId}/client`, origin);
}
