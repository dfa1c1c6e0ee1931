// UDP that was taken by recv(), which does not say who has sent it: a socket's buffer is one queue, so
// it is the first datagram on its way there that it can be. No I/O, no page.

/** @import { End, Sent } from "./diagram.d.ts" */
/** @import { Receipt } from "./datagrams.js" */

import { fits } from "./datagrams.js";

const KEPT = 64; // receipts of a socket whose sender may still tell of it

export class UnnamedReceipts {
  /** @type {WeakMap<End, Receipt[]>} */
  #kept = new WeakMap();

  /**
   * Return the datagram that a receipt is of; null: of none that has been told yet.
   * @param {End} to
   * @param {Receipt} receipt
   */
  sentFor(to, receipt) {
    return to.pending.find((sent) => sent.arrivals.length === 0 && fits(sent, receipt)) ?? null;
  }

  /**
   * Keep a receipt until its sender tells of it.
   * @param {End} to
   * @param {Receipt} receipt
   */
  keep(to, receipt) {
    const kept = this.#kept.get(to) ?? [];
    this.#kept.set(to, kept);
    kept.push(receipt);
    if (kept.length > KEPT) kept.shift();
  }

  /**
   * Take out the receipt of a datagram that was told before its sending was.
   * @param {End} to
   * @param {Sent} sent
   */
  takeFor(to, sent) {
    const kept = this.#kept.get(to) ?? [];
    const i = kept.findIndex((receipt) => fits(sent, receipt));
    return i < 0 ? null : kept.splice(i, 1)[0];
  }
}
