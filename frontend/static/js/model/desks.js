// The desks of a class, from their summaries: in which order, which of them need a look. Pure.

/** @import { DeskSummary } from "./desk-summary.d.ts" */
/** @typedef {"bad" | "on" | "idle"} Tone how a desk is: something failed there, something runs, nothing does */
/** @typedef {ReadonlyMap<string, DeskSummary>} Desks by id */

import { numberOf } from "./people.js";
import { hasEnded } from "./room-state.js";

const FAILED = Object.freeze(["crashed", "failed"]);

/**
 * The desks after news of some of them, in the order in which their people came: a desk stays where it
 * is, so that one finds it again.
 * @param {Desks} desks
 * @param {readonly DeskSummary[]} news
 * @returns {Desks}
 */
export function withNews(desks, news) {
  const now = new Map(desks);
  for (const each of news) {
    if (each.gone) now.delete(each.desk);
    else now.set(each.desk, each);
  }
  const number = (/** @type {DeskSummary} */ { person }) => numberOf(person) ?? 0;
  return new Map([...now].sort(([, a], [, b]) => number(a) - number(b)));
}

/**
 * How a desk is. What has failed counts until something runs in its place.
 * @param {Pick<DeskSummary, "runs">} desk
 * @returns {Tone}
 */
export function toneOf({ runs }) {
  if (runs.some(({ state }) => FAILED.includes(state))) return "bad";
  return runs.some((run) => !hasEnded(run)) ? "on" : "idle";
}

/**
 * How many there are, are here, have something running, have a failure.
 * @param {Desks} desks
 */
export function countsOf(desks) {
  const all = [...desks.values()];
  return {
    all: all.length,
    here: all.filter(({ online }) => online).length,
    running: all.filter(({ runs }) => runs.some((run) => !hasEnded(run))).length,
    failed: all.filter((desk) => toneOf(desk) === "bad").length,
  };
}

/**
 * What of a desk to look at first: a lab that runs there, or the last that did.
 * @param {Pick<DeskSummary, "runs">} desk
 */
export const labOf = ({ runs }) => runs.find(({ lab }) => lab !== "")?.lab ?? null;

/**
 * All summaries of an answer over plain HTTP as news: those that are no more are said to be gone.
 * @param {Iterable<DeskSummary>} before
 * @param {readonly DeskSummary[]} now
 */
export function asNews(before, now) {
  const there = new Set(now.map(({ desk }) => desk));
  const gone = [...before].filter(({ desk }) => !there.has(desk));
  return [...now, ...gone.map((desk) => ({ ...desk, gone: true }))];
}
