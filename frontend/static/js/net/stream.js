// What keeps the timeline coming, whatever the network does: a WebSocket, tried again when it is lost;
// where WebSockets do not get through, requests that wait, and a WebSocket now and then on trial, which
// takes over without a break. What comes twice meanwhile is for the timeline to see.

/** @typedef {{state: "connecting"} | {state: "live", plain: boolean} | {state: "lost", retryInS: number, ended: boolean} | {state: "out", code: number, reason: string}} Status `plain`: over plain HTTP, for WebSockets do not get through; `ended`: the server said that it ends; `out`: there is no way back, see OUT */
/** @typedef {{message: {data: string}, status: Status}} Told */
/** @import { Failure, Stream } from "./trial.js" */

import { send } from "./api.js";
import { at } from "./base.js";
import { openSocket } from "./credentials.js";
import { firstAnswer } from "./look.js";
import { network } from "./network.js";
import { proofOf, watch } from "./trial.js";

const BACK_OFF_S = Object.freeze({ first: 0.5, factor: 2, last: 10 });
const SERVICE_RESTART = 1012; // IANA's registry of close codes: the server ends
// No credential that holds here, no right to be here (any more), no such room (any more).
const OUT = Object.freeze([4401, 4403, 4404]);
const PROBE = { everyMs: 500, times: 10, atOnce: 5 }; // an answer may take 2.5 s
const LOOK_MS = 1_000; // from one look for a server that is not there to the next
const TRIAL_S = Object.freeze({ first: 10, factor: 2, last: 300 });

// Browsers slow down WebSockets that fail one after the other; so it is asked over HTTP, which costs
// next to nothing, whether the server is there again.
// A request that the browser's cache had a part in would wait for the one before.
const look = () =>
  firstAnswer((signal) => send("GET", at("/healthz"), { signal, cache: "no-store" }), PROBE);

// A module that could not be loaded is never asked for again by some browsers: so a server that does not
// answer is found out first.
async function openEvents(/** @type {string} */ url) {
  await look();
  const plain = await import("./plain.js");
  return plain.openEvents(url);
}

/** Tells: "message" {data}, "status" (see Status). */
export class EventStream extends EventTarget {
  #url;
  #open;
  #openPlain;
  #look;
  /** @type {Stream | null} */
  #current = null;
  /** @type {Stream | null} */
  #trial = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} of the next attempt, or trial */
  #timer;
  #isPlain = false;
  #ask = () => {}; // whether the WebSocket still lives
  /** @type {number} */
  #waitS = BACK_OFF_S.first;
  /** @type {number} */
  #trialS = TRIAL_S.first;

  /**
   * `url()` names the WebSocket after what has come by now; `open` and `openPlain` open it, and what
   * goes on in its place; `lookForServer` fails while there is none.
   * @param {{url: () => string, open?: (url: string) => Stream, openPlain?: (url: string) => Promise<Stream>,
   *   lookForServer?: () => Promise<unknown>}} ways
   */
  constructor({ url, open = openSocket, openPlain = openEvents, lookForServer = look }) {
    super();
    this.#url = url;
    this.#open = open;
    this.#openPlain = openPlain;
    this.#look = lookForServer;
  }

  start() {
    this.#connect();
  }

