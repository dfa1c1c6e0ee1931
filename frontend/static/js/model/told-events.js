// A message of the timeline, read: the events that it holds, each with what is wrong with it. One that
// is not what it should be costs itself alone. Pure.

import { faultOf, isNumber, isObject, isText } from "./event-shapes.js";

/** @import { Gap, RoomEvent } from "./types.d.ts" */
/**
 * `fault` is "json", or the name of the field that is wrong; `seq` the number of what cannot be shown,
 * if it has one.
 * @typedef {{event: RoomEvent | Gap, fault: null} | {fault: string, seq: number | null}} ToldEvent
 */

const MOST_AHEAD = 1e6; // a number is so far ahead of the last one only where a gap says so

/**
 * Read a message that comes after the event with the number `last`; 0: after none.
 * @param {string} data
 * @param {number} last
 * @returns {ToldEvent[]}
 */
export function readTold(data, last) {
  let before = last;
  return parsed(data).map((told) => {
    const fault = isObject(told) && told.type === "gap" ? gapFault(told) : faultOf(told);
    const known = isObject(told) && isNumber(told.seq) ? Number(told.seq) : 0;
    const isAhead = known - before > MOST_AHEAD;
    if (fault !== null || isAhead) {
      const isNumbered = Number.isInteger(known) && known > 0 && !isAhead;
      return { fault: fault ?? "seq", seq: isNumbered ? known : null };
    }
    const event = /** @type {RoomEvent | Gap} */ (told);
    before = event.type === "gap" ? event.next - 1 : event.seq;
    return { event, fault: null };
  });
}

/** @returns {unknown[]} */
function parsed(/** @type {string} */ data) {
  try {
    return [JSON.parse(data)].flat();
  } catch {
    return [null];
  }
}

const gapFault = (/** @type {Record<string, unknown>} */ { after, next, missed, epoch }) =>
  [after, next, missed].every(isNumber) && isText(epoch) ? null : "gap";
