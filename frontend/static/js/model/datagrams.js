// Which datagram that was sent is which datagram that was received. Per pair of ends, in
// order, by content; and what becomes of those that nobody received. No I/O, no page.

/** @import { Arrival, End, LostWhy, Sent, Telling, Transfer } from "./diagram.d.ts" */

/** @import { Call, ClientReceived, ClientSent } from "./types.d.ts" */

/** @typedef {Arrival & {enterT: number | null}} Receipt */

/**
 * A datagram as one end tells of it; `peer` is the other one.
 * @typedef {{t: number, bytes: number, data: string, peer: string, event: Telling}} Datagram
 */

/**
 * A call that has returned at t; it had begun at enterT, and got a datagram that was sent at sentT, or
 * found nothing at emptyFrom.
 * @typedef {{enterT: number | null, t: number, sentT?: number, emptyFrom?: number}} Look
 */

import { parse, SLACK_S } from "./address.js";
import { insert } from "./sorted.js";

/** How many may be in the queue of a unix socket, where all of them may still be read. */
export const QUEUE_LIMIT = 4096;

const SURE_S = 0.5; // whoever waited so long for it would have got it
const PENDING_LIMIT = 256; // per pair of ends; older ones are given up
const PLACES_KEPT = 65_536; // to which a socket has sent, or from where it has got something
const RECENT = 16; // joined pairs that a late event may still turn round

/**
 * The datagrams from one end to another. A transfer has sentT, bytes, data and arrivals; an arrival
 * has t, enterT (when its call began to wait, or null), bytes and data.
 */
export class Flow {
  /** @type {Sent[]} */
  #sent = []; // transfers whose receipt is not known, by time
  /** @type {Transfer[]} */
  #received = []; // transfers whose sending is not known, by time
  /** @type {Sent[]} */
  #recent = []; // transfers with both ends, by time of sending
  #limit;

  constructor(limit = PENDING_LIMIT) {
    this.#limit = limit;
  }

  /**
   * Take a datagram that was sent. Returns what else changed: `replaced`, transfers that were
   * receipts without a sender until now, and `changed`, pairs that had to be turned round.
   * @param {Sent} transfer
   */
  send(transfer) {
    /** @type {{replaced: Transfer[], changed: Sent[]}} */
    const result = { replaced: [], changed: [] };
    /** @type {Sent | null} */
    let next = transfer;
    while (next !== null) next = this.#sendOne(next, result);
    return result;
  }

