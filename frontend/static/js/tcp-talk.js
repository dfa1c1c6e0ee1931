// TCP between the lifelines: connections with their two ends, both directions as streams of bytes,
// and how they begin and end: handshake, backlog, FIN, RST.

import { pairKey, parse } from "./address.js";
import { ByteStream } from "./byte-stream.js";
import { isConnecting, isReceiving, isSending } from "./calls.js";
import { makeEnd, remember } from "./diagram-parties.js";

const CLOSED_KEPT = 512; // connections that ended, kept for what is told late
const REUSE_S = 0.5; // a pair of addresses whose connection ended longer ago is a new connection
const CONNECTING_ERRORS = new Set(["EINPROGRESS", "EALREADY", "EISCONN", "EWOULDBLOCK"]);

export class TcpTalk {
  #parties;
  #book;
  #changes;
  #ends = new Map(); // run/socket, or client → end
  #connections = new Map(); // pair of addresses → connection
  #closed = []; // keys of ends, oldest first

  constructor(parties, changes) {
    this.#parties = parties;
    this.#book = parties.books.tcp;
    this.#changes = changes;
  }

  takeCall(event, enter) {
    const { call, t } = event;
    const sinceT = enter?.t ?? t;
    if (call === "listen") this.#listen(event);
    else if (call === "accept") this.#accept(event);
    else if (isConnecting(call)) this.#connect(event, sinceT);
    else {
      const key = `${event.run}/${event.socket}`;
      const end = this.#endOf(key, event);
      if (end !== null) this.#talk(end, key, event, sinceT);
    }
  }

  takeClient(event) {
    const { type, client, t } = event;
    if (type === "client.opened") {
      const party = this.#parties.client(client, event.run, t);
      const end = this.#open(client, party, event.local, event.peer, t, true);
      this.#shake(end, t, event);
      return;
    }
    const end = this.#ends.get(client);
    if (!end) return;
    if (type === "client.sent") this.#countSent(end, event);
    else if (type === "client.received") this.#countRead(end, event);
    else if (type === "client.eof") this.#readEnd(end, t, event);
    else if (type === "client.shutdown") this.#finish(end, t, event);
    else if (type === "client.failed" && event.code === "reset") this.#reset(end, t, event);
    else if (type === "client.closed") this.#close(end, client, t, event);
  }

  endRun(run, t) {
    for (const [key, end] of this.#ends) {
      if (key.startsWith(`${run}/`) && end.closedT === Infinity) this.#close(end, key, t, null);
    }
    for (const { ends, streams, handshake } of this.#connections.values()) {
      const end = ends.find((each) => !each.known && each.party.run === run);
      if (!end || end.closedT !== Infinity) continue;
      end.closedT = t;
      if (handshake) this.#lose(handshake, t, "gone");
      this.#loseUnread(streams[1 - end.side], t);
    }
  }

  lose(event) {
    for (const [key, end] of this.#ends) {
      const { streams } = end.connection;
      if (event === null ? end.party.kind === "client" : key === event.client) {
        for (const stream of streams) stream.certainTo = 0;
      }
    }
  }

  // Connections.

