// What a thread did, or did to a lock: a step in words.

import { t } from "./i18n.js";
import { errorWord, objectName } from "./format.js";

/** @import { Sync, Thread } from "../model/types.d.ts" */

/** @type {Readonly<Record<string, (values: {thread: string, other: string, call: string}) => string>>} */
const OF_THREADS = Object.freeze({
  starts: (values) => t("{thread}: starts {other}", values),
  began: (values) => t("{thread}: began", values),
  ended: (values) => t("{thread}: ended", values),
  joins: (values) => t("{thread}: joins {other}", values),
  joined: (values) => t("{thread}: joined {other}", values),
  sleeps: (values) => t("{thread}: sleeps", values),
  slept: (values) => t("{thread}: slept", values),
  waits: (values) => t("{thread}: waits {call}", values),
  waited: (values) => t("{thread}: waited {call}", values),
  failed: (values) => t("{thread}: failed", values),
});

/** @type {Readonly<Record<string, (values: {thread: string, object: string}) => string>>} */
const OF_OBJECTS = Object.freeze({
  made: (values) => t("{thread}: {object} made", values),
  waiting: (values) => t("{thread}: {object} waiting", values),
  acquired: (values) => t("{thread}: {object} acquired", values),
  missed: (values) => t("{thread}: {object} missed", values),
  timeout: (values) => t("{thread}: {object} timeout", values),
  interrupted: (values) => t("{thread}: {object} interrupted", values),
  released: (values) => t("{thread}: {object} released", values),
  set: (values) => t("{thread}: {object} set", values),
  cleared: (values) => t("{thread}: {object} cleared", values),
  notified: (values) => t("{thread}: {object} notified", values),
  woken: (values) => t("{thread}: {object} woken", values),
  failed: (values) => t("{thread}: {object} failed", values),
});

/** What a thread did. */
export function threadStep(/** @type {Thread} */ step) {
  const { thread, event, other = "", until, call, error } = step;
  if (isInVain(step)) return inVain(step);
  return said(OF_THREADS, event, {
    thread,
    other,
    call: until && !error ? `${call}()` : "",
  }).trimEnd();
}

const isInVain = (/** @type {Thread} */ { event, ended, error }) =>
  (event === "waited" && error) || (/^(?:joined|slept)$/.test(event) && ended === false);

// A wait that ended before what it was for: time was over, or an exception came.
function inVain(/** @type {Thread} */ { thread, event, other, call, error }) {
  const waited = event === "joined" ? `join(${other})` : `${call ?? "time.sleep"}()`;
  const how = (error ?? "timeout") === "timeout" && event !== "slept" ? "timeout" : "interrupted";
  const words = said(OF_OBJECTS, how, { thread, object: waited });
  const isNamed = error && how !== "timeout" && errorWord(error) === error;
  return isNamed ? `${words} → ${error}` : words;
}

/** What a thread did to a lock, semaphore, event or condition. */
export const syncStep = (/** @type {Sync} */ { thread, event, ...object }) =>
  said(OF_OBJECTS, event, { thread, object: objectName(object) });

// What a file holds may be a step of no kind, and one of the name `constructor`.
/**
 * @template Values
 * @param {Readonly<Record<string, (values: Values) => string>>} words
 * @param {string} step
 * @param {Values & {thread: string}} values
 */
const said = (words, step, values) =>
  Object.hasOwn(words, step) ? words[step](values) : `${values.thread}: ${step}`;
