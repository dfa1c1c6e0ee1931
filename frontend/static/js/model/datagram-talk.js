// Datagrams between the lifelines, of UDP and of unix sockets: from one socket to the other.

/** @import { Arrival, Changes, ClientEvent, DatagramSockets, End, LostWhy } from "./diagram.d.ts" */
/** @import { Sent, SocketChanges, Telling, Transfer } from "./diagram.d.ts" */
/** @import { Datagram, Look, Receipt } from "./datagrams.js" */
/** @import { Kept } from "./unnamed-receipts.js" */
/** @import { Parties } from "./diagram-parties.js" */
/** @import { Call, ClientFailed, Dropped } from "./types.d.ts" */

import { hasMoved, isConnecting, isReceiving, isSending } from "./calls.js";
import { flow, isGone, passOver, told } from "./datagrams.js";
import { heldBy, keyOf, remember, rootOf } from "./diagram-parties.js";
import { GroupSendings, isGroup } from "./group-sendings.js";
import { idOf, makeTransfer } from "./transfers.js";
import { departure, enqueue, passUnseen } from "./unix-queue.js";
import { UnnamedReceipts } from "./unnamed-receipts.js";

export class DatagramTalk {
  #parties;
  /** @type {DatagramSockets} */
  #sockets;
  #changes;
  #groups = new GroupSendings();
  #unnamed = new UnnamedReceipts();
  /** @type {LostWhy} */
  #unread; // what becomes of datagrams in the queue of a socket that is closed

