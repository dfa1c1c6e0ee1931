// UDP between the lifelines: sockets by address, datagrams from one to the other.

import { SLACK_S, parse } from "./address.js";
import { isReceiving, isSending } from "./calls.js";
import { bySending, Flow, waitedInVain } from "./datagrams.js";
import { makeEnd, remember } from "./diagram-parties.js";
import { insert } from "./sorted.js";

export class UdpTalk {
  #parties;
  #book;
  #changes;
  #ends = new Map(); // run/socket, or client → end
  #madeT = new Map(); // run/socket → when socket() was called

  constructor(parties, changes) {
    this.#parties = parties;
    this.#book = parties.books.udp;
    this.#changes = changes;
  }

  enterCall(event) {
    if (!isReceiving(event.call)) return;
    const end = this.#endOf(event);
    if (end === null) return;
    end.receivingSince = event.t;
  }

  takeCall(event, enter) {
    const { call, error, t } = event;
    const key = `${event.run}/${event.socket}`;
    if (call === "socket") this.#madeT.set(key, t);
    const end = this.#endOf(event);
    if (isReceiving(call) && end !== null) this.#receive(end, event, enter);
    else if (isSending(call) && end !== null && !error) this.#send(end, event, enter?.t ?? t);
    else if (call === "close" && end !== null && !event.held) this.#close(end, key, t);
    if (error === "ECONNREFUSED" && end !== null && event.peer)
      this.#refuse(end, event.peer, event);
  }

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
    if (!end) return;
    if (type === "client.sent") this.#send(end, { ...event, peer: end.peer, told: event }, t);
    if (type === "client.received")
      this.#arrive(end, { ...event, peer: end.peer, told: event }, null);
    if (type === "client.failed" && event.code === "refused") this.#refuse(end, end.peer, event);
    if (type === "client.closed") this.#close(end, client, t);
  }

  endRun(run, t) {
    for (const [key, end] of this.#ends) {
      if (key.startsWith(`${run}/`)) this.#close(end, key, t);
    }
  }

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

  #endOf({ run, socket, local, t }) {
    const key = `${run}/${socket}`;
    const known = this.#ends.get(key);
    if (known) return known;
    if (!local || parse(local).port === 0) return null;
    const party = this.#parties.run(run, t);
    const end = this.#claim(party, local, t, this.#madeT.get(key) ?? t);
    this.#ends.set(key, end);
    if (!party.address) this.#parties.name(party, { address: local });
    return end;
  }

  // An address has an owner: what was told of that address since the socket exists was of it.
  #claim(party, address, t, sinceT) {
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
  #at(address, t, { speaks }) {
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

  #close(end, key, t) {
    this.#ends.delete(key);
    this.#madeT.delete(key);
    this.#stop(end, t);
  }

  #stop(end, t) {
    end.closedT = t;
    end.receivingSince = null;
    for (const transfer of end.pending) {
      if (transfer.arrivals.length === 0) this.#lose(transfer, t, "closed");
    }
    end.pending = [];
  }

  // Datagrams.

  #send(from, event, t) {
    const to = this.#at(event.peer, t, { speaks: false });
    const told = event.told ?? event;
    const transfer = {
      kind: "transfer",
      what: "datagram",
      id: event.client ? `sent:${event.client}/${event.seq}` : `sent:${event.run}/${event.n}`,
      from,
      to,
      t,
      sentT: t,
      bytes: event.bytes,
      data: event.data ?? "",
      arrivals: [],
      lostT: Infinity,
      lostWhy: null,
      waits: "buffer",
      uncertain: false,
      events: [told],
    };
    const { replaced, changed } = flow(from, to).send(transfer);
    for (const other of replaced) this.#changes.drop(other);
    for (const other of changed) this.#changes.touch(other);
    this.#add(transfer);
    if (transfer.arrivals.length > 0) this.#order(transfer);
    else if (to.closedT <= t) this.#lose(transfer, t, "closed");
    else insert(to.pending, transfer, bySending);
  }

  #receive(end, event, enter) {
    end.receivingSince = null;
    if (!event.error && event.peer) this.#arrive(end, event, enter);
    else if (event.error === "timeout" && enter) {
      this.#passOver(end, { enterT: enter.t, t: event.t, emptyFrom: enter.t });
    }
  }

  #arrive(to, event, enter) {
    if (event.flags === "MSG_PEEK") return;
    const told = event.told ?? event;
    const from = this.#at(event.peer, event.t, { speaks: true });
    const arrival = {
      t: event.t,
      enterT: enter?.t ?? null,
      bytes: event.bytes,
      data: event.data ?? "",
      from: 0,
      to: event.bytes,
      event: told,
    };
    const { ended, left } = flow(from, to).receive(arrival);
    for (const transfer of ended) {
      this.#order(transfer);
      this.#changes.touch(transfer);
    }
    if (left) this.#keep(from, to, left);
    const { enterT, t } = arrival;
    this.#passOver(to, { enterT, t, sentT: ended[0]?.sentT });
  }

  #keep(from, to, arrival) {
    const { event } = arrival;
    const transfer = {
      kind: "transfer",
      what: "datagram",
      id: event.client ? `got:${event.client}/${event.seq}` : `got:${event.run}/${event.n}`,
      from,
      to,
      t: arrival.t,
      sentT: null,
      bytes: arrival.bytes,
      data: arrival.data,
      arrivals: [arrival],
      lostT: Infinity,
      lostWhy: null,
      waits: "buffer",
      uncertain: false,
      events: [event],
    };
    flow(from, to).keep(transfer);
    this.#add(transfer);
  }

  #add(transfer) {
    remember(transfer);
    this.#changes.add(transfer);
  }

  // A browser's send is told after the kernel took it: the datagram may have arrived before.
  #order(transfer) {
    const [arrival] = transfer.arrivals;
    transfer.t = transfer.sentT = Math.min(transfer.sentT, arrival.t);
    if (!transfer.events.includes(arrival.event)) transfer.events.push(arrival.event);
  }

  // A call has returned at t. A socket's buffer is a queue: what was sent before the datagram that
  // it got (at sentT), or was not there when it looked (at emptyFrom), does not come any more.
  #passOver(end, { enterT, t, sentT = -Infinity, emptyFrom = -Infinity }) {
    const { pending } = end;
    while (pending.length > 0) {
      const [first] = pending;
      if (first.arrivals.length === 0) {
        const overtaken = first.sentT < sentT - SLACK_S;
        const missing = first.sentT < emptyFrom - SLACK_S;
        if (!overtaken && !missing && !waitedInVain(first, enterT, t)) return;
        this.#lose(first, t, overtaken ? "overtaken" : "silent");
      }
      pending.shift();
    }
  }

  // An ICMP error is about the last datagram that went there.
  #refuse(end, address, event) {
    const to = this.#at(address, event.t, { speaks: false });
    const transfer = flow(end, to).lastUnheard();
    if (!transfer) return;
    this.#lose(transfer, event.t, "refused");
    transfer.events.push(event);
  }

  #lose(transfer, t, why) {
    transfer.lostT = Math.max(t, transfer.sentT);
    transfer.lostWhy = why;
    this.#changes.touch(transfer);
  }

  #touch(end) {
    for (const transfer of [...end.pending, ...end.talk]) this.#changes.touch(transfer);
    if (end.known) end.talk = [];
  }
}

// The datagrams from one end to another, looked up by port.
function flow(from, to) {
  const { port } = parse(to.address);
  let list = from.flows.get(port);
  if (!list) {
    list = [];
    from.flows.set(port, list);
  }
  let entry = list.find((each) => each.to === to);
  if (!entry) {
    entry = { to, flow: new Flow() };
    list.push(entry);
    if (list.length > 8) list.shift();
  }
  return entry.flow;
}
