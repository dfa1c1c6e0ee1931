// UDP between the lifelines: sockets by address, datagrams from one to the other.

/** @import { Changes, ClientEvent, End, LostWhy, Party, Sent } from "./diagram.d.ts" */
/** @import { Arrival, Transfer } from "./diagram.d.ts" */
/** @import { Datagram, Look, Receipt } from "./datagrams.js" */
/** @import { Parties } from "./diagram-parties.js" */
/** @import { Call, ClientFailed, Dropped } from "./types.d.ts" */

import { parse, SLACK_S } from "./address.js";
import { isReceiving, isSending } from "./calls.js";
import { bySending, flow, passOver, told } from "./datagrams.js";
import { makeEnd, remember } from "./diagram-parties.js";
import { GroupSendings, isGroup } from "./group-sendings.js";
import { insert } from "./sorted.js";
import { idOf, makeTransfer } from "./transfers.js";
import { UnnamedReceipts } from "./unnamed-receipts.js";

export class UdpTalk {
  #parties;
  #book;
  #changes;
  #groups = new GroupSendings();
  #unnamed = new UnnamedReceipts();
  /** @type {Map<string, End>} */
  #ends = new Map(); // run/socket, or client → end
  /** @type {Map<string, number>} */
  #madeT = new Map(); // run/socket → when socket() was called

  constructor(/** @type {Parties} */ parties, /** @type {Changes} */ changes) {
    this.#parties = parties;
    this.#book = parties.books.udp;
    this.#changes = changes;
  }

  /** @param {Call} event */
  enterCall(event) {
    if (!isReceiving(event.call)) return;
    const end = this.#endOf(event);
    if (end === null) return;
    end.receivingSince = event.t;
  }

  takeCall(/** @type {Call} */ event, /** @type {Call | null} */ enter) {
    const { call, error, t } = event;
    const key = `${event.run}/${event.socket}`;
    if (call === "socket") this.#madeT.set(key, t);
    const end = this.#endOf(event);
    if (isReceiving(call) && end !== null) this.#receive(end, event, enter);
    else if (isSending(call) && end !== null && !error && event.peer)
      this.#send(end, told(event, event.peer), enter?.t ?? t);
    else if (call === "close" && end !== null && !event.held) this.#close(end, key, t);
    if (error === "ECONNREFUSED" && end !== null && event.peer)
      this.#refuse(end, event.peer, event);
  }

  /** @param {ClientEvent} event */
  takeClient(event) {
    const { type, client, t } = event;
    if (type === "client.opened") {
      const party = this.#parties.client(client, event.run, t);
      const end = this.#claim(party, event.local, t, t);
      end.peer = event.peer;
      end.receivingSince = t;
      this.#ends.set(client, end);
      return;
    }
    const end = this.#ends.get(client);
    if (!end?.peer) return;
    if (type === "client.sent") this.#send(end, told(event, end.peer), t);
    if (type === "client.received") this.#arrive(end, told(event, end.peer), null);
    if (type === "client.failed" && event.code === "refused") this.#refuse(end, end.peer, event);
    if (type === "client.closed") this.#close(end, client, t);
  }

  endRun(/** @type {string} */ run, /** @type {number} */ t) {
    for (const [key, end] of this.#ends) {
      if (key.startsWith(`${run}/`)) this.#close(end, key, t);
    }
  }

  /** @param {Dropped | null} event */
  lose(event) {
    for (const [key, end] of this.#ends) {
      const touched = event === null || key === event.client || key.startsWith(`${event.run}/`);
      if (!touched) continue;
      for (const transfer of end.pending) {
        transfer.uncertain = true;
        this.#changes.touch(transfer);
      }
      end.pending = [];
    }
  }

  // Sockets.

