// What an event means: which words of /api/explanations are for it. Pure.
// A key is a name and perhaps qualifiers ("recv enter udp"); the most exact one that exists is
// taken. frontend/explanations.toml has the words.

import { isReceiving } from "./calls.js";

/** @import { Call, RoomEvent, Sync, Thread } from "./types.d.ts" */
/** @typedef {{title: string, text: string, tip?: string}} Words */
/** @typedef {{type: "problem", code: string}} ProblemTold */
/** @typedef {{type: "gap", missed: number}} GapTold */
/** @typedef {RoomEvent | ProblemTold | GapTold} Told */
/** @typedef {string | null | undefined} Way a transport */
/** @typedef {[section: string, key: string]} Key */

/** Explains events with the words of one language. */
export class Explanations {
  #words;

  /**
   * `words` is what GET /api/explanations answers.
   * @param {Record<string, Record<string, Words>>} words
   */
  constructor(words) {
    this.#words = words;
  }

  /**
   * Explain an event: {title, text, tip}, or null when there is nothing to say.
   * `transport` ("tcp" | "udp") is for events of clients, which do not have it themselves.
   * @param {Told} event
   * @param {{transport?: Way}} [more]
   */
  explain(event, { transport = transportOf(event) } = {}) {
    for (const [section, key] of keysOf(event, transport)) {
      const words = this.#words[section];
      if (words && Object.hasOwn(words, key)) return filled(words[key], event);
    }
    return null;
  }

  /** Explain the error code of an API answer or of a client's WebSocket. */
  problem(/** @type {string} */ code, /** @type {{transport?: Way}} */ { transport = null } = {}) {
    return this.explain({ type: "problem", code }, { transport });
  }
}

/**
 * The keys that fit an event, as [section, key], the most exact one first.
 * @param {Told} event
 * @param {Way} [transport]
 * @returns {Key[]}
 */
export function keysOf(event, transport = transportOf(event)) {
  if (event.type === "call") return callKeys(event);
  if (event.type === "thread") return threadKeys(event);
  if (event.type === "sync") return syncKeys(event);
  if (event.type === "problem") return problemKeys(event.code, transport);
  return otherKeys(event, transport);
}

/** @type {(event: Told) => Way} */
const transportOf = (event) => ("transport" in event ? event.transport : undefined);

/** Whose words come first: those of a transport, before them those of a unix socket's kind. */
const waysOf = (/** @type {Call} */ { transport, kind }) =>
  transport === "unix" && kind ? [`unix-${kind}`, transport] : [transport];

/** @returns {Key[]} */
function callKeys(/** @type {Call} */ event) {
  const { call, error } = event;
  const ways = waysOf(event);
  if (error) {
    const name = error.replace(/^WSA/, ""); // Windows' own names for the same errors
    return [...ways.map((way) => `${name} ${way}`), name, "other"].map((key) => ["error", key]);
  }
  /** @type {string[]} */
  const names = [call];
  const qualifier = callQualifier(event);
  if (qualifier) names.unshift(`${call} ${qualifier}`);
  return names
    .flatMap((name) => [...ways.map((way) => `${name} ${way}`), name])
    .map((key) => ["call", key]);
}

function callQualifier(
  /** @type {Call} */ { call, phase, transport, kind, bytes, flags, held, how, option, value },
) {
  if (phase === "enter") return "enter";
  if (isReceiving(call)) {
    if (flags === "MSG_PEEK") return "peek";
    if (bytes === 0) return transport === "udp" || kind === "datagram" ? "empty" : "end";
  }
  if (call === "close" && held) return "held";
  if (call === "shutdown") return how;
  if (call === "setsockopt") return option;
  if (call === "setblocking" && value === false) return "off";
  if (call === "settimeout" && (value === null || value === undefined)) return "none";
  if (call === "settimeout" && value === 0) return "zero";
  return null;
}

/** @returns {Key[]} */
function threadKeys(/** @type {Thread} */ { event, ended, error, until }) {
  const isInVain = event === "joined" ? ended === false : event === "waited" && error === "timeout";
  const how = event === "joined" && error ? "interrupted" : "timeout";
  const keys = [isInVain ? `${event} ${how}` : `${event} ${until}`, event];
  return keys.map((key) => ["thread", key]);
}

/** @returns {Key[]} */
function syncKeys(/** @type {Sync} */ { event, kind, until, woke }) {
  const exact = until ? [`${kind} ${event} ${until}`] : [];
  if (event === "notified" && woke?.length === 0) exact.push("notified nobody");
  return [...exact, `${kind} ${event}`, event].map((key) => ["sync", key]);
}

/** @returns {Key[]} */
function problemKeys(/** @type {string} */ code, /** @type {Way} */ transport) {
  return [
    ["problem", `${code} ${transport}`],
    ["problem", code],
  ];
}

/** @returns {Key[]} */
function otherKeys(/** @type {Exclude<Told, ProblemTold>} */ event, /** @type {Way} */ transport) {
  const { type } = event;
  /** @type {Key} */
  const plain = ["event", type];
  if (event.type === "client.failed") return [...problemKeys(event.code, transport), plain];
  if (event.type === "run.failed") return [...problemKeys(event.error?.code, null), plain];
  if (event.type === "run.crashed" && event.error?.code === "excess") {
    return [...problemKeys(event.error.code, null), plain];
  }
  if (event.type === "run.exited" && (event.exit_status ?? 0) < 0) {
    return [["event", `${type} signal`], plain];
  }
  if (event.type === "output") return [["event", `${type} ${event.stream}`]];
  if (event.type === "dropped") return [["event", `${type} ${event.what}`]];
  return [["event", `${type} ${transport}`], plain];
}

function filled(/** @type {Words} */ { title, text, tip = "" }, /** @type {Told} */ event) {
  const values = /** @type {Record<string, unknown>} */ ({ ...event });
  const fill = (/** @type {string} */ words) =>
    words.replace(/\{(call|kind|error|code)\}/g, (hole, name) => String(values[name] ?? hole));
  return { title: fill(title), text: fill(text), tip: fill(tip) };
}
