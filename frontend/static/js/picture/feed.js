// What pictures are told of a history: the events of their lab, and where some are missing.

import { belongsHere } from "../model/lab-view.js";

/** @import { Entry } from "../model/history.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { RoomEvent } from "../model/types.d.ts" */
/** @typedef {{take(events: RoomEvent[]): void, missed(count: number): void}} Fed */

/**
 * Tell pictures the entries of the history that belong here; return the times of those events,
 * and whether a take began with the first of them. Who has heard of a run in `heardOf` hears its end,
 * though it does not belong here any more.
 * @param {readonly Fed[]} pictures
 * @param {readonly Entry[]} entries
 * @param {Pick<LabView, "names" | "runs" | "board">} view
 * @param {{has(run: unknown): boolean}} heardOf
 */
export function feed(pictures, entries, view, heardOf) {
  /** @type {{times: number[], isNew: boolean}} */
  const told = { times: [], isNew: false };
  /** @type {RoomEvent[]} */
  let events = [];
  const takeThem = () => {
    if (events.length > 0) for (const picture of pictures) picture.take(events);
    events = [];
  };
  for (const entry of entries) {
    if (entry.type === "gap") {
      takeThem();
      for (const picture of pictures) picture.missed(entry.missed);
    } else if (belongsHere(entry, view) || ("run" in entry && heardOf.has(entry.run))) {
      events.push(entry);
      if (entry.type === "take.began") Object.assign(told, { times: [], isNew: true });
      told.times.push(entry.t);
    }
  }
  takeThem();
  return told;
}
