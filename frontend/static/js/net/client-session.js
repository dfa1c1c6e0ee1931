// What one client card holds: its present socket, the log of what happened to it, the last
// failure. A new socket is opened when one is needed and the last has ended.

/** @import { Transport } from "../model/types.d.ts" */
/** @import { Line } from "./either-way.js" */
/** @import { Opened, SocketCode, SocketState, Told as Said } from "./client-socket.js" */

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {SocketCode | "no_run"} FailureCode */
/**
 * What happened to a client: `at` is Unix time in seconds.
 * @typedef {{id: number, at: number} & Noted} Entry
 */

/**
 * @typedef {{kind: "sent" | "unsent" | "received", bytes: Bytes} | {kind: "eof" | "finished"}
 *   | {kind: "closed", unsentBytes: number}
 *   | {kind: "opened", number: number | null, local: string, peer: string}} Noted
 */

/**
 * @typedef {object} Told
 * @property {object} change
 * @property {{client: string}} opened
 * @property {{bytes: Bytes}} data
 * @property {object} eof
 * @property {object} anew
 * @property {{code: FailureCode, message: string}} failure
 * @property {{unsentBytes: number}} closed
 */

import { afterSilence } from "./ending.js";
import { ClientSocket, ClientSocketError } from "./client-socket.js";
import { inFrame } from "../dom/frame.js";

const LOG = Object.freeze({ entries: 400, bytes: 2_097_152 });
/** @type {readonly (SocketState | "idle")[]} */
const LIVE = Object.freeze(["connecting", "open", "finished", "ended", "closing"]);
/** @type {readonly (SocketState | "idle")[]} */
const SENDING = Object.freeze(["connecting", "open", "ended"]);

/**
 * Tells: "change" (once a frame, whatever changed), and at once: "opened", "data" {bytes},
 * "eof", "closed", and "anew" when what was said before is not to be shown any more.
 */
export class ClientSession extends EventTarget {
  #target;
  /** @type {string | null} */
  #url = null; // where the present socket goes
  #transport;
  #closeOnEof;
  #open;
  /** @type {ClientSocket | null} */
  #socket = null;
  #telling = () => this.#tell("change", {});
  #logBytes = 0;
  #nextId = 1;
  /** @type {Entry[]} */
  log = []; // oldest first, bounded
  /** @type {{code: FailureCode, message: string} | null} */
  failure = null;
  /** @type {string | null} */
  client = null; // the id of the present or last socket
  /** @type {number | null} */
  number = null; // its number in the lab's take
  /** @type {string | null} */
  local = null;
  /** @type {string | null} */
  peer = null;

  /**
   * `target()` is the address of the run's client WebSocket, or null while none runs.
   * @param {{target: () => string | null, transport: Transport, closeOnEof?: boolean,
   *   open?: (url: string) => Line}} way
   */
  constructor({ target, transport, closeOnEof = false, open = undefined }) {
    super();
    this.#target = target;
    this.#transport = transport;
    this.#closeOnEof = closeOnEof;
    this.#open = open;
  }

  get transport() {
    return this.#transport;
  }

  /**
   * The state of the present socket; "idle" before the first.
   * @returns {SocketState | "idle"}
   */
  get state() {
    return this.#socket?.state ?? "idle";
  }

  get isLive() {
    return LIVE.includes(this.state);
  }

  /** Whether the present socket goes to a server that is not the lab's server any more. */
  get isOutdated() {
    return this.isLive && this.#url !== this.#target();
  }

  /** Whether datagrams of the present socket reach whoever has this port. */
  goesTo(/** @type {number | null} */ port) {
    const isUdp = this.#transport === "udp" && this.isLive;
    return isUdp && port !== null && this.peer?.endsWith(`:${port}`) === true;
  }

  get queuedBytes() {
    return this.#socket?.queuedBytes ?? 0;
  }

  /** Open a socket unless one is live; false when there is no server to open it to. */
  connect() {
    if (this.isLive) return true;
    this.failure = null;
    const url = this.#target();
    if (url === null) {
      this.#fail({ code: "no_run", message: "" });
      return false;
    }
    this.#url = url;
    const open = this.#open;
    this.#socket = this.#follow(new ClientSocket({ url, transport: this.#transport, open }));
    this.#changed();
    return true;
  }

  /**
   * Send bytes, over a new socket if the last one has ended; true when they are on their way.
   * @param {Bytes} bytes
   */
  send(bytes) {
    if (!this.connect()) return false;
    return this.#attempt(() => this.#socket?.send(bytes));
  }

  /** Half-close: this side sends no more. */
  finish() {
    if (SENDING.includes(this.state)) this.#attempt(() => this.#socket?.shutdown());
  }