  #listen({ run, local, t, error }) {
    if (error || !local) return;
    const party = this.#parties.run(run, t);
    const end = makeEnd({ party, transport: "tcp", address: local, t, known: true });
    this.#book.add(end, local);
    this.#parties.name(party, { address: local, listens: true });
  }

  #accept(event) {
    const { run, accepted, local, peer, t, error } = event;
    if (error || !peer || !local) return;
    const end = this.#open(`${run}/${accepted}`, this.#parties.run(run, t), local, peer, t, false);
    this.#accepted(end, t, event);
  }

  #connect(event, sinceT) {
    const { run, socket, local, peer, t, error, n } = event;
    if (CONNECTING_ERRORS.has(error)) return;
    const party = this.#parties.run(run, t);
    if (error || !local || !peer) {
      if (peer && error) this.#refused(party, event, sinceT);
      return;
    }
    const end = this.#open(`${run}/${socket}`, party, local, peer, t, true);
    if (!party.address) this.#parties.name(party, { address: local });
    this.#shake(end, sinceT, event, n);
  }

  #endOf(key, { run, local, peer, t }) {
    const known = this.#ends.get(key);
    if (known) return known;
    if (!local || !peer) return null;
    return this.#open(key, this.#parties.run(run, t), local, peer, t, null);
  }

  // An end whose program tells of it. `asks`: it is the one that connected (null: not known).
  #open(key, party, local, peer, t, asks) {
    const known = this.#ends.get(key);
    if (known) return known;
    const name = pairKey(local, peer);
    let connection = this.#connections.get(name);
    if (connection && lastClosedT(connection) < t - REUSE_S) connection = undefined;
    let end = connection?.ends.find((each) => isFree(each, local, asks)) ?? null;
    if (end === null) {
      connection = this.#makeConnection(name, party, local, peer, t, asks);
      [end] = connection.ends;
    } else {
      end.known = true;
      end.asks = asks;
      end.address = local;
      this.#parties.give(end, party);
      for (const item of end.talk) this.#changes.touch(item);
      end.talk = [];
    }
    this.#ends.set(key, end);
    return end;
  }

  #makeConnection(name, party, local, peer, t, asks) {
    const near = makeEnd({ party, transport: "tcp", address: local, t, known: true });
    const far = makeEnd({ transport: "tcp", address: peer, t, known: false });
    near.asks = asks;
    far.asks = asks === null ? null : !asks;
    const connection = {
      name,
      ends: [near, far],
      streams: [new ByteStream(), new ByteStream()], // by who sends
      fins: [null, null], // by who sends
      handshake: null,
    };
    connection.ends.forEach((end, side) => Object.assign(end, { connection, side }));
    const listener = asks ? this.#book.find(peer, t) : null;
    const owner = listener?.party ?? this.#parties.outside("tcp", peer, t);
    this.#parties.give(far, owner);
    this.#connections.set(name, connection);
    return connection;
  }

  // The handshake: whoever connects is connected before anybody accepts.
  #shake(end, t, event, n = event.seq) {
    const { connection } = end;
    const known = connection.handshake;
    if (known) {
      known.from = end;
      known.sentT = Math.min(t, known.arrivals[0]?.t ?? t);
      known.t = known.sentT;
      known.events.unshift(event);
      this.#changes.touch(known);
      return;
    }
    connection.handshake = this.#transfer("connect", `connect:${event.run}/${event.client ?? n}`, {
      from: end,
      to: other(end),
      t,
      sentT: t,
      waits: "backlog",
      events: [event],
    });
  }

  #accepted(end, t, event) {
    const { connection } = end;
    const arrival = { t, event };
    const known = connection.handshake;
    if (known) {
      known.arrivals = [arrival];
      known.t = known.sentT = Math.min(known.sentT, t);
      known.events.push(event);
      this.#changes.touch(known);
      return;
    }
    connection.handshake = this.#transfer("connect", `accept:${event.run}/${event.n}`, {
      from: other(end),
      to: end,
      t,
      arrivals: [arrival],
      waits: "backlog",
      events: [event],
    });
  }

  #refused(party, event, sinceT) {
    const from = makeEnd({ party, transport: "tcp", t: sinceT, known: true });
    this.#transfer("connect", `connect:${event.run}/${event.n}`, {
      from,
      to: this.#book.find(event.peer, event.t),
      t: sinceT,
      sentT: sinceT,
      peer: event.peer,
      lostT: event.t,
      lostWhy: event.error === "ECONNREFUSED" ? "refused" : event.error,
      events: [event],
    });
  }

  // What a connected socket does.

  #talk(end, key, event, sinceT) {
    const { call, error, t } = event;
    if (isReceiving(call) && !error) {
      if (event.flags === "MSG_PEEK") return;
      if (event.bytes === 0) this.#readEnd(end, t, event);
      else this.#read(end, { a: event.offset, b: event.offset + event.bytes, t, event });
    } else if (isSending(call) && !error) {
      this.#send(end, { a: event.offset, b: event.offset + event.bytes, t: sinceT, event });
    } else if (call === "shutdown" && !error && event.how !== "SHUT_RD") {
      this.#finish(end, t, event);
    } else if (call === "close" && !event.held) {
      this.#close(end, key, t, event);
    }
    if (call === "sendall" && error) this.#doubtSent(end);
    if (error === "ECONNRESET") this.#reset(end, t, event);
  }

  // A browser's pieces carry no place: it is counted, in the order of their numbers.
  #countSent(end, event) {
    this.#count(
      end.connection.streams[end.side].sends,
      event,
      (piece) => this.#send(end, piece),
      end,
    );
  }

  #countRead(end, event) {
    const stream = other(end).connection.streams[other(end).side];
    this.#count(stream.reads, event, (piece) => this.#read(end, piece), other(end));
  }

  #count(pieces, event, take, sender) {
    const { bytes, t } = event;
    const stream = sender.connection.streams[sender.side];
    const later = pieces.filter((piece) => piece.event.seq > event.seq && piece.event.client);
    const at = later[0]?.a ?? pieces.at(-1)?.b ?? 0;
    for (const piece of later) this.#takeBack(stream, piece);
    let a = at;
    for (const each of [{ t, event, bytes }, ...later.map((p) => ({ ...p, bytes: p.b - p.a }))]) {
      take({ a, b: a + each.bytes, t: each.t, event: each.event });
      a += each.bytes;
    }
  }

  #takeBack(stream, piece) {
    const gone = stream.remove(piece);
    if (piece.item) this.#drop(piece.item);
    for (const { sent, read } of gone) {
      if (sent !== piece) this.#unlink(sent.item, read);
      else if (read.links.length === 0) this.#loose(read);
    }
  }

  #send(end, { a, b, t, event }) {
    const stream = end.connection.streams[end.side];
    const to = other(end);
    const item = this.#transfer("segment", idOf("sent", event), {
      from: end,
      to,
      t,
      sentT: t,
      a,
      b,
      bytes: b - a,
      data: event.data ?? "",
      uncertain: a >= stream.certainTo,
      events: [event],
    });
    if (to.closedT <= t) this.#lose(item, t, "closed");
    if (item.uncertain) return;
    const piece = { a, b, t, event, item, links: [] };
    for (const link of stream.addSend(piece)) this.#link(link);
  }

  // A sendall that failed may have sent a part of it: nobody knows how much (socket.sendall).
  #doubtSent(end) {
    const stream = end.connection.streams[end.side];
    stream.certainTo = Math.min(stream.certainTo, stream.sentEnd);
  }

  #read(end, { a, b, t, event }) {
    const from = other(end);
    const stream = from.connection.streams[from.side];
    const piece = { a, b, t, event, from, to: end, links: [], item: null };
    if (a >= stream.certainTo) {
      this.#loose(piece);
      return;
    }
    const links = stream.addRead(piece);
    for (const link of links) this.#link(link);
    if (links.length === 0) this.#loose(piece);
  }

  // The bytes [from, to) of one send were read by one call.
  #link({ from, to, sent, read }) {
    const { item } = sent;
    if (read.item) this.#drop(read.item);
    read.item = null;
    item.arrivals.push({ t: read.t, from, to, event: read.event, read });
    item.arrivals.sort((x, y) => x.from - y.from);
    item.t = item.sentT = Math.min(item.sentT, read.t);
    item.events.push(read.event);
    this.#changes.touch(item);
    for (const { sent: fellow } of read.links)
      if (fellow !== sent) this.#changes.touch(fellow.item);
  }

  #unlink(item, read) {
    item.arrivals = item.arrivals.filter((arrival) => arrival.read !== read);
    item.events = item.events.filter((event) => event !== read.event);
    this.#changes.touch(item);
  }

  // Bytes that were read, and whoever sent them has not told of it (yet).
  #loose(read) {
    const { a, b, t, event } = read;
    read.item = this.#transfer("segment", idOf("got", event), {
      from: read.from,
      to: read.to,
      t,
      a,
      b,
      bytes: b - a,
      data: event.data ?? "",
      arrivals: [{ t, from: a, to: b, event, read }],
      events: [event],
    });
  }

  // The end of a direction.

  #finish(end, t, event) {
    const { fins } = end.connection;
    const known = fins[end.side];
    const peer = other(end);
    if (known?.sentT === null) {
      known.from = end;
      known.t = known.sentT = Math.min(t, known.arrivals[0].t);
      if (event) known.events.unshift(event);
      this.#changes.touch(known);
    } else if (!known && peer.closedT > t) {
      const id = event ? idOf("fin", event) : `fin:${end.id}`;
      fins[end.side] = this.#transfer("fin", id, {
        from: end,
        to: peer,
        t,
        sentT: t,
        events: event ? [event] : [],
      });
    }
  }

  #readEnd(end, t, event) {
    const peer = other(end);
    const known = end.connection.fins[peer.side];
    const arrival = { t, event };
    if (!known) {
      end.connection.fins[peer.side] = this.#transfer("fin", idOf("eof", event), {
        from: peer,
        to: end,
        t,
        arrivals: [arrival],
        events: [event],
      });
    } else if (known.arrivals.length === 0) this.#arrive(known, arrival);
  }

  #reset(end, t, event) {
    const peer = other(end);
    const known = end.connection.fins[peer.side];
    const arrival = { t, event };
    if (!known) {
      end.connection.fins[peer.side] = this.#transfer("rst", idOf("rst", event), {
        from: peer,
        to: end,
        t,
        arrivals: [arrival],
        events: [event],
      });
    } else if (known.arrivals.length === 0) {
      known.what = "rst";
      this.#arrive(known, arrival);
    }
  }

  #arrive(transfer, arrival) {
    transfer.arrivals = [arrival];
    transfer.t = transfer.sentT = Math.min(transfer.sentT, arrival.t);
    transfer.lostT = Infinity;
    transfer.events.push(arrival.event);
    this.#changes.touch(transfer);
  }

  #close(end, key, t, event) {
    if (end.closedT !== Infinity) return;
    end.closedT = t;
    const peer = other(end);
    const { fins, streams, handshake } = end.connection;
    this.#finish(end, t, event);
    const coming = fins[peer.side];
    if (coming && coming.arrivals.length === 0)
      this.#lose(coming, Math.max(t, coming.sentT), "closed");
    if (coming && coming.arrivals.length === 0 && coming.sentT > t) this.#drop(coming);
    const unread = this.#loseUnread(streams[peer.side], t);
    const fin = fins[end.side];
    if (unread && fin?.sentT === t) fin.what = "rst"; // RFC 9293, 3.10.4; RFC 2525, 2.17
    if (handshake && handshake.arrivals.length === 0 && handshake.to === peer) {
      this.#lose(handshake, t, "gone");
    }
    if (!peer.known && peer.party.kind === "peer") this.#parties.end(peer.party, t);
    this.#closed.push([key, end.connection]);
    if (this.#closed.length > CLOSED_KEPT) this.#forget(...this.#closed.shift());
  }

  // What nobody has read is thrown away with the socket; returns whether there was anything.
  #loseUnread(stream, t) {
    let found = false;
    for (let i = stream.sends.length - 1; i >= 0 && stream.sends[i].b > stream.readEnd; i--) {
      const { item } = stream.sends[i];
      found ||= item.sentT <= t;
      this.#lose(item, Math.max(t, item.sentT), item.sentT > t ? "closed" : "unread");
    }
    return found;
  }

  #forget(key, connection) {
    this.#ends.delete(key);
    if (this.#connections.get(connection.name) === connection) {
      this.#connections.delete(connection.name);
    }
  }

  // Items.

  #transfer(what, id, facts) {
    const item = {
      kind: "transfer",
      what,
      id,
      sentT: null,
      bytes: 0,
      data: "",
      a: 0,
      b: 0,
      arrivals: [],
      lostT: Infinity,
      lostWhy: null,
      waits: "buffer",
      uncertain: false,
      ...facts,
    };
    remember(item);
    this.#changes.add(item);
    return item;
  }

  #lose(item, t, why) {
    if (item.lostT <= t) return;
    item.lostT = t;
    item.lostWhy = why;
    this.#changes.touch(item);
  }

  #drop(item) {
    this.#changes.drop(item);
  }
}

// Whether an end that nobody has claimed can be this one.
function isFree(end, local, asks) {
  if (end.known || parse(end.address).port !== parse(local).port) return false;
  return asks === null || end.asks === null || end.asks === asks;
}

// When the last of the ends that tell of themselves was closed; Infinity while one is open.
function lastClosedT({ ends }) {
  return Math.max(...ends.filter((end) => end.known).map((end) => end.closedT));
}

const other = (end) => end.connection.ends[1 - end.side];

const idOf = (what, event) =>
  event.client ? `${what}:${event.client}/${event.seq}` : `${what}:${event.run}/${event.n}`;
