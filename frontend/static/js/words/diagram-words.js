// The sequence diagram in words: names, labels, and what the things in it mean.

import { byteCount, clientLabel } from "./format.js";
import { number, t, tn } from "./i18n.js";
import { fromBase64, readable } from "../model/payload.js";
import { stateAt } from "../model/transfer-state.js";

/** A length of time as people read it: 0.08 ms, 12 ms, 4.2 s, 1 min 5 s. */
export function duration(seconds) {
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

/** What a lifeline is called. `names` has the names of runs by id. */
export function partyName(party, names) {
  if (party.kind === "client") return clientLabel(party.client);
  if (party.kind === "peer") return t("outside");
  return names?.get(party.run) ?? (party.program ? `${party.program}.py` : party.run);
}

const texts = new WeakMap(); // transfer → its payload as text

/** The payload of a transfer as one line of text. */
export function payloadText(item) {
  let text = texts.get(item);
  if (text === undefined) {
    const bytes = fromBase64(item.data);
    text = readable(bytes.subarray(0, 400)).replaceAll("\n", "↵").replaceAll("\t", "⇥");
    if (bytes.length > 400) text = `${text}…`;
    texts.set(item, text);
  }
  return text;
}

function payloadHex(item) {
  const bytes = fromBase64(item.data.slice(0, 64)).subarray(0, 24);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

const callOf = (item, index) => item.events[index]?.call;

/** The label above an arrow. */
export function transferLabel(item, mode) {
  if (item.what === "connect")
    return mode === "calls" && callOf(item, 0) ? `${callOf(item, 0)}()` : "SYN";
  if (item.what === "fin") return "FIN";
  if (item.what === "rst") return "RST";
  if (mode === "calls") {
    const calls = [
      ...new Set(
        item.events.map((event) => event.call ?? (event.type === "client.sent" ? "send" : "recv")),
      ),
    ];
    return calls.join(" → ");
  }
  if (item.bytes === 0) return t("empty");
  return mode === "hex" ? payloadHex(item) : payloadText(item);
}

/** The label below an arrow: how much, how long, or what became of it. */
export const transferNote = (item, now) => transferNotes(item, now)[0];

/** The same, and shorter where there is little room. */
export function transferNotes(item, now) {
  const { state, lostWhy } = stateAt(item, now);
  const size = item.what === "datagram" || item.what === "segment" ? byteCount(item.bytes) : "";
  const note = stateNote(item, state, lostWhy);
  const whole = [size, note].filter(Boolean).join(" · ");
  const matters = state === "lost" || state === "waiting";
  return [whole, (matters && note) || size || note];
}

function stateNote(item, state, lostWhy) {
  if (state === "arrived" && item.sentT !== null && item.arrivals.length === 1) {
    const took = item.arrivals[0].t - item.sentT;
    return took > 2e-6 && item.bytes > 0 ? duration(took) : "";
  }
  if (state === "lost") return lostWords(lostWhy);
  if (state === "waiting")
    return item.waits === "backlog" ? t("waits in the backlog") : t("in the kernel");
  if (state === "partly") return lostWhy ? lostWords(lostWhy) : t("partly read");
  if (state === "unknown") return t("not told");
  return "";
}

/** What a read says that took what several sends had given. */
export const joinLabel = ({ links, a, b }) => `${links.length} send → 1 recv: ${byteCount(b - a)}`;

function lostWords(why) {
  const words = {
    refused: t("refused"),
    closed: t("port closed"),
    overtaken: t("did not arrive"),
    silent: t("did not arrive"),
    nobody: t("nobody there"),
    unread: t("never read"),
    gone: t("never accepted"),
  };
  return words[why] ?? why;
}

// What Ctrl+C, or "Stop", makes of a call and of a wait for another thread.
const INTERRUPTED = new Set(["KeyboardInterrupt", "SystemExit", "interrupted"]);

/** What a bar says: the call that waits, for how long, and what ended it if nothing came. */
export function barLabel(bar, now) {
  const end = Math.min(bar.end, now);
  const took = duration(end - bar.t);
  const what = waitName(bar);
  if (bar.end > now) return t("{call} waits… {time}", { call: what, time: took });
  if (bar.error === "timeout")
    return t("{call} waited {time}: timeout", { call: what, time: took });
  if (INTERRUPTED.has(bar.error))
    return t("{call} waited {time}: interrupted", { call: what, time: took });
  return t("{call} waited {time}", { call: what, time: took });
}

/** The same where there is little room. */
export const barShort = (bar, now) => `${waitName(bar)} ${barTime(bar, now)}`;

/** How long it lasted, and nothing else. */
export const barTime = (bar, now) => duration(Math.min(bar.end, now) - bar.t);

function waitName({ call, waitsFor }) {
  if (!waitsFor) return `${call}()`;
  return waitsFor.kind === "join" ? "join()" : `${waitsFor.kind} #${waitsFor.object}`;
}

/** The label of a call that took no time. */
export function tickLabel(item, mode) {
  const event = item.events.at(-1);
  if (item.error) return `${item.call} → ${item.error}`;
  if (mode !== "calls") return `${item.call}()`;
  const result =
    event.bytes ?? event.option ?? event.value ?? event.how ?? event.address ?? event.accepted;
  return result === undefined ? `${item.call}()` : `${item.call} → ${result}`;
}

/** What a mark on a lifeline says. */
export function markLabel({ what, error, call, events, party }, names) {
  if (what === "born") return `${partyName(party, names)} ${party.address}`;
  const status = events[0]?.exit_status;
  const words = {
    closed: t("closed its socket"),
    stopping: t("asked to stop"),
    exited:
      status === 0 || status === undefined || status === null
        ? t("ended")
        : t("ended: {status}", { status }),
    crashed: t("crashed"),
    failed: t("did not start"),
  };
  if (what !== "error") return words[what] ?? what;
  return call === undefined ? error : `${call} → ${error}`;
}

/** What a break in the telling says. */
export function breakLabel({ count }) {
  return count > 0
    ? tn("{n} event was not told", "{n} events were not told", count)
    : t("events are missing here");
}

/** What happened, in a line: who, to whom, what. `names` has the names of runs by id. */
export function itemTitle(item, names, now) {
  if (item.kind === "break") return breakLabel(item);
  const name = (party) => (party ? partyName(party, names) : "?");
  if (item.kind === "transfer") {
    const note = [transferLabel(item, "text"), transferNote(item, now)].filter(Boolean).join(" · ");
    return `${name(item.from?.party)} → ${name(item.to?.party)}: ${note}`;
  }
  const says = {
    bar: () => barLabel(item, now),
    tick: () => tickLabel(item, "calls"),
    mark: () => markLabel(item, names),
  };
  return `${name(item.party)}: ${says[item.kind]()}`;
}

/** What an item means, in a sentence; the page may know better. */
export function explain(item, now) {
  if (item.kind === "break")
    return t(
      "The program made calls faster than they could be told. What came of the transfers around here is not known.",
    );
  if (item.kind === "bar") return explainBar(item, now);
  return item.kind === "transfer" ? explainTransfer(item, now) : "";
}

function explainBar({ call, waitsFor, end }, now) {
  if (waitsFor) return t("The thread sleeps until another thread lets it go on.");
  const words = {
    accept: t("The thread sleeps in the kernel until a client connects."),
    recvfrom: t("The thread sleeps in the kernel until a datagram comes to its port."),
    recv: t("The thread sleeps in the kernel until bytes come, or the other side ends the stream."),
    connect: t("The kernel sends SYN and waits for the answer."),
  };
  return (
    words[call] ?? (end > now ? t("The thread sleeps in the kernel until the call returns.") : "")
  );
}

function explainTransfer(item, now) {
  const { state, lostWhy, arrivals } = stateAt(item, now);
  if (item.what === "connect") return explainConnect(state, lostWhy);
  if (item.what === "fin")
    return t(
      "FIN: this side sends no more. The other side’s recv() returns 0 bytes once it has read everything before it.",
    );
  if (item.what === "rst")
    return t(
      "RST: the connection is ended at once, because there were unread bytes or nobody to read them.",
    );
  if (state === "lost" || lostWhy) return explainLost(lostWhy);
  if (state === "unknown")
    return t("Some events were not told, so it is not known what came of these bytes.");
  if (item.what === "datagram") {
    return state === "waiting"
      ? t("The datagram waits in the receiver’s kernel until the program calls recvfrom().")
      : "";
  }
  if (state === "waiting")
    return t("The bytes are in the receiver’s kernel. Its program has not read them yet.");
  const fellows = Math.max(0, ...arrivals.map(({ read }) => read?.links.length ?? 0));
  if (fellows > 1)
    return tn(
      "{n} send() became one recv(): TCP is a stream and keeps no boundaries.",
      "{n} send() became one recv(): TCP is a stream and keeps no boundaries.",
      fellows,
    );
  if (arrivals.length > 1)
    return tn(
      "One send() became {n} recv(): TCP is a stream and keeps no boundaries.",
      "One send() became {n} recv(): TCP is a stream and keeps no boundaries.",
      arrivals.length,
    );
  return "";
}

function explainConnect(state, lostWhy) {
  if (state === "lost" && lostWhy === "refused")
    return t("Nobody listens on that port: the kernel there answered SYN with RST.");
  if (state === "waiting")
    return t(
      "The kernel has made the connection already. It waits in the backlog until the program calls accept(); bytes may be sent meanwhile.",
    );
  return t(
    "SYN, SYN-ACK, ACK: the two kernels have agreed on a connection; accept() takes it from the backlog.",
  );
}

function explainLost(why) {
  const words = {
    refused: t(
      "Nobody receives on that port: the kernel there answered with ICMP port unreachable.",
    ),
    closed: t("The socket there was closed already: the kernel threw the bytes away."),
    unread: t(
      "The socket was closed with these bytes unread: the kernel threw them away and sent RST.",
    ),
    overtaken: t(
      "A later datagram was received before it: UDP neither repeats nor reports what is lost.",
    ),
    nobody: t("No socket that is known of receives there. UDP does not report that."),
  };
  return (
    words[why] ??
    t(
      "It did not arrive, although somebody waited for it. UDP neither repeats nor reports what is lost.",
    )
  );
}