  /** Close the socket. */
  close() {
    if (this.isLive) this.#socket?.close();
  }

  /** Have a socket to the server that listens at this port now: the present one, if it goes there. */
  connectTo(/** @type {number | null} */ port) {
    if (this.isOutdated && !this.goesTo(port)) return this.reconnect();
    this.hideFailure();
    return this.connect();
  }

  /** Its other end has closed, the timeline says: who hears nothing of it has lost the way there. */
  expectEnd() {
    const socket = this.#socket;
    if (socket === null) return;
    const isOver = () => socket !== this.#socket || !this.isLive;
    afterSilence(socket, { heard: () => this.#nextId, isOver, act: () => this.#lose() });
  }

  #lose() {
    this.close();
    this.#socket = null;
    this.#note({ kind: "closed", unsentBytes: 0 });
    this.#tell("closed", { unsentBytes: 0 });
    this.#fail({ code: "lost", message: "" });
  }

  /** Close the socket, if it lives, and open a new one. */
  reconnect() {
    this.close();
    this.#socket = null;
    return this.connect();
  }

  /** A take begins: what was said before is not shown any more; a socket that lives stays. */
  beginAnew() {
    this.log = [];
    this.#logBytes = 0;
    this.failure = null;
    if (!this.isLive) {
      this.#socket = null;
      this.client = this.number = this.local = this.peer = null;
    }
    this.#tell("anew", {});
    this.#changed();
  }

  hideFailure() {
    this.failure = null;
    this.#changed();
  }

  /** @param {() => void} action */
  #attempt(action) {
    try {
      action();
      this.failure = null;
      this.#changed();
      return true;
    } catch (error) {
      if (!(error instanceof ClientSocketError)) throw error;
      this.#fail(error);
      return false;
    }
  }

  // A socket that a reconnect has replaced still ends in its own time: it says nothing any more.
  /** @param {ClientSocket} socket */
  #follow(socket) {
    /**
     * @template {keyof Said} Type
     * @param {Type} type
     * @param {(detail: Said[Type]) => void} act
     */
    const on = (type, act) => {
      socket.addEventListener(type, (event) => {
        const { detail } = /** @type {CustomEvent<Said[Type]>} */ (event);
        if (socket === this.#socket) act(detail);
      });
    };
    on("opened", (detail) => this.#opened(detail));
    on("sent", ({ bytes }) => this.#note({ kind: "sent", bytes }));
    on("unsent", ({ bytes }) => this.#correct(bytes));
    on("data", ({ bytes }) => {
      this.#note({ kind: "received", bytes });
      this.#tell("data", { bytes });
    });
    on("eof", () => {
      this.#note({ kind: "eof" });
      this.#tell("eof", {});
      if (this.#closeOnEof) socket.close();
    });
    on("shutdown", () => this.#note({ kind: "finished" }));
    on("state", () => this.#changed());
    on("failure", (failure) => this.#fail(failure));
    on("closed", ({ unsentBytes }) => {
      if (this.client !== null) this.#note({ kind: "closed", unsentBytes });
      this.#tell("closed", { unsentBytes });
    });
    return socket;
  }

  /** @param {Opened} addresses */
  #opened({ client, number, local, peer }) {
    this.client = client;
    this.number = number ?? null;
    this.local = local;
    this.peer = peer;
    this.#note({ kind: "opened", number: this.number, local, peer });
    this.#tell("opened", { client });
  }

  /** @param {{code: FailureCode, message: string}} failure */
  #fail({ code, message }) {
    const failure = { code, message };
    this.failure = failure;
    this.#changed();
    this.#tell("failure", failure);
  }

  /** @param {Noted} noted */
  #note(noted) {
    this.log.push({ id: this.#nextId++, at: Date.now() / 1000, ...noted });
    this.#logBytes += bytesIn(noted);
    while (this.log.length > LOG.entries || (this.#logBytes > LOG.bytes && this.log.length > 1)) {
      this.#logBytes -= bytesIn(this.log.shift());
    }
    this.#changed();
  }

  // What the bridge gave back was not sent, though it left this page.
  /** @param {Bytes} bytes */
  #correct(bytes) {
    const at = this.log.findIndex((entry) => "bytes" in entry && entry.bytes === bytes);
    const entry = this.log[at];
    if (entry) this.log[at] = { ...entry, kind: "unsent", bytes, id: this.#nextId++ };
    this.#changed();
  }

  #changed() {
    inFrame("take", this.#telling);
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

/** @param {Noted | undefined} noted */
const bytesIn = (noted) => (noted && "bytes" in noted ? noted.bytes.length : 0);