  /**
   * @param {Parties} parties
   * @param {Changes} changes
   * @param {new (parties: Parties, changes: SocketChanges) => DatagramSockets} Sockets
   */
  constructor(parties, changes, Sockets) {
    this.#parties = parties;
    this.#changes = changes;
    this.#sockets = new Sockets(parties, {
      touch: (end) => this.#touch(end),
      stop: (end, t) => this.#stop(end, t),
    });
    this.#unread = this.#sockets.isLossless ? "unread" : "closed";
  }

  /** @param {Call} event */
  enterCall(event) {
    if (!isReceiving(event.call)) return;
    const end = this.#sockets.endOf(event);
    if (end !== null) end.receivingSince = event.t;
  }

  takeCall(/** @type {Call} */ event, /** @type {Call | null} */ enter) {
    const { call, error, t, peer } = event;
    const end = this.#sockets.endOf(event);
    if (end === null) return;
    if (isReceiving(call)) this.#receive(end, event, enter);
    else if (isSending(call) && hasMoved(event))
      this.#send(end, told(event, peer ?? ""), enter?.t ?? t);
    else if (call === "close") this.#close(end, event);
    else if ((isConnecting(call) && !error) || call === "socketpair") this.#connect(end, event);
    if (error === "ECONNREFUSED") this.#refuse(end, event);
  }

  /** @param {ClientEvent} event */
  takeClient(event) {
    const { type, client, t } = event;
    if (type === "client.opened") {
      const party = this.#parties.client(client, event.run, t);
      this.#sockets.openClient?.(party, event);
      return;
    }
    const end = this.#sockets.ends.get(client);
    if (!end?.peer) return;
    if (type === "client.sent") this.#send(end, told(event, end.peer), t);
    if (type === "client.received") this.#arrive(end, told(event, end.peer), null);
    if (type === "client.failed" && event.code === "refused") this.#refuse(end, event);
    if (type === "client.closed") this.#end(end, client, t);
  }

  endRun(/** @type {string} */ run, /** @type {number} */ t) {
    for (const [key, end] of this.#sockets.ends) {
      if (key.startsWith(`${run}/`)) this.#end(end, key, t);
    }
  }

  /** @param {Dropped | null} event */
  lose(event) {
    for (const [key, end] of this.#sockets.ends) {
      const touched = event === null || key === event.client || key.startsWith(`${event.run}/`);
      if (!touched) continue;
      for (const transfer of end.pending) {
        transfer.uncertain = true;
        this.#changes.touch(transfer);
      }
      if (!this.#sockets.isLossless) end.pending = [];
    }
  }

  // Sockets.

  #close(/** @type {End} */ end, /** @type {Call} */ call) {
    if (!call.held) this.#end(end, keyOf(call), call.t);
    else if (call.elsewhere && this.#sockets.isLossless) end.passedOnT = call.t;
  }

  #end(/** @type {End} */ end, /** @type {string} */ key, /** @type {number} */ t) {
    this.#sockets.release(key);
    if (end.closedT === Infinity) this.#stop(end, t);
  }

  #stop(/** @type {End} */ end, /** @type {number} */ t) {
    end.closedT = t;
    end.receivingSince = null;
    this.#empty(end, t);
  }

  // What is in its queue is read by nobody.
  #empty(/** @type {End} */ end, /** @type {number} */ t) {
    const unread = end.pending.filter((each) => each.arrivals.length === 0 && !isGone(each));
    for (const transfer of unread) this.#lose(transfer, t, this.#unread);
    if (!this.#sockets.isLossless) end.pending = []; // else what was taken may be told later
  }

  // A unix socket that had another partner before: the kernel empties its queue (unix_dgram_connect).
  #connect(/** @type {End} */ end, /** @type {Call} */ call) {
    if (!this.#sockets.isLossless) return;
    const partner = this.#sockets.targetOf(told(call, call.peer ?? "")) ?? undefined;
    if (end.partner && end.partner !== partner) this.#empty(end, call.t);
    end.partner = partner;
  }

  // Datagrams.

  #send(
    /** @type {End} */ from,
    /** @type {Datagram} */ { bytes, data, peer, event },
    /** @type {number} */ t,
  ) {
    const to = this.#sockets.targetOf({ bytes, data, peer, event, t });
    if (to === null) return;
    const facts = { from: this.#faceOf(from, event), to, t, bytes, data, events: [event] };
    const transfer = { ...makeTransfer("datagram", idOf("sent", event), facts), sentT: t };
    if (this.#sockets.isLossless) Object.assign(transfer, departure(t, event.t));
    const { replaced, changed } = flow(from, to).send(transfer);
    for (const other of replaced) this.#changes.drop(other);
    for (const other of changed) this.#turn(other, to);
    this.#add(transfer);
    const early = transfer.arrivals.length > 0 ? null : this.#unnamed.takeFor(to, transfer);
    if (early) this.#joinEarly(early, from, to);
    else if (transfer.arrivals.length > 0) this.#order(transfer);
    else if (to.closedT <= t) this.#lose(transfer, t, this.#unread);
    else enqueue(to, transfer);
    if (this.#sockets.isLossless || !isGroup(peer)) return;
    for (const other of this.#groups.send(transfer, from, to)) {
      this.#changes.drop(other);
      if (other.to) this.#hear(transfer, other.to, other.arrivals[0]);
    }
  }

  // One more has got what was sent to many.
  #hear(/** @type {Sent} */ sent, /** @type {End} */ to, /** @type {Arrival} */ arrival) {
    const { from, t, sentT, bytes, data, events } = sent;
    const facts = { from, to, t, bytes, data, arrivals: [arrival], events: [events[0]] };
    const transfer = { ...makeTransfer("datagram", idOf("got", arrival.event), facts), sentT };
    this.#order(transfer);
    this.#add(transfer);
  }

  #receive(/** @type {End} */ end, /** @type {Call} */ event, /** @type {Call | null} */ enter) {
    end.receivingSince = null;
    if (!event.error && (event.flags === "MSG_PEEK" || event.bytes === undefined)) return; // none taken
    if (hasMoved(event)) this.#arrive(end, told(event, event.peer ?? ""), enter);
    else if (event.error === "timeout" && enter) {
      this.#passOver(end, { enterT: enter.t, t: event.t, emptyFrom: enter.t }, null);
    }
  }

  // Without a peer nobody says whose it is: recv() of a socket that is not connected.
  #arrive(
    /** @type {End} */ to,
    /** @type {Datagram} */ datagram,
    /** @type {Call | null} */ enter,
  ) {
    const { t, bytes, data, peer, event } = datagram;
    const enterT = enter?.t ?? null;
    const arrival = { t, enterT, bytes, data, from: 0, to: bytes, event };
    const isSaid = peer && !this.#sockets.isLossless; // a name may have been another's when it was sent
    const first = isSaid ? null : this.#unnamed.sentFor(to, arrival);
    const from = first ? rootOf(first.from) : this.#sockets.senderOf(datagram);
    const { ended, left } = from
      ? flow(from, to).receive(arrival)
      : { ended: [], left: /** @type {Receipt | null} */ (arrival) };
    this.#join(ended);
    const sent = left && this.#groups.receive(from, to, left);
    if (left && sent) this.#hear(sent, to, left);
    else if (left && from) this.#keep(from, to, left);
    else if (left) this.#keepUnnamed(to, left);
    this.#passOver(to, { enterT, t, sentT: ended[0]?.sentT }, ended[0] ?? null);
  }

  // Of what nobody tells who sent it, a unix socket's receipt is all that there may ever be.
  #keepUnnamed(/** @type {End} */ to, /** @type {Receipt} */ receipt) {
    const from = this.#sockets.strange?.(receipt.t) ?? null;
    const shown = from && this.#drawReceipt(from, to, receipt);
    this.#unnamed.keep(to, { receipt, shown });
  }

  #joinEarly(
    /** @type {Kept} */ { receipt, shown },
    /** @type {End} */ from,
    /** @type {End} */ to,
  ) {
    this.#join(flow(from, to).receive(receipt).ended);
    if (!shown || !from.party) return;
    this.#parties.give(shown.from, from.party);
    this.#changes.drop(shown);
  }

  #join(/** @type {Sent[]} */ ended) {
    for (const transfer of ended) {
      this.#order(transfer);
      this.#changes.touch(transfer);
    }
  }

  #keep(/** @type {End} */ from, /** @type {End} */ to, /** @type {Receipt} */ arrival) {
    flow(from, to).keep(this.#drawReceipt(from, to, arrival));
  }

  #drawReceipt(/** @type {End} */ from, /** @type {End} */ to, /** @type {Receipt} */ arrival) {
    const { t, bytes = 0, data = "", event } = arrival;
    const at = this.#faceOf(to, event);
    const facts = { from, to: at, t, bytes, data, arrivals: [arrival], events: [event] };
    const transfer = makeTransfer("datagram", idOf("got", event), facts);
    this.#add(transfer);
    return transfer;
  }

  /** @param {Transfer} transfer */
  #add(transfer) {
    remember(transfer);
    this.#changes.add(transfer);
  }

  // A browser's send is told after the kernel took it: the datagram may have arrived before.
  /** @param {Sent} transfer */
  #order(transfer) {
    const [arrival] = transfer.arrivals;
    transfer.t = transfer.sentT = Math.min(transfer.sentT, arrival.t);
    if (transfer.to) transfer.to = this.#faceOf(rootOf(transfer.to), arrival.event);
    if (!transfer.events.includes(arrival.event)) transfer.events.push(arrival.event);
  }

  // Two equal ones were told in another order than they were taken.
  #turn(/** @type {Sent} */ transfer, /** @type {End} */ to) {
    if (transfer.arrivals.length > 0) this.#order(transfer);
    else transfer.to = to;
    this.#changes.touch(transfer);
  }

  // A socket as the process has it whose call it is.
  #faceOf(/** @type {End} */ end, /** @type {Telling} */ event) {
    return event.type === "call" ? heldBy(end, this.#parties.of(event, event.t)) : end;
  }

  #passOver(/** @type {End} */ end, /** @type {Look} */ look, /** @type {Sent | null} */ taken) {
    if (this.#sockets.isLossless) {
      for (const transfer of passUnseen(end, look, taken)) this.#changes.touch(transfer);
      return;
    }
    for (const [transfer, why] of passOver(end, look)) this.#lose(transfer, look.t, why);
  }

  // An ICMP error is about the last datagram that went there. A unix socket is told at once, of none that
  // was sent; and where it was connected, its own queue is emptied (unix_dgram_disconnected).
  #refuse(/** @type {End} */ end, /** @type {Call | ClientFailed} */ event) {
    if (this.#sockets.isLossless) {
      if ("peer_inode" in event) this.#empty(end, event.t);
      end.partner = "peer_inode" in event ? undefined : end.partner;
      return;
    }
    const peer = "peer" in event ? (event.peer ?? "") : (end.peer ?? "");
    const to = this.#sockets.targetOf({ t: event.t, bytes: 0, data: "", peer, event });
    if (to === null) return;
    const transfer = flow(end, to).lastUnheard();
    if (!transfer) return;
    this.#lose(transfer, event.t, "refused");
    transfer.events.push(event);
  }

  #lose(/** @type {Sent} */ transfer, /** @type {number} */ t, /** @type {LostWhy} */ why) {
    transfer.lostT = Math.max(t, transfer.sentT);
    transfer.lostWhy = why;
    this.#changes.touch(transfer);
  }

  /** @param {End} end */
  #touch(end) {
    for (const transfer of [...end.pending, ...end.talk]) this.#changes.touch(transfer);
    if (end.known) end.talk = [];
  }
}
