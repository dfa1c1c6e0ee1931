// What one client card holds: its present socket, the log of what happened to it, the last
// failure. A new socket is opened when one is needed and the last has ended.

import { ClientSocket, ClientSocketError } from "./client-socket.js";
import { inFrame } from "../dom/frame.js";

const LOG = Object.freeze({ entries: 400, bytes: 2_097_152 });
const LIVE = Object.freeze(["connecting", "open", "finished", "ended", "closing"]);
const SENDING = Object.freeze(["connecting", "open", "ended"]);

/**
 * Tells: "change" (once a frame, whatever changed), and at once: "opened", "data" {bytes},
 * "eof", "closed".
 */
export class ClientSession extends EventTarget {
  #target;
  #url = null; // where the present socket goes
  #transport;
  #closeOnEof;
  #open;
  #socket = null;
  #telling = () => this.#tell("change");
  #logBytes = 0;
  #nextId = 1;
  log = []; // {id, kind, at, bytes?, …}, oldest first, bounded
  failure = null; // {code, message}
  client = null; // the id of the present or last socket
  local = null;
  peer = null;

  /** `target()` is the address of the run's client WebSocket, or null while none runs. */
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

  /** The state of the present socket; "idle" before the first. */
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
    const options = { url, transport: this.#transport };
    if (this.#open) options.open = this.#open;
    this.#socket = this.#follow(new ClientSocket(options));
    this.#changed();
    return true;
  }

  /** Send bytes, over a new socket if the last one has ended; true when they are on their way. */
  send(bytes) {
    if (!this.connect()) return false;
    return this.#attempt(() => this.#socket.send(bytes));
  }

  /** Half-close: this side sends no more. */
  finish() {
    if (SENDING.includes(this.state)) this.#attempt(() => this.#socket.shutdown());
  }

  /** Close the socket. */
  close() {
    if (this.isLive) this.#socket.close();
  }

  /** Close the socket, if it lives, and open a new one. */
  reconnect() {
    this.close();
    this.#socket = null;
    return this.connect();
  }

  hideFailure() {
    this.failure = null;
    this.#changed();
  }

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
  #follow(socket) {
    const on = (type, act) => {
      socket.addEventListener(type, ({ detail }) => {
        if (socket === this.#socket) act(detail);
      });
    };
    on("opened", (detail) => this.#opened(detail));
    on("sent", ({ bytes }) => this.#note("sent", { bytes }));
    on("data", ({ bytes }) => {
      this.#note("received", { bytes });
      this.#tell("data", { bytes });
    });
    on("eof", () => {
      this.#note("eof");
      this.#tell("eof");
      if (this.#closeOnEof) socket.close();
    });
    on("shutdown", () => this.#note("finished"));
    on("state", () => this.#changed());
    on("failure", (failure) => this.#fail(failure));
    on("closed", ({ unsentBytes }) => {
      if (this.client !== null) this.#note("closed", { unsentBytes });
      this.#tell("closed", { unsentBytes });
    });
    return socket;
  }

  #opened({ client, local, peer }) {
    this.client = client;
    this.local = local;
    this.peer = peer;
    this.#note("opened", { client, local, peer });
    this.#tell("opened", { client });
  }

  #fail({ code, message }) {
    this.failure = { code, message };
    this.#changed();
    this.#tell("failure", this.failure);
  }

  #note(kind, detail = {}) {
    this.log.push({ id: this.#nextId++, kind, at: Date.now() / 1000, ...detail });
    this.#logBytes += detail.bytes?.length ?? 0;
    while (this.log.length > LOG.entries || (this.#logBytes > LOG.bytes && this.log.length > 1)) {
      this.#logBytes -= this.log.shift().bytes?.length ?? 0;
    }
    this.#changed();
  }

  #changed() {
    inFrame("take", this.#telling);
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