  /** @param {Call} call */
  #endOf(call) {
    const { run, socket, local, t } = call;
    const key = `${run}/${socket}`;
    const known = this.#ends.get(key);
    if (known) return known;
    if (!local || parse(local).port === 0) return null;
    const party = this.#parties.of(call, t);
    const end = this.#claim(party, local, t, this.#madeT.get(key) ?? t);
    this.#ends.set(key, end);
    if (!party.address) this.#parties.name(party, { address: local });
    return end;
  }

  // An address has an owner: what was told of that address since the socket exists was of it.
  #claim(
    /** @type {Party} */ party,
    /** @type {string} */ address,
    /** @type {number} */ t,
    /** @type {number} */ sinceT,
  ) {
    const unknown = this.#book.findUnknown(address);
    if (unknown && (unknown.party === null || unknown.bornT >= sinceT - SLACK_S)) {
      unknown.known = true;
      unknown.bornT = Math.min(unknown.bornT, t);
      this.#parties.give(unknown, party);
      this.#touch(unknown);
      return unknown;
    }
    if (unknown) this.#stop(unknown, t);
    const end = makeEnd({ party, transport: "udp", address, t, known: true });
    this.#book.add(end, address);
    return end;
  }

  // Who is at that address; nobody, until something comes from there.
  #at(
    /** @type {string} */ address,
    /** @type {number} */ t,
    /** @type {{speaks: boolean}} */ { speaks },
  ) {
    let end = this.#book.find(address, t);
    if (end === null || (speaks && end.known && end.closedT < t - 1)) {
      end = makeEnd({ transport: "udp", address, t, known: false });
      this.#book.add(end, address);
    }
    if (speaks && end.party === null) {
      this.#parties.give(end, this.#parties.outside("udp", address, t));
      this.#touch(end);
    }
    return end;
  }

  #close(/** @type {End} */ end, /** @type {string} */ key, /** @type {number} */ t) {
    this.#ends.delete(key);
    this.#madeT.delete(key);
    this.#stop(end, t);
  }

  #stop(/** @type {End} */ end, /** @type {number} */ t) {
    end.closedT = t;
    end.receivingSince = null;
    for (const transfer of end.pending) {
      if (transfer.arrivals.length === 0) this.#lose(transfer, t, "closed");
    }
    end.pending = [];
  }

  // Datagrams.

  #send(
    /** @type {End} */ from,
    /** @type {Datagram} */ { bytes, data, peer, event },
    /** @type {number} */ t,
  ) {
    const to = this.#at(peer, t, { speaks: false });
    const facts = { from, to, t, bytes, data, events: [event] };
    const transfer = { ...makeTransfer("datagram", idOf("sent", event), facts), sentT: t };
    const { replaced, changed } = flow(from, to).send(transfer);
    for (const other of replaced) this.#changes.drop(other);
    for (const other of changed) this.#changes.touch(other);
    this.#add(transfer);
    const early = transfer.arrivals.length > 0 ? null : this.#unnamed.takeFor(to, transfer);
    if (early) this.#join(flow(from, to).receive(early).ended);
    else if (transfer.arrivals.length > 0) this.#order(transfer);
    else if (to.closedT <= t) this.#lose(transfer, t, "closed");
    else insert(to.pending, transfer, bySending);
    if (!isGroup(peer)) return;
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
    if (event.flags === "MSG_PEEK" && !event.error) return;
    if (!event.error) this.#arrive(end, told(event, event.peer ?? ""), enter);
    else if (event.error === "timeout" && enter) {
      this.#passOver(end, { enterT: enter.t, t: event.t, emptyFrom: enter.t });
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
    const first = peer ? null : this.#unnamed.sentFor(to, arrival);
    const from = peer ? this.#at(peer, t, { speaks: true }) : (first?.from ?? null);
    const { ended, left } = from
      ? flow(from, to).receive(arrival)
      : { ended: [], left: /** @type {Receipt | null} */ (arrival) };
    this.#join(ended);
    const sent = left && this.#groups.receive(from, to, left);
    if (left && sent) this.#hear(sent, to, left);
    else if (left && from) this.#keep(from, to, left);
    else if (left) this.#unnamed.keep(to, left);
    this.#passOver(to, { enterT, t, sentT: ended[0]?.sentT });
  }

  #join(/** @type {Sent[]} */ ended) {
    for (const transfer of ended) {
      this.#order(transfer);
      this.#changes.touch(transfer);
    }
  }

  #keep(/** @type {End} */ from, /** @type {End} */ to, /** @type {Receipt} */ arrival) {
    const { bytes = 0, data = "", event } = arrival;
    const facts = { from, to, t: arrival.t, bytes, data, arrivals: [arrival], events: [event] };
    const transfer = makeTransfer("datagram", idOf("got", event), facts);
    flow(from, to).keep(transfer);
    this.#add(transfer);
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
    if (!transfer.events.includes(arrival.event)) transfer.events.push(arrival.event);
  }

  #passOver(/** @type {End} */ end, /** @type {Look} */ look) {
    for (const [transfer, why] of passOver(end, look)) this.#lose(transfer, look.t, why);
  }

  // An ICMP error is about the last datagram that went there.
  #refuse(
    /** @type {End} */ end,
    /** @type {string} */ address,
    /** @type {Call | ClientFailed} */ event,
  ) {
    const to = this.#at(address, event.t, { speaks: false });
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