  /**
   * @param {Sent} transfer
   * @param {{replaced: Transfer[], changed: Sent[]}} result
   * @returns {Sent | null}
   */
  #sendOne(transfer, { replaced, changed }) {
    const i = this.#received.findIndex((other) => fits(transfer, other.arrivals[0]));
    if (i >= 0) {
      const [other] = this.#received.splice(i, 1);
      replaced.push(other);
      this.#join(transfer, other.arrivals[0]);
      return null;
    }
    const later = this.#recent.find(
      (other) => other.sentT > transfer.sentT && fits(transfer, other.arrivals[0]),
    );
    if (!later) {
      insert(this.#sent, transfer, bySending);
      if (this.#sent.length > this.#limit) this.#sent.shift();
      return null;
    }
    this.#recent.splice(this.#recent.indexOf(later), 1);
    for (const arrival of later.arrivals.splice(-1)) this.#join(transfer, arrival);
    changed.push(later);
    return later;
  }

  /**
   * Take a receipt. Returns the transfers that it (and those that it pushed on) ended, and `left`,
   * the receipt that fits no datagram, or null.
   * @param {Receipt} arrival
   * @returns {{ended: Sent[], left: Receipt | null}}
   */
  receive(arrival) {
    /** @type {Sent[]} */
    const ended = [];
    let next = arrival;
    while (true) {
      const i = indexFor(this.#sent, (transfer) => fits(transfer, next));
      if (i >= 0) {
        const [transfer] = this.#sent.splice(i, 1);
        this.#join(transfer, next);
        return { ended: [...ended, transfer], left: null };
      }
      const later = this.#recent.find(
        (transfer) => transfer.arrivals[0].t > next.t && fits(transfer, next),
      );
      if (!later) break;
      ended.push(later);
      [next] = /** @type {Receipt[]} */ (later.arrivals.splice(0, 1, next));
    }
    return { ended, left: next };
  }

  /**
   * Keep a receipt whose sender has not told of it (yet).
   * @param {Transfer} transfer
   */
  keep(transfer) {
    insert(this.#received, transfer, byReceipt);
    if (this.#received.length > this.#limit) this.#received.shift();
  }

  /**
   * Take out the receipt of a datagram that another one, its sender's, turns out to be.
   * @param {Sent} transfer
   */
  takeKept(transfer) {
    const i = this.#received.findIndex((other) => fits(transfer, other.arrivals[0]));
    return i < 0 ? null : this.#received.splice(i, 1)[0];
  }

  /** The last datagram that nobody heard: the one that an ICMP error is about. */
  lastUnheard() {
    const transfer = this.#sent.at(-1);
    return transfer && transfer.lostWhy !== "refused" ? transfer : null;
  }

  /**
   * @param {Sent} transfer
   * @param {Arrival} arrival
   */
  #join(transfer, arrival) {
    transfer.arrivals.push(arrival);
    transfer.lostT = Infinity;
    transfer.lostWhy = null;
    insert(this.#recent, transfer, bySending);
    if (this.#recent.length > RECENT) this.#recent.shift();
  }
}

/**
 * Which of some datagrams is the first that a receipt can be of; less than 0: none. In the queue of a
 * unix socket it is none that is known to be gone, unless there is no other.
 * @param {readonly Sent[]} list
 * @param {(sent: Sent) => boolean} isIt
 */
export function indexFor(list, isIt) {
  const i = list.findIndex((sent) => isIt(sent) && !isGone(sent));
  return i < 0 ? list.findIndex(isIt) : i;
}

/**
 * Whether it is known that a datagram is in the queue of a unix socket no more.
 * @param {Sent} sent
 */
export const isGone = ({ to, takenT, lostT }) =>
  to?.transport === "unix" && (takenT !== undefined || lostT !== Infinity);

/**
 * Whether a receipt can be that of this datagram.
 * @param {Sent} transfer
 * @param {Arrival} arrival
 */
export function fits(transfer, arrival) {
  const isWhole = transfer.bytes === arrival.bytes && transfer.data === arrival.data;
  return (
    (isWhole || isCut(transfer, arrival)) &&
    arrival.t >= (transfer.askedT ?? transfer.sentT) - SLACK_S &&
    (transfer.to?.transport === "unix" || !waitedInVain(transfer, arrival.enterT, arrival.t))
  );
}

/**
 * Whether a receipt can be the beginning of this datagram: it filled the buffer of its call.
 * @param {Sent} transfer
 * @param {Arrival} arrival
 */
function isCut({ bytes, data }, { event, bytes: got = 0, data: begin = "" }) {
  if (event.type !== "call" || !event.full || got >= bytes) return false;
  return atob(data).startsWith(atob(begin));
}

/**
 * Whether a call waited for a datagram, all the time since it was sent, without getting it.
 * @param {{sentT: number}} transfer
 * @param {number | null | undefined} enterT
 * @param {number} returnT
 */
export function waitedInVain(transfer, enterT, returnT) {
  if (enterT === null || enterT === undefined) return false;
  return returnT - Math.max(enterT, transfer.sentT) > SURE_S;
}

/**
 * Take out what is on its way to a socket no more, once a call has returned; return what of it does not
 * come any more, and why. A socket's buffer is a queue: what was sent before the datagram that the call
 * got, or was not there when it looked, is lost.
 * @param {End} end
 * @param {Look} look
 */
export function passOver({ pending }, { enterT, t, sentT = -Infinity, emptyFrom = -Infinity }) {
  /** @type {[Sent, LostWhy][]} */
  const lost = [];
  while (pending.length > 0) {
    const [first] = pending;
    if (first.arrivals.length === 0) {
      const overtaken = first.sentT < sentT - SLACK_S;
      const missing = first.sentT < emptyFrom - SLACK_S;
      if (!overtaken && !missing && !waitedInVain(first, enterT, t)) break;
      lost.push([first, overtaken ? "overtaken" : "silent"]);
    }
    pending.shift();
  }
  return lost;
}

/**
 * Datagrams in the order in which they were sent.
 * @param {Sent} a
 * @param {Sent} b
 */
export const bySending = (a, b) => a.sentT - b.sentT;

/**
 * @param {Transfer} a
 * @param {Transfer} b
 */
const byReceipt = (a, b) => a.arrivals[0].t - b.arrivals[0].t;

/**
 * The datagrams from one end to another, looked up by port.
 * @param {End} from
 * @param {End} to
 */
export function flow(from, to) {
  const port = to.transport === "unix" ? `#${to.id}` : parse(to.address).port; // it may get a name
  let list = from.flows.get(port);
  if (!list) {
    list = [];
    from.flows.set(port, list);
    if (from.flows.size > PLACES_KEPT) from.flows.delete(from.flows.keys().next().value ?? port);
  }
  let entry = list.find((each) => each.to === to);
  if (!entry) {
    entry = { to, flow: new Flow(to.transport === "unix" ? QUEUE_LIMIT : PENDING_LIMIT) };
    list.push(entry);
    if (list.length > 8) list.shift();
  }
  return entry.flow;
}

/**
 * What an event tells of a datagram from or to a peer.
 * @param {Call | ClientSent | ClientReceived} event
 * @param {string} peer
 * @returns {Datagram}
 */
export function told(event, peer) {
  const { t, bytes = 0, data = "" } = event;
  return { t, bytes, data, peer, event };
}
