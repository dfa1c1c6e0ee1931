// The sequence diagram in words: names and labels.

import {
  blindWords,
  byteCount,
  clientLabel,
  errorWord,
  objectName,
  peerLabel,
  stopWords,
} from "./format.js";
import { number, t, tn } from "./i18n.js";
import { fileOf } from "../model/new-run.js";
import { fromBase64, readable } from "../model/payload.js";
import { cut, visible } from "../model/text.js";
import { stateAt } from "../model/transfer-state.js";

/** @import { Bar } from "../model/diagram-bars.js" */
/** @import { Break, Item, Mark, Party, Piece, Tick, Transfer } from "../model/diagram.d.ts" */
/** @import { Call } from "../model/types.d.ts" */
/** @import { State } from "../model/transfer-state.js" */
/** @typedef {Map<string, string>} Names of runs, by id */
/** @typedef {"text" | "hex" | "calls"} Mode */

/** A length of time as people read it: 0.08 ms, 12 ms, 4.2 s, 1 min 5 s. */
export function duration(/** @type {number} */ seconds) {
  const ms = seconds * 1000;
  if (ms < 1) return t("{n} ms", { n: number(ms, { maximumFractionDigits: 2 }) });
  if (ms < 10) return t("{n} ms", { n: number(ms, { maximumFractionDigits: 1 }) });
  if (ms < 1000) return t("{n} ms", { n: number(Math.round(ms)) });
  if (seconds < 60)
    return t("{n} s", {
      n: number(seconds, { maximumFractionDigits: 1, minimumFractionDigits: seconds < 10 ? 1 : 0 }),
    });
  return t("{m} min {s} s", { m: Math.floor(seconds / 60), s: Math.floor(seconds % 60) });
}

/** What a lifeline is called. `names` has the names of runs and clients by id, of others by address. */
export function partyName(/** @type {Party} */ party, /** @type {Names | undefined} */ names) {
  if (party.kind === "client") return names?.get(party.client) ?? clientLabel(party.client);
  if (party.kind === "peer") return names?.get(party.address) ?? t("outside");
  const name = names?.get(party.run) ?? (party.program ? fileOf(party) : party.run);
  return party.child === undefined ? name : t("{name}, child {pid}", { name, pid: party.child });
}

/** @type {WeakMap<Transfer, string>} */
const texts = new WeakMap(); // transfer → its payload as text

/** The payload of a transfer as one line of text. */
export function payloadText(/** @type {Transfer} */ item) {
  let text = texts.get(item);
  if (text === undefined) {
    const bytes = fromBase64(item.data);
    text = readable(bytes.subarray(0, 400)).replaceAll("\n", "↵").replaceAll("\t", "⇥");
    if (bytes.length > 400) text = `${text}…`;
    texts.set(item, text);
  }
  return text;
}

