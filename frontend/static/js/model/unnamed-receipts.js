// Receipts that do not say who has sent them: recv() of a socket that is not connected, and whatever takes
// what a unix socket without a name has sent. A socket's buffer is one queue, so it is the first datagram on
// its way there that it can be. No I/O, no page.

/** @import { End, Sent, Transfer } from "./diagram.d.ts" */
/** @import { Receipt } from "./datagrams.js" */
/** @typedef {{receipt: Receipt, shown: Transfer | null}} Kept `shown`: what is drawn of it meanwhile */

import { fits, indexFor } from "./datagrams.js";

const KEPT = 64; // receipts of a socket whose sender may still tell of it
const NAMING = new Set(["recvfrom", "recvfrom_into", "recvmsg", "recvmsg_into"]);

export class UnnamedReceipts {
  /** @type {WeakMap<End, Kept[]>} */
  #kept = new WeakMap();

  /**
   * Return the datagram that a receipt is of; null: of none that has been told yet.
   * @param {End} to
   * @param {Receipt} receipt
   */
  sentFor(to, receipt) {
    const waiting = to.pending.filter(({ arrivals }) => arrivals.length === 0);
    return waiting[indexFor(waiting, (sent) => isOf(sent, receipt, to))] ?? null;
  }

  /**
   * Keep a receipt until its sender tells of it.
   * @param {End} to
   * @param {Kept} one
   */
  keep(to, one) {
    const kept = this.#kept.get(to) ?? [];
    this.#kept.set(to, kept);
    kept.push(one);
    if (kept.length > KEPT) kept.shift();
  }

  /**
   * Take out the receipt of a datagram that was told before its sending was.
   * @param {End} to
   * @param {Sent} sent
   */
  takeFor(to, sent) {
    const kept = this.#kept.get(to) ?? [];
    const i = kept.findIndex(({ receipt }) => isOf(sent, receipt, to));
    return i < 0 ? null : kept.splice(i, 1)[0];
  }
}

/**
 * Whether a receipt can be of this datagram. Of a unix socket some calls say the sender's name, or that
 * it has none.
 * @param {Sent} sent
 * @param {Receipt} receipt
 * @param {End} to
 */
function isOf(sent, receipt, to) {
  if (!fits(sent, receipt)) return false;
  const [{ event: got }, [sending]] = [receipt, sent.events];
  if (to.transport !== "unix" || got.type !== "call" || !NAMING.has(got.call)) return true;
  return sending.type === "call" && (sending.local ?? "") === (got.peer ?? "");
}
