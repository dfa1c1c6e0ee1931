// What has become of a transfer at a time: on its way, waiting in the kernel, arrived, lost.

/** @import { Arrival, Transfer } from "./diagram.d.ts" */
/**
 * What has become of it: states of stateAt().
 * @typedef {{state: "arrived" | "partly" | "waiting" | "lost" | "sent" | "unknown",
 *   arrivals: Arrival[], lostWhy: string | null}} State
 */

const EXPECT_S = 1; // a receiver that waits gets a datagram within this time, or never

/** The time from which on a transfer counts as lost, while nothing else is told; else Infinity. */
export function lostFrom(/** @type {Transfer} */ transfer) {
  if (transfer.lostT !== Infinity) return transfer.lostT;
  if (transfer.what !== "datagram" || transfer.sentT === null || transfer.uncertain)
    return Infinity;
  const { to } = transfer;
  if (to?.transport === "unix") return Infinity; // it is in the receiver's queue
  if (to === null || to.party === null) return transfer.sentT + EXPECT_S;
  if (!to.known || to.receivingSince === null) return Infinity;
  return Math.max(transfer.sentT, to.receivingSince) + EXPECT_S;
}

/**
 * The state at a time: {state, arrivals, lostWhy}. States: "arrived", "partly" (some of the bytes
 * are read), "waiting" (in the receiver's kernel), "lost", "sent" (to somebody who tells nothing),
 * "unknown" (what came of it was not told).
 * @param {Transfer} transfer
 * @param {number} now seconds
 * @returns {State}
 */
export function stateAt(transfer, now) {
  const arrivals = transfer.arrivals.filter(({ t }) => t <= now);
  if (arrivals.length > 0) {
    const read = arrivals.reduce((sum, { from = 0, to = 0 }) => sum + to - from, 0);
    const whole = transfer.what !== "segment" || transfer.sentT === null || read >= transfer.bytes;
    if (whole) return { state: "arrived", arrivals, lostWhy: null };
    const lost = transfer.lostT <= now;
    const taken = (transfer.takenT ?? Infinity) <= now;
    return {
      state: lost || taken ? "arrived" : "partly",
      arrivals,
      lostWhy: lost ? transfer.lostWhy : null,
    };
  }
  if (transfer.uncertain || (transfer.takenT ?? Infinity) <= now)
    return { state: "unknown", arrivals, lostWhy: null };
  if (transfer.what === "fin" && transfer.lostT <= now)
    return { state: "sent", arrivals, lostWhy: null };
  if (lostFrom(transfer) <= now) {
    return { state: "lost", arrivals, lostWhy: transfer.lostWhy ?? whyLost(transfer) };
  }
  const isOutside = transfer.to?.party?.kind === "peer" && !transfer.to.known;
  if (isOutside || (transfer.to?.passedOnT ?? Infinity) <= now) {
    return { state: "sent", arrivals, lostWhy: null };
  }
  return { state: "waiting", arrivals, lostWhy: null };
}

function whyLost(/** @type {Transfer} */ { to }) {
  return to === null || to.party === null ? "nobody" : "silent";
}