function payloadHex(/** @type {Transfer} */ item) {
  const bytes = fromBase64(item.data.slice(0, 64)).subarray(0, 24);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** The call that an event tells of, if it tells of one. */
const callOf = (/** @type {Transfer["events"][number] | undefined} */ event) =>
  event?.type === "call" ? event.call : undefined;

const byTls = (/** @type {Transfer["events"][number]} */ event) =>
  event.type === "call" && event.plain !== undefined;

// A record of TLS begins with its kind, 20 to 23, and a version, 3.0 to 3.4 (RFC 8446, 5.1).
function isRecord(/** @type {Transfer} */ { data }) {
  const [kind, major, minor] = fromBase64(data.slice(0, 4));
  return kind >= 20 && kind <= 23 && major === 3 && minor <= 4;
}

const isTls = (/** @type {Transfer} */ item) =>
  item.what === "segment" && (item.events.some(byTls) || isRecord(item));

/** The label above an arrow. */
export function transferLabel(/** @type {Transfer} */ item, /** @type {Mode} */ mode) {
  if (item.what === "connect")
    return mode === "calls" && callOf(item.events[0]) ? `${callOf(item.events[0])}()` : "SYN";
  if (item.what === "fin") return "FIN";
  if (item.what === "rst") return "RST";
  if (mode === "calls") {
    const calls = [
      ...new Set(
        item.events.map(
          (event) => callOf(event) ?? (event.type === "client.sent" ? "send" : "recv"),
        ),
      ),
    ];
    return calls.join(" → ");
  }
  if (item.bytes === 0) return t("empty");
  if (isTls(item) && (item.data === "" || isRecord(item))) return "TLS";
  return mode === "hex" ? payloadHex(item) : payloadText(item);
}

/** The label below an arrow: how much, how long, or what became of it. */
export const transferNote = (/** @type {Transfer} */ item, /** @type {number} */ now) =>
  transferNotes(item, now)[0];

/** The same, and shorter where there is little room. */
export function transferNotes(/** @type {Transfer} */ item, /** @type {number} */ now) {
  const { state, lostWhy } = stateAt(item, now);
  const size = item.what === "datagram" || item.what === "segment" ? sizeWords(item) : "";
  const note = stateNote(item, state, lostWhy);
  const whole = [size, note].filter(Boolean).join(" · ");
  const matters = state === "lost" || state === "waiting";
  const short = [whole, (matters && note) || size || note];
  if (state !== "waiting") return short;
  return [...short, item.waits === "backlog" ? t("in backlog") : t("waiting")];
}

// How much it is; of a datagram that a small buffer has cut, how much is left.
function sizeWords(/** @type {Transfer} */ item) {
  const { what, bytes, arrivals, sentT, isUnseen } = item;
  if (isUnseen) return tn("{n} byte that we did not see", "{n} bytes that we did not see", bytes);
  if (isTls(item)) return tn("TLS: {n} encrypted byte", "TLS: {n} encrypted bytes", bytes);
  const got = arrivals[0]?.bytes ?? bytes;
  if (what !== "datagram" || sentT === null || got === bytes) return byteCount(bytes);
  return t("{got} of {size}", { got: number(got), size: byteCount(bytes) });
}

function stateNote(
  /** @type {Transfer} */ item,
  /** @type {State["state"]} */ state,
  /** @type {string | null} */ lostWhy,
) {
  if (state === "arrived" && item.sentT !== null && item.arrivals.length === 1) {
    const took = item.arrivals[0].t - item.sentT;
    return took > 2e-6 && item.bytes > 0 ? duration(took) : "";
  }
  if (state === "lost") return lostWords(lostWhy);
  if (state === "waiting")
    return item.waits === "backlog" ? t("waits in the backlog") : t("in the kernel");
  if (state === "partly") return lostWhy ? lostWords(lostWhy) : t("partly read");
  if (state === "unknown") return t("not recorded");
  return "";
}

/** What a read says that took what several sends had given. */
export const joinLabel = (/** @type {Piece} */ { links, a, b }) =>
  `${links.length} send → 1 recv: ${byteCount(b - a)}`;

function lostWords(/** @type {string | null} */ why) {
  /** @type {Record<string, string>} */
  const words = {
    refused: errorWord("refused"),
    closed: t("port closed"),
    overtaken: t("did not arrive"),
    silent: t("did not arrive"),
    nobody: t("nobody to receive it"),
    unread: t("never read"),
    gone: t("never accepted"),
  };
  return words[why ?? ""] ?? why;
}

// What ends a wait without anything having come; other errors have a mark of their own.
const ENDED_BY = new Set(["timeout", "interrupted", "KeyboardInterrupt", "SystemExit"]);

/**
 * What a bar says: the call that waits, for how long, and what ended it if nothing came; with `names`
 * for whom, where it waits for somebody, as for a thing that another thread has.
 * @param {Bar} bar
 * @param {number} now
 * @param {Names} [names]
 */
export function barLabel(bar, now, names) {
  const time = barTime(bar, now);
  const call = waitName(bar);
  const error = bar.end <= now && bar.error && ENDED_BY.has(bar.error) ? errorWord(bar.error) : "";
  const what = names ? whomOf(bar, names) : "";
  if (what) {
    const said =
      bar.end > now
        ? t("waits for {what} · {time}", { what, time })
        : t("waited for {what} · {time}", { what, time });
    return [call === what ? said : `${call} ${said}`, error].filter(Boolean).join(": ");
  }
  if (bar.end > now) return t("{call} waits… {time}", { call, time });
  if (error) return t("{call} waited {time}: {error}", { call, time, error });
  return t("{call} waited {time}", { call, time });
}

/** The same where there is little room. */
export const barShort = (/** @type {Bar} */ bar, /** @type {number} */ now) =>
  `${waitName(bar)} ${barTime(bar, now)}`;

/** How long it lasted, and nothing else. */
export const barTime = (/** @type {Bar} */ bar, /** @type {number} */ now) =>
  duration(Math.min(bar.end, now) - bar.t);

// The thing, the thread or the peer that it waits for.
function whomOf(/** @type {Bar} */ bar, /** @type {Names} */ names) {
  if (!bar.waitsFor) return peerLabel(bar, names);
  return bar.waitsFor.kind === "join" ? visible(bar.waitsFor.other ?? "") : waitName(bar);
}

function waitName(/** @type {Bar} */ { name, waitsFor }) {
  if (!waitsFor) return `${visible(name)}()`;
  return waitsFor.kind === "join" ? "join()" : objectName(waitsFor);
}

/** The label of a call that took no time. */
export function tickLabel(/** @type {Tick | Bar} */ item, /** @type {Mode} */ mode) {
  const event = /** @type {Call} */ (item.events.at(-1));
  const name = visible(item.name);
  if (item.error) return `${name} → ${errorWord(item.error)}`;
  if (event.elsewhere) return `${name}(): ${t("goes on in a child")}`;
  if (mode !== "calls") return `${name}()`;
  const result =
    event.bytes ??
    event.option ??
    event.value ??
    event.how ??
    event.address ??
    event.accepted ??
    event.no_fin;
  return result === undefined ? `${name}()` : `${name} → ${visible(String(result))}`;
}

/** What a mark on a lifeline says. `names` has the names of people by id. */
export function markLabel(
  /** @type {Mark} */ { what, error, call, events },
  /** @type {Names | undefined} */ names,
) {
  const [event] = events;
  const status = event && "exit_status" in event ? event.exit_status : undefined;
  /** @type {Record<string, string>} */
  const words = {
    closed: t("closed its socket"),
    stopping: event && event.type === "run.stopping" ? stopWords(event, names) : "",
    exited:
      status === 0 || status === undefined || status === null
        ? t("ended")
        : t("ended: {status}", { status }),
    crashed: t("crashed"),
    failed: t("did not start"),
  };
  if (what === "blind") return blindWords(event?.type === "blind" ? event.what : unixKind(event));
  if (what !== "error") return words[what] ?? what;
  const word = errorWord(error ?? "");
  return call === undefined ? word : `${visible(call)} → ${word}`;
}

/** What a break in the telling says. */
export function breakLabel(/** @type {Pick<Break, "count">} */ { count }) {
  return count > 0
    ? tn("{n} event was not recorded", "{n} events were not recorded", count)
    : t("events are missing here");
}

// What of unix sockets is not drawn; in old recordings there is no kind.
const unixKind = (/** @type {Mark["events"][number] | undefined} */ event) =>
  event?.type === "call" && event.kind === "stream" ? "stream" : "unix";

const TITLE = 60; // characters of a message by which it is known

/** What happened, in a line: who, to whom, what. `names` has the names of runs by id. */
export function itemTitle(
  /** @type {Item} */ item,
  /** @type {Names} */ names,
  /** @type {number} */ now,
) {
  if (item.kind === "break") return breakLabel(item);
  const name = (/** @type {Party | null | undefined} */ party) =>
    party ? partyName(party, names) : "?";
  if (item.kind === "transfer") {
    const label = cut(transferLabel(item, "text"), TITLE);
    const note = [label, transferNote(item, now)].filter(Boolean).join(" · ");
    return `${name(item.from?.party)} → ${name(item.to?.party)}: ${note}`;
  }
  if (item.kind === "bar") return `${name(item.party)}: ${barLabel(item, now, names)}`;
  if (item.kind === "tick") return `${name(item.party)}: ${tickLabel(item, "calls")}`;
  return `${name(item.party)}: ${markLabel(item, names)}`;
}
