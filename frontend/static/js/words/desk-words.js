// A desk in words: what happened there last, what waits and for how long.

import { duration } from "./diagram-words.js";
import { describe } from "./event-words.js";
import { t, tn } from "./i18n.js";
import { fileOf } from "../model/new-run.js";
import { visible } from "../model/text.js";

/** @import { DeskSummary, EventBrief, Wait } from "../model/desk-summary.d.ts" */
/** @import { countsOf } from "../model/desks.js" */

/**
 * What happened last: who, what, and what was said.
 * @param {Pick<DeskSummary, "last" | "runs">} desk
 */
export function lastWords({ last, runs }) {
  if (last === null) return { text: t("Nothing has happened here yet."), tone: "quiet" };
  const names = new Map(runs.map((run) => [run.id, run.program ? fileOf(run) : run.id]));
  const { who, what, payload, tone } = describe(last, { names, transport: null });
  return { text: [who, what, payload].filter(Boolean).join(" "), tone };
}

/** How long ago that was, in seconds as long as it matters. */
export function agoWords(/** @type {EventBrief} */ { at }, /** @type {number} */ now) {
  const seconds = Math.max(0, Math.floor(now - at));
  if (seconds < 60) return t("{n} s ago", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? t("{n} min ago", { n: minutes })
    : t("{n} h ago", { n: Math.floor(minutes / 60) });
}

/** What waits, and for how long. */
export function waitWords(/** @type {Wait} */ wait, /** @type {number} */ now) {
  const what = wait.object === null ? `${wait.what}()` : wait.what;
  const seconds = Math.max(1, Math.floor(now - wait.since));
  const time = seconds < 60 ? t("{n} s", { n: seconds }) : duration(seconds);
  return `${what} ${time}`;
}

/** Where it waits: the line of the program. */
export const placeWords = (/** @type {Wait} */ { file, line }) =>
  file === null ? "" : `${visible(file.split("/").at(-1) ?? file)}:${line}`;

/** How the class is, in a line. */
export function countWords(/** @type {ReturnType<typeof countsOf>} */ counts) {
  const { all, here, running, failed } = counts;
  return {
    here: t("{here} of {all} here", { here, all }),
    running: tn("{n} desk runs something", "{n} desks run something", running),
    failed: failed > 0 ? tn("{n} with an error", "{n} with an error", failed) : "",
  };
}