  /** Try, or ask, now instead of waiting: for when a person asks, or the network is another. */
  retry() {
    if (this.#current === null) this.#connect();
    else if (!this.#isPlain) this.#ask();
    else if (this.#trial === null) this.#try();
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#tell("status", { state: "connecting" });
    this.#ask = () => {};
    const socket = this.#open(this.#url());
    this.#current = socket;
    const gone = this.#listen(socket);
    const failure = await proofOf(socket);
    if (socket !== this.#current) return;
    if (failure === null) this.#live(socket, gone);
    else if (failure === "said") this.#lose(socket);
    else await this.#goOnPlainly(socket, failure);
  }

  #live(/** @type {Stream} */ socket, /** @type {Promise<number | undefined>} */ gone) {
    this.#waitS = BACK_OFF_S.first;
    this.#trialS = TRIAL_S.first;
    this.#current = socket;
    this.#isPlain = false;
    network.way = "websocket";
    network.lostAt = null;
    this.#tell("status", { state: "live", plain: false });
    this.#ask = watch(socket, () => this.#lose(socket));
    gone.then((code) => this.#lose(socket, code));
  }

  // A server that is only just back lets a WebSocket fail, too: what failed at once is tried again
  // before anything is said.
  async #goOnPlainly(/** @type {Stream} */ socket, /** @type {Failure} */ failure) {
    socket.close();
    const plain = await this.#openPlain(this.#url()).catch(() => null);
    if (socket !== this.#current) return;
    if (plain === null) {
      this.#lose(socket);
      return;
    }
    this.#current = plain;
    const gone = this.#listen(plain);
    const opened = new Promise((resolve) => plain.addEventListener("open", () => resolve(true)));
    const isThere = await Promise.race([opened, gone.then(() => false)]);
    gone.then((code) => this.#lose(plain, code));
    if (plain !== this.#current || !isThere) return;
    this.#waitS = BACK_OFF_S.first;
    this.#isPlain = true;
    if (failure === "closed") await this.#try();
    else this.#stayPlain();
  }

  #stayPlain() {
    network.way = "plain";
    network.lostAt = null;
    this.#tell("status", { state: "live", plain: true });
    this.#timer = setTimeout(() => this.#try(), this.#trialS * 1000);
    this.#trialS = Math.min(this.#trialS * TRIAL_S.factor, TRIAL_S.last);
  }

  async #try() {
    clearTimeout(this.#timer);
    const plain = this.#current;
    const trial = this.#open(this.#url());
    this.#trial = trial;
    const gone = this.#listen(trial);
    const failure = await proofOf(trial);
    this.#trial = null;
    if (plain !== this.#current) trial.close();
    else if (failure === null) {
      plain?.close();
      this.#live(trial, gone);
    } else {
      trial.close();
      this.#stayPlain();
    }
  }

  // Who was told to go does not come again by themselves.
  #leave(/** @type {Stream} */ stream, /** @type {CloseEvent} */ { code, reason }) {
    if (stream !== this.#current || !OUT.includes(code)) return;
    this.#current = null;
    clearTimeout(this.#timer);
    this.#tell("status", { state: "out", code, reason });
  }

  #lose(/** @type {Stream} */ stream, /** @type {number | undefined} */ code = undefined) {
    if (stream !== this.#current) return;
    stream.close();
    this.#current = null;
    this.#isPlain = false;
    if (network.way === "unknown") network.way = "websocket"; // nothing works: clients may say so
    const retryInS = this.#waitS;
    this.#waitS = Math.min(retryInS * BACK_OFF_S.factor, BACK_OFF_S.last);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#await(), retryInS * 1000);
    network.lostAt ??= Date.now() / 1000;
    this.#tell("status", { state: "lost", retryInS, ended: code === SERVICE_RESTART });
  }

  // It is waited for longer each time only where it is there and lets nobody in.
  async #await() {
    const isThere = await this.#look().then(
      () => true,
      () => false,
    );
    if (this.#current !== null) return; // somebody has pressed "Try now"
    if (isThere) this.#connect();
    else {
      this.#waitS = BACK_OFF_S.first;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#await(), LOOK_MS);
    }
  }

  /**
   * Pass on what comes; resolves when nothing comes any more, with the code of a WebSocket's end.
   * @param {Stream} stream
   * @returns {Promise<number | undefined>}
   */
  #listen(stream) {
    stream.addEventListener("message", (event) => {
      const { data } = /** @type {MessageEvent} */ (event);
      if (stream === this.#current || stream === this.#trial) this.#tell("message", { data });
    });
    return new Promise((resolve) => {
      const end = (/** @type {Event} */ event) => {
        const closed = /** @type {CloseEvent} */ (event);
        this.#leave(stream, closed);
        resolve(closed.code);
      };
      stream.addEventListener("close", end, { once: true });
    });
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
