// One event in words: which kind it is, who did it, what happened, the bytes that it carries.

import { blindWords, byteCount, clientLabel, errorWord, exitWords, stopWords } from "./format.js";
import { t, tn } from "./i18n.js";
import { writtenName } from "../model/calls.js";
import { fromBase64, readable } from "../model/payload.js";
import { runFailure, socketFailure } from "./failure-words.js";
import { syncStep, threadStep } from "./step-words.js";
import { visible } from "../model/text.js";

/** @import { Call, ClientReceived, ClientSent, Gap, RoomEvent } from "../model/types.d.ts" */

/** @typedef {"traffic" | "output" | "run" | "call" | "other"} Kind */

/** @typedef {RoomEvent | Pick<Gap, "type" | "missed">} Told */

/**
 * An event in words: `bytes` is how much it carries, `tone` how it looks.
 * @typedef {{what: string, payload?: string, bytes?: number | null,
 *   tone?: "" | "ok" | "quiet" | "danger" | "warn" | "code"}} Said
 */

/** All that a row says of an event: `who` did it. @typedef {Required<Said> & {who: string}} Words */

/** The kinds that a list can be filtered by. */
/** @type {readonly Kind[]} */
export const KINDS = Object.freeze(["traffic", "output", "run", "call"]);

/** The kind of an event; whatever is not known is always shown. */
/** @returns {Kind} */
export function kindOf(/** @type {Told} */ event) {
  if (event.type.startsWith("client.")) return "traffic";
  if (event.type.startsWith("run.")) return "run";
  if (event.type === "thread" || event.type === "sync" || event.type === "blind") return "call";
  return event.type === "output" || event.type === "call" ? event.type : "other";
}

/**
 * Describe an event. `names` has the names of runs and clients by id, of others by address.
 * `what` is ours, `payload` is text from a program or a socket, already made visible.
 * @param {Told} event
 * @param {{names: Map<string, string>, transport?: string | null}} more
 * @returns {Words}
 */
export function describe(event, { names, transport }) {
  const { client = "", run = "" } = /** @type {{client?: string, run?: string}} */ (event);
  const person = "person" in event ? event.person : "";
  const who = client
    ? (names.get(client) ?? clientLabel(client))
    : run
      ? (names.get(run) ?? run)
      : person;
  // What a file holds may be of the type `constructor`.
  const say = Object.hasOwn(WORDS, event.type)
    ? /** @type {SayAny} */ (WORDS[event.type])
    : unknownWords;
  const words = say(event, transport, names);
  const what = visible(words.what); // names, addresses, and whatever a file calls a call
  return { payload: "", bytes: null, tone: "", ...words, who: visible(who), what };
}

/** @typedef {(event: Told, transport?: string | null, names?: Names) => Said} SayAny */
/** @typedef {ReadonlyMap<string, string>} Names */

/**
 * @type {{[Type in Told["type"]]:
 *   (event: Extract<Told, {type: Type}>, transport?: string | null, names?: Names) => Said}}
 */
