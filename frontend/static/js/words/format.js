// How the things of a room are called in words: sizes, clients, runs, the end of a run.

import { clockTime, number, t, tn } from "./i18n.js";
import { numberOf } from "../model/people.js";
import { visible } from "../model/text.js";

/** @import { RunState, Words } from "../model/types.d.ts" */

/** @typedef {RunState | "none" | "gone"} ShownState */

const KILO = 1000;

/** The text of a pair {ru, en} in the language of the page. */
export const inLanguage = (
  /** @type {Words | null | undefined} */ pair,
  /** @type {string} */ lang,
) => (lang === "ru" ? pair?.ru : pair?.en) ?? "";

/** Write an amount of bytes: exact while people count it, then 812 MB. */
export function byteCount(/** @type {number} */ n) {
  if (n < 10 * KILO) return tn("{n} byte", "{n} bytes", n);
  const rounded = (/** @type {number} */ value) =>
    number(value, { maximumFractionDigits: value < 10 ? 1 : 0 });
  if (n < KILO ** 2) return t("{n} KB", { n: rounded(n / KILO) });
  if (n < KILO ** 3) return t("{n} MB", { n: rounded(n / KILO ** 2) });
  return t("{n} GB", { n: rounded(n / KILO ** 3) });
}

/** What a client is called that has no owner with a name. */
export const clientLabel = (/** @type {string | number} */ id) =>
  t("Client {n}", { n: typeof id === "number" ? id : (numberOf(id) ?? id) });

/** What a lock or the like is called: as by its program; older recordings have no name for it. */
export const objectName = (
  /** @type {{kind: string, object?: number, name?: string}} */ { kind, object, name },
) => visible(name ?? `${kind} #${object}`);

/** The time of day of an event. */
export const eventTime = (/** @type {{t: number}} */ event, /** @type {number} */ clockOffsetS) =>
  clockTime(event.t + clockOffsetS);

/**
 * A run's address as people type it, with its transport: 127.0.0.1:12346/udp.
 * @param {{host?: string | null, port?: number | null, transport?: string} | null} run
 * @param {string} [transport] of its lab
 */
export function addressOf(run, transport) {
  if (!run?.port) return "";
  return `${run.host}:${run.port}/${run.transport ?? transport}`;
}

/** The state of a run in one word. */
export function runStateWord(/** @type {ShownState} */ state) {
  const words = {
    none: t("not running"),
    starting: t("starting…"),
    listening: t("running"),
    running: t("running"),
    stopping: t("stopping…"),
    exited: t("ended"),
    crashed: t("crashed"),
    failed: t("did not start"),
    gone: t("ended"),
  };
  return words[state] ?? state;
}

/** The dot beside that word. */
export function runStateDot(/** @type {ShownState} */ state) {
  if (state === "listening" || state === "running") return "dot dot--on";
  if (state === "starting" || state === "stopping") return "dot dot--wait";
  return state === "crashed" || state === "failed" ? "dot dot--bad" : "dot";
}

/**
 * What an error of a call, or of a client, is called where there is little room: an errno by its own
 * name.
 */
export function errorWord(/** @type {string} */ error) {
  if (/^(?:KeyboardInterrupt|SystemExit|interrupted)$/.test(error)) return t("interrupted"); // by Stop
  if (error === "timeout") return t("timeout");
  if (error === "refused") return t("refused");
  if (error === "foreign" || error === "forbidden") return t("not sent");
  if (error === "idle") return t("idle");
  return /^[a-z_]+$/.test(error) ? t("failed") : visible(error);
}

/**
 * Who is at the other end of a call that waits, as far as it has one: by name, else by address.
 * @param {{events: readonly import("../model/types.d.ts").RoomEvent[]}} wait
 * @param {ReadonlyMap<string, string>} names
 */
export function peerLabel({ events: [began] }, names) {
  const peer = began?.type === "call" ? began.peer : undefined;
  return peer ? (names.get(peer) ?? visible(peer)) : "";
}

/** Who asked a run to end. `names` has those of people by id. */
export function stopWords(
  /** @type {{by?: string, why?: {code: string}}} */ { by, why },
  /** @type {ReadonlyMap<string, string> | undefined} */ names,
) {
  if (why?.code === "idle") return t("asked to stop: nobody uses it");
  if (why) return t("asked to stop: Socket Lab is shutting down");
  const name = names?.get(by ?? "");
  return name ? t("asked to stop by {name}", { name }) : t("asked to stop, with the Stop button");
}

/** @type {Readonly<Record<number, string | undefined>>} */
const SIGNALS = Object.freeze({
  2: "SIGINT",
  6: "SIGABRT",
  9: "SIGKILL",
  11: "SIGSEGV",
  15: "SIGTERM",
});

/** How a run came to its end. */
export function exitWords(/** @type {number | null | undefined} */ status) {
  if (status === null || status === undefined) return t("How it ended is not known.");
  if (status === 0) return t("Exited normally: exit status 0.");
  if (status < 0) {
    const signal = SIGNALS[-status] ?? `№ ${-status}`;
    return t("Ended by a signal: {signal}.", { signal });
  }
  return t("Ended with an error: exit status {status}.", { status });
}

/** What of a program is not shown, from now on. */
export function blindWords(/** @type {string} */ what) {
  /** @type {Record<string, string>} */
  const words = {
    raw: t("raw socket: not shown"),
    packet: t("packet socket: not shown"),
    unix: t("unix sockets: their calls only, no arrows"),
    stream: t("unix streams: their calls only, no arrows"),
    family: t("socket of another kind: not shown"),
  };
  return words[what] ?? t("{name}: its sockets are not shown", { name: visible(what) });
}
