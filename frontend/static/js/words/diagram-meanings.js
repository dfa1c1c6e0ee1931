// What the things in the sequence diagram mean, each in a sentence.

import { t, tn } from "./i18n.js";
import { stateAt } from "../model/transfer-state.js";

/** @import { Bar } from "../model/diagram-bars.js" */
/** @import { Item, Transfer } from "../model/diagram.d.ts" */
/** @import { State } from "../model/transfer-state.js" */

/** What an item means, in a sentence; the page may know better. */
export function explain(/** @type {Item | {kind: "break"}} */ item, /** @type {number} */ now) {
  if (item.kind === "break")
    return t(
      "The program made calls faster than they could be recorded. What became of the transfers around here is not known.",
    );
  if (item.kind === "bar") return explainBar(item, now);
  return item.kind === "transfer" ? explainTransfer(item, now) : "";
}

/** What a wait in a call of the library means. */
export function explainLibrary(/** @type {string | null} */ until) {
  if (until === "others") return t("The thread sleeps until another thread lets it go on.");
  if (until === "loop")
    return t("The coroutine waits; the event loop goes on with others meanwhile.");
  if (until === "line") return t("The thread sleeps in the kernel until a line is typed.");
  if (until === "ready")
    return t(
      "The thread sleeps in the kernel until one of the sockets that it looks after is ready, or time is over.",
    );
  return "";
}

function explainBar(/** @type {Bar} */ { call, until, waitsFor, end }, /** @type {number} */ now) {
  const inLibrary = waitsFor ? "" : explainLibrary(until);
  if (inLibrary) return inLibrary;
  if (waitsFor) return t("The thread sleeps until another thread lets it go on.");
  /** @type {Record<string, string>} */
  const words = {
    accept: t("The thread sleeps in the kernel until a client connects."),
    recvfrom: t("The thread sleeps in the kernel until a datagram comes to its port."),
    recv: t(
      "The thread sleeps in the kernel until bytes come or the other side has finished sending (FIN).",
    ),
    connect: t("The kernel sends SYN and waits for the answer."),
  };
  return (
    words[call] ?? (end > now ? t("The thread sleeps in the kernel until the call returns.") : "")
  );
}

function explainTransfer(/** @type {Transfer} */ item, /** @type {number} */ now) {
  const { state, lostWhy, arrivals } = stateAt(item, now);
  if (item.what === "connect") return explainConnect(state, lostWhy);
  if (item.what === "fin")
    return t(
      "FIN: this side sends no more. The other side's recv() returns 0 bytes once it has read everything before it.",
    );
  if (item.what === "rst")
    return t(
      "RST: the connection ends at once, because bytes were left unread or nobody is there to read them.",
    );
  if (state === "lost" || lostWhy) return explainLost(lostWhy);
  if (state === "unknown")
    return t("Some events were not recorded, so what became of these bytes is not known.");
  if (item.what === "datagram") {
    return state === "waiting"
      ? t("The datagram waits in the receiver's kernel until the program calls recvfrom().")
      : "";
  }
  if (state === "waiting")
    return t("The bytes are in the receiver's kernel. Its program has not read them yet.");
  const fellows = Math.max(0, ...arrivals.map(({ read }) => read?.links.length ?? 0));
  if (fellows > 1)
    return tn(
      "{n} send() became one recv(): TCP is a stream of bytes and keeps no boundaries.",
      "{n} send() became one recv(): TCP is a stream of bytes and keeps no boundaries.",
      fellows,
    );
  if (arrivals.length > 1)
    return tn(
      "One send() became {n} recv(): TCP is a stream of bytes and keeps no boundaries.",
      "One send() became {n} recv(): TCP is a stream of bytes and keeps no boundaries.",
      arrivals.length,
    );
  return "";
}

function explainConnect(/** @type {State["state"]} */ state, /** @type {string | null} */ lostWhy) {
  if (state === "lost" && lostWhy === "refused")
    return t("Nobody listens on that port: the kernel there answered SYN with RST.");
  if (state === "waiting")
    return t(
      "The kernel has made the connection already. It waits in the backlog until the program calls accept(); bytes may be sent meanwhile.",
    );
  return t(
    "SYN, SYN+ACK, ACK: the two kernels have agreed on a connection; accept() takes it from the backlog.",
  );
}

function explainLost(/** @type {string | null} */ why) {
  /** @type {Record<string, string>} */
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
    nobody: t("No known socket receives there. UDP does not report that."),
  };
  return (
    words[why ?? ""] ??
    t(
      "It did not arrive, although somebody waited for it. UDP neither repeats nor reports what is lost.",
    )
  );
}
