// The thread lanes in words.

import { explain, explainLibrary } from "./diagram-meanings.js";
import { duration } from "./diagram-words.js";
import { errorWord, objectName, peerLabel } from "./format.js";
import { number, t, tn } from "./i18n.js";
import { visible } from "../model/text.js";

/** @import { Hold } from "../model/holds.js" */
/** @import { Lane } from "../model/lane-model.js" */
/** @import { Wait } from "../model/waits.js" */
/** @import { Wake } from "../model/wakes.js" */
/** @typedef {ReadonlyMap<string, string>} Names of others, by address */
/** @typedef {{kind: string, object?: number, name?: string, other?: string,
 *   call?: string, until?: string | null}} Thing */

/** @type {Names} */
const NO_NAMES = new Map();

/** What a thread waits for, or holds. */
export function thing(/** @type {Thing} */ what) {
  if (what.kind === "join") return t("the end of {name}", { name: visible(what.other ?? "") });
  const name = shortThing(what);
  return what.until === "notify" ? t("notification of {what}", { what: name }) : name;
}

/** The same where there is little room. */
export function shortThing(/** @type {Thing} */ what) {
  if (what.kind === "join") return visible(what.other ?? "");
  return what.kind === "call" ? `${visible(what.name ?? what.call ?? "")}()` : objectName(what);
}

/**
 * What a thread waits for, and who is at the other end, where there is little room.
 * @param {Wait} wait
 * @param {Names} [names] of those at other ends
 */
export const waitName = (wait, names = NO_NAMES) =>
  [shortThing(wait.what), peerLabel(wait, names)].filter(Boolean).join(" · ");

/**
 * A wait in words, at a time.
 * @param {Wait} wait
 * @param {number} now
 * @param {Names} [names] of those at other ends
 */
export function waitLabel(wait, now, names = NO_NAMES) {
  const { t: from, end, how } = wait;
  const time = duration(Math.min(end, now) - from);
  const what = [thing(wait.what), peerLabel(wait, names)].filter(Boolean).join(" · ");
  if (end > now) return t("waits for {what} · {time}", { what, time });
  const words = t("waited for {what} · {time}", { what, time });
  return how === "timeout" || how === "interrupted" ? `${words} · ${errorWord(how)}` : words;
}

/** A hold in words, at a time. */
export function holdLabel(/** @type {Hold} */ hold, /** @type {number} */ now) {
  const time = duration(Math.min(hold.end, now) - hold.t);
  const what = thing(hold);
  return hold.end > now
    ? t("holds {what} · {time}", { what, time })
    : t("held {what} · {time}", { what, time });
}

/** Who let whom go on. */
export function wakeLabel(/** @type {Wake} */ { from, to, why }) {
  const who = visible(from.thread);
  if (why === "nobody") return `${who}: ${t("notify() woke nobody")}`;
  const name = visible(to.thread);
  return why === "start"
    ? `${who} ${t("starts {name}", { name })}`
    : `${who} ${t("woke {name}", { name })}`;
}

/** What is not kept any more, in a line: threads, and other things. */
export const forgottenLabel = (
  /** @type {{threads: number, objects: number, holds: number}} */ { threads, objects, holds },
) =>
  [
    threads > 0 && tn("+{n} ended thread", "+{n} ended threads", threads),
    objects > 0 && tn("+{n} older object", "+{n} older objects", objects),
    holds > 0 && tn("+{n} older hold", "+{n} older holds", holds),
  ]
    .filter(Boolean)
    .join(" · ");

/** What stands at the end of what is kept. */
export const cutLabel = () => t("earlier: not kept");

/** That a thing is drawn for others, too, which have no room of their own. */
export const moreLabel = (/** @type {string} */ title, /** @type {number} */ more) =>
  more > 0 ? t("{what} · and {n} more here: zoom in", { what: title, n: number(more) }) : title;

/** What an item of the lanes means, at a time. */
export function explainLane(
  /** @type {{kind: string, of: any, lane?: Lane}} */ { kind, of, lane },
  /** @type {number} */ now,
) {
  if (kind === "break") return explain({ kind }, of.t);
  if (kind === "hold" && of.end > now && lane && lane.endT <= now)
    return t("The thread has ended and has not released it: whoever wants it waits.");
  /** @type {Record<string, string>} */
  const words = {
    join: t("The thread sleeps until the other one has ended."),
    call: t("The thread sleeps in the kernel until the call returns."),
    wait: t("The thread sleeps: what it waits for belongs to another thread now."),
    hold: t("The thread has it; others that want it wait."),
    life: t("The thread is running or ready to run: only one at a time executes Python (GIL)."),
    wake: t("One thread lets the other go on."),
    cut: t("There was too much to keep: the oldest waits, holds and wakes are forgotten."),
  };
  if (of.what?.until === "notify")
    return t("The thread sleeps until another thread calls notify().");
  if (of.what?.kind === "Event") return t("The thread sleeps until another thread calls set().");
  const inLibrary = explainLibrary(of.what?.until ?? null);
  if (inLibrary) return inLibrary;
  return words[of.what?.kind] ?? words[kind] ?? "";
}
