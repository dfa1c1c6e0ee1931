// UDP to many at once, by multicast or broadcast: one sending, an arrow to each who got it. The first
// goes where any datagram to that port would; receipts of others are looked for here. No I/O, no page.

/** @import { Arrival, End, Sent, Transfer } from "./diagram.d.ts" */

/** @typedef {{transfer: Sent, heard: Set<End>}} Sending */

import { parse } from "./address.js";
import { fits } from "./datagrams.js";

const KEPT = 16; // sendings of a socket to which a receipt may still belong
const KEPT_OF_ALL = 64;

/**
 * Whether a datagram to this address may have several receivers (RFC 5771, RFC 4291 2.7; of a
 * network's own broadcast address the mask is not known: those that end with 255 are taken).
 * @param {string} address
 */
export function isGroup(address) {
  const { host } = parse(address);
  const [first] = host.split(".").map(Number);
  return (first >= 224 && first <= 239) || host.endsWith(".255") || /^ff..:/i.test(host);
}

export class GroupSendings {
  /** @type {WeakMap<End, Sending[]>} */
  #sendings = new WeakMap();
  /** @type {Sending[]} */
  #last = []; // of all sockets

  /**
   * Take a datagram that was sent; returns the receipts of others that were told before it.
   * @param {Sent} transfer
   * @param {End} from
   * @param {End} to
   */
  send(transfer, from, to) {
    const heard = new Set([to]);
    const sendings = this.#sendings.get(from) ?? [];
    this.#sendings.set(from, sendings);
    const sending = { transfer, heard };
    for (const [list, most] of /** @type {const} */ ([
      [sendings, KEPT],
      [this.#last, KEPT_OF_ALL],
    ])) {
      list.push(sending);
      if (list.length > most) list.shift();
    }
    /** @type {Transfer[]} */
    const early = [];
    for (const each of from.flows.get(parse(to.address).port) ?? []) {
      const kept = each.to === to ? null : each.flow.takeKept(transfer);
      if (kept === null) continue;
      heard.add(each.to);
      early.push(kept);
    }
    return early;
  }

  /**
   * Return the sending that a receipt is of; null: of none that is known. Where it is not known who has
   * sent it (null), it is one that went to that socket's port.
   * @param {End | null} from
   * @param {End} to
   * @param {Arrival} arrival
   */
  receive(from, to, arrival) {
    const { port } = parse(to.address);
    for (const { transfer, heard } of from ? (this.#sendings.get(from) ?? []) : this.#last) {
      if (heard.has(to) || !fits(transfer, arrival)) continue;
      if (!from && parse(transfer.to?.address ?? "").port !== port) continue;
      heard.add(to);
      return transfer;
    }
    return null;
  }
}