const WORDS = {
  "run.started": ({ pid, args }) => ({
    what: t("started, pid {pid}", { pid }),
    payload: visible((args ?? []).join(" ")),
    tone: "quiet",
  }),
  "run.listening": ({ host, port, transport }) => ({
    what: t("listens on {address}", { address: `${host}:${port}/${transport}` }),
    tone: "ok",
  }),
  "run.running": () => ({ what: t("is running"), tone: "ok" }),
  "run.placed": ({ lab }) => ({
    what: t("belongs to {lab}", { lab: visible(lab) }),
    tone: "quiet",
  }),
  "run.slowed": ({ slowed }) => ({
    what: slowed
      ? t("is slowed down: it uses too much of the processor")
      : t("is no longer slowed down"),
    tone: slowed ? "danger" : "quiet",
  }),
  "run.ending": ({ in_s: seconds }) => ({
    what:
      seconds === undefined
        ? t("is used again, and stays")
        : t("ends in {n} s: nobody uses it", { n: Math.round(seconds) }),
    tone: seconds === undefined ? "quiet" : "danger",
  }),
  "run.stopping": (event, _, names) => ({ what: stopWords(event, names), tone: "quiet" }),
  "run.exited": ({ exit_status: status }) => ({ what: exitWords(status), tone: "quiet" }),
  "run.crashed": ({ exit_status: status, error }) => ({
    what: error?.code === "excess" ? visible(runFailure(error).what) : exitWords(status),
    tone: "danger",
  }),
  "run.failed": ({ error }) => ({
    what: error ? visible(runFailure(error).what) : t("could not start"),
    tone: "danger",
  }),
  output: ({ stream, text }) => ({
    what: { stdout: t("printed"), stderr: t("printed to stderr"), stdin: t("was typed") }[stream],
    payload: visible(text.replace(/^\r?\n|\r?\n$/g, ""), { lines: true }),
    tone: stream === "stderr" ? "danger" : "",
  }),
  call: (event, _, names) => callWords(event, names),
  thread: (event) => ({
    what: threadStep(event) + (event.event === "failed" ? refusalWords(event) : ""),
    tone: event.event === "failed" ? "danger" : "code",
  }),
  sync: (event) => ({
    what: `${syncStep(event)}${refusalWords(event)}${event.value === undefined ? "" : ` (${event.value})`}${event.event === "notified" && event.woke?.length === 0 ? ` → ${t("nobody")}` : ""}`,
    tone: event.event === "failed" ? "danger" : "code",
  }),
  blind: ({ what }) => ({ what: blindWords(what), tone: "warn" }),
  "take.began": ({ take }) => ({ what: t("Take {n} begins", { n: take }), tone: "quiet" }),
  "client.opened": ({ local, peer }, transport) => ({
    what:
      transport === "udp"
        ? t("opened a socket {local} for {peer}", { local, peer })
        : t("connected {local} to {peer}", { local, peer }),
    tone: "ok",
  }),
  "client.sent": (event) => transfer("→", event),
  "client.received": (event) => transfer("←", event),
  "client.eof": () => ({ what: t("← FIN: the server sends no more"), tone: "quiet" }),
  "client.shutdown": () => ({ what: t("→ FIN: sends no more, still listens"), tone: "quiet" }),
  "client.closed": () => ({ what: t("closed its socket"), tone: "quiet" }),
  "client.failed": ({ code, message }, transport) => ({
    what: socketFailure({ code, message }, { transport }).what,
    tone: "danger",
  }),
  "person.joined": ({ name }) => ({
    what: t("{name} joined", { name: visible(name) }),
    tone: "ok",
  }),
  "person.left": ({ removed }) => ({
    what: removed ? t("was removed from the room") : t("left the room"),
    tone: "quiet",
  }),
  "person.renamed": ({ name }) => ({
    what: t("is now called {name}", { name: visible(name) }),
    tone: "quiet",
  }),
  "person.muted": ({ muted }) => ({
    what: muted ? t("may not send now") : t("may send again"),
    tone: "quiet",
  }),
  "person.online": ({ online }) => ({ what: online ? t("is here") : t("is away"), tone: "quiet" }),
  "peer.named": ({ address, name, pid }) => ({
    what: pid
      ? t("{address} is {name}, pid {pid}", { address, name: visible(name), pid })
      : name
        ? t("{address} is now called {name}", { address, name: visible(name) })
        : t("{address} no longer has a name", { address }),
    tone: "quiet",
  }),
  "memory.changed": ({ state, reason, lost }) => ({
    what: memoryWords(state, lost ?? 0),
    payload: visible(reason ?? ""),
    tone: state === "kept" ? "ok" : "warn",
  }),
  "room.changed": () => ({ what: t("the room was changed"), tone: "quiet" }),
  "room.shown": ({ room }) => ({
    what: room ? t("the host shows something to all") : t("the host has stopped showing"),
    tone: "quiet",
  }),
  "room.closing": ({ reason, in_s: seconds }) => ({
    what:
      seconds === undefined
        ? t("the room is used again, and stays")
        : t("the room closes: {reason}", { reason: visible(reason) }),
    tone: seconds === undefined ? "quiet" : "danger",
  }),
  dropped: ({ what, count, bytes }) => ({
    what:
      what === "output"
        ? t("{size} of output left out: too much at once", { size: byteCount(bytes ?? 0) })
        : tn(
            "{n} message left out: too much at once",
            "{n} messages left out: too much at once",
            count,
          ),
    tone: "warn",
  }),
  gap: ({ missed }) => ({
    what: tn("{n} event is missing here", "{n} events are missing here", missed ?? 0),
    tone: "warn",
  }),
};

/** @returns {Said} */
function transfer(
  /** @type {string} */ arrow,
  /** @type {ClientSent | ClientReceived} */ { bytes, data },
) {
  return { what: arrow, payload: readable(fromBase64(data)), bytes };
}

// A call that Python refused, as it was written, and with what.
/** @returns {string} */
function refusalWords(
  /** @type {{call?: string, error?: string, arguments?: string}} */ { call, error, ...more },
) {
  return error ? ` ${call}(${more.arguments ?? ""}) → ${error}` : "";
}

/** @returns {Said} */
function callWords(/** @type {Call} */ event, /** @type {Names | undefined} */ names) {
  const { phase, local, peer, error, bytes, accepted, option, value, how } = event;
  const given = event.arguments; // what Python refused
  const more = [option, how, value, given].filter((each) => each !== undefined).map(shown);
  const named = names?.get(peer ?? "");
  const other = named ? `${peer} (${named})` : peer;
  const target = [[local, other].filter(Boolean).join(" → "), ...more].filter(Boolean).join(", ");
  const result = error ? errorWord(error) : (bytes ?? accepted);
  const outcome = phase === "enter" ? " …" : result === undefined ? "" : ` → ${shown(result)}`;
  return {
    what: `${writtenName(event)}(${target})${outcome}`,
    payload: event.data ? readable(fromBase64(event.data)) : "",
    bytes: bytes ?? null,
    tone: error && !QUIET_ERRORS.has(error) ? "danger" : "code",
  };
}

// What Stop makes of a call.
const QUIET_ERRORS = new Set(["KeyboardInterrupt", "SystemExit"]);

const shown = (/** @type {unknown} */ value) =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

/** @returns {Said} */
function unknownWords(/** @type {{type: string}} */ event) {
  return { what: t("unknown event: {type}", { type: visible(event.type) }), tone: "warn" };
}

function memoryWords(/** @type {string} */ state, /** @type {number} */ lost) {
  if (state !== "kept") return t("events are not being saved now");
  if (lost === 0) return t("events are being saved again");
  return tn(
    "events are being saved again; {n} event was lost",
    "events are being saved again; {n} events were lost",
    lost,
  );
}
