// What an event means: which words of /api/explanations are for it. Pure but for loading.
// A key is a name and perhaps qualifiers ("recv enter udp"); the most exact one that exists is
// taken. frontend/explanations.toml has the words.

import { isReceiving } from "./calls.js";

/** Explains events with the words of one language. */
export class Explanations {
  #words;

  /** `words` is what GET /api/explanations answers. */
  constructor(words) {
    this.#words = words;
  }

  /**
   * Explain an event: {title, text, tip}, or null when there is nothing to say.
   * `transport` ("tcp" | "udp") is for events of clients, which do not have it themselves.
   */
  explain(event, { transport = event.transport } = {}) {
    for (const [section, key] of keysOf(event, transport)) {
      const words = this.#words[section];
      if (words && Object.hasOwn(words, key)) return filled(words[key], event);
    }
    return null;
  }

  /** Explain the error code of an API answer or of a client's WebSocket. */
  problem(code, { transport = null } = {}) {
    return this.explain({ type: "problem", code }, { transport });
  }
}

/** The keys that fit an event, as [section, key], the most exact one first. */
export function keysOf(event, transport = event.transport) {
  if (event.type === "call") return callKeys(event);
  if (event.type === "thread") return threadKeys(event);
  if (event.type === "sync") return syncKeys(event);
  if (event.type === "problem") return problemKeys(event.code, transport);
  return otherKeys(event, transport);
}

function callKeys(event) {
  const { call, error, transport } = event;
  if (error) {
    const name = error.replace(/^WSA/, ""); // Windows' own names for the same errors
    return [`${name} ${transport}`, name, "other"].map((key) => ["error", key]);
  }
  const names = [call];
  const qualifier = callQualifier(event);
  if (qualifier) names.unshift(`${call} ${qualifier}`);
  return names.flatMap((name) => [`${name} ${transport}`, name]).map((key) => ["call", key]);
}

function callQualifier({ call, phase, transport, bytes, flags, held, how, option, value }) {
  if (phase === "enter") return "enter";
  if (isReceiving(call)) {
    if (flags === "MSG_PEEK") return "peek";
    if (bytes === 0) return transport === "udp" ? "empty" : "end";
  }
  if (call === "close" && held) return "held";
  if (call === "shutdown") return how;
  if (call === "setsockopt") return option;
  if (call === "setblocking" && value === false) return "off";
  if (call === "settimeout" && (value === null || value === undefined)) return "none";
  if (call === "settimeout" && value === 0) return "zero";
  return null;
}

function threadKeys({ event, ended }) {
  const keys = event === "joined" && ended === false ? ["joined timeout", event] : [event];
  return keys.map((key) => ["thread", key]);
}

function syncKeys({ event, kind, until }) {
  const exact = until ? [`${kind} ${event} ${until}`] : [];
  return [...exact, `${kind} ${event}`, event].map((key) => ["sync", key]);
}

function problemKeys(code, transport) {
  return [
    ["problem", `${code} ${transport}`],
    ["problem", code],
  ];
}

function otherKeys(event, transport) {
  const { type } = event;
  const plain = ["event", type];
  if (type === "client.failed") return [...problemKeys(event.code, transport), plain];
  if (type === "run.failed") return [...problemKeys(event.error?.code, null), plain];
  if (type === "run.exited" && event.exit_status < 0) return [["event", `${type} signal`], plain];
  if (type === "output") return [["event", `${type} ${event.stream}`]];
  if (type === "dropped") return [["event", `${type} ${event.what}`]];
  return [["event", `${type} ${transport}`], plain];
}

function filled({ title, text, tip = "" }, event) {
  const fill = (words) =>
    words.replace(/\{(call|kind|error|code)\}/g, (hole, name) => String(event[name] ?? hole));
  return { title: fill(title), text: fill(text), tip: fill(tip) };
}

const loading = new Map(); // language → promise of Explanations

/** The explanations in a language, fetched once a page. */
export function loadExplanations(lang) {
  let promise = loading.get(lang);
  if (!promise) {
    promise = fetchExplanations(lang);
    promise.catch(() => loading.delete(lang)); // the next who asks may have more luck
    loading.set(lang, promise);
  }
  return promise;
}

async function fetchExplanations(lang) {
  const response = await fetch(`/api/explanations?lang=${encodeURIComponent(lang)}`);
  if (!response.ok) throw new Error(`GET /api/explanations: ${response.status}`);
  return new Explanations(await response.json());
}
