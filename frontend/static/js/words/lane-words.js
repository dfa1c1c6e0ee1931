// The thread lanes in words.

import { duration, explain } from "./diagram-words.js";
import { t } from "./i18n.js";

/** What a thread waits for, or holds. */
export function thing({ kind, object, other, call, until }) {
  if (kind === "join") return t("ends of {name}", { name: other });
  if (kind === "call") return `${call}()`;
  const name = t("{kind} #{n}", { kind, n: object });
  return until === "notify" ? t("notification of {what}", { what: name }) : name;
}

/** The short name of an object, for where there is little room. */
export const shortThing = ({ kind, object, other, call }) =>
  kind === "join" ? (other ?? "") : kind === "call" ? `${call}()` : `${kind} #${object}`;

/** A wait in words, at a time. */
export function waitLabel({ t: from, end, what }, now) {
  const time = duration(Math.min(end, now) - from);
  return end > now
    ? t("waits for {what} · {time}", { what: thing(what), time })
    : t("waited for {what} · {time}", { what: thing(what), time });
}

/** A hold in words, at a time. */
export function holdLabel(hold, now) {
  const time = duration(Math.min(hold.end, now) - hold.t);
  const what = thing(hold);
  return hold.end > now
    ? t("holds {what} · {time}", { what, time })
    : t("held {what} · {time}", { what, time });
}

/** Who let whom go on. */
export const wakeLabel = ({ from, to, why }) =>
  why === "start"
    ? `${from.thread} ${t("starts {name}", { name: to.thread })}`
    : `${from.thread} ${t("woke {name}", { name: to.thread })}`;

/** What an item of the lanes means. */
export function explainLane({ kind, of }) {
  if (kind === "break") return explain({ kind }, of.t);
  const words = {
    join: t("The thread sleeps until the other one has ended."),
    call: t("The thread sleeps in the kernel until the call returns."),
    wait: t("The thread sleeps: what it waits for belongs to another thread now."),
    hold: t("The thread has it; the others who want it wait."),
    life: t("The thread is ready to run, or runs: only one at a time executes Python (GIL)."),
    wake: t("One thread lets the other go on."),
  };
  if (of.what?.until === "notify")
    return t("The thread sleeps until another thread calls notify().");
  if (of.what?.kind === "Event") return t("The thread sleeps until another thread calls set().");
  return words[of.what?.kind] ?? words[kind] ?? "";
}
