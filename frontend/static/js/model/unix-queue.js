// The queue of a unix socket: nothing in it is lost, but its receiver may take it by a way that is not
// told, and whoever sends waits while it is full. No I/O, no page.

/** @import { End, Sent } from "./diagram.d.ts" */
/** @import { Look } from "./datagrams.js" */

import { bySending, isGone, QUEUE_LIMIT } from "./datagrams.js";
import { insert } from "./sorted.js";

const WAITED_S = 0.002; // a call that took longer has waited

/**
 * Note what of the queue of a unix socket must have been taken by a way that is not told: what the same
 * thread had sent before the datagram that a call got, and what was there when it found nothing. Returns
 * that. Nothing of it is lost.
 * @param {End} end
 * @param {Look} look
 * @param {Sent | null} taken
 */
export function passUnseen(end, { t, emptyFrom = -Infinity }, taken) {
  end.pending = end.pending.filter(({ arrivals }) => arrivals.length === 0);
  const isBefore = (/** @type {Sent} */ each) =>
    taken
      ? each.sentT < taken.sentT && threadOf(each) === threadOf(taken)
      : each.events[0].t < emptyFrom;
  const passed = end.pending.filter((each) => !isGone(each) && isBefore(each));
  for (const each of passed) each.takenT = t;
  return passed;
}

/** @param {Sent} sent */
const threadOf = ({ events: [event] }) =>
  event.type === "call" ? `${event.run}/${event.child}/${event.tid}` : "";

/**
 * When a datagram left that its sender gave to the kernel by a call from enterT to t: at once, or, where
 * the receiver's queue was full, at its end.
 * @param {number} enterT
 * @param {number} t
 */
export const departure = (enterT, t) =>
  t - enterT < WAITED_S ? {} : { t, sentT: t, askedT: enterT };

/**
 * Put a datagram into the queue of whom it is sent to.
 * @param {End} to
 * @param {Sent} transfer
 */
export function enqueue({ pending }, transfer) {
  insert(pending, transfer, bySending);
  if (pending.length > QUEUE_LIMIT) pending.shift();
}
