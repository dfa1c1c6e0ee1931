// TCP between the lifelines: handshake and backlog, what is sent and read, FIN and RST. Each event
// goes to the connection of its end; either end may tell first, and no arrow begins after its end.

import { isConnecting, isReceiving, isSending, isSendingInParts } from "./calls.js";
import { makeEnd } from "./diagram-parties.js";
import { Connections, other } from "./tcp-connections.js";
import { Segments } from "./tcp-segments.js";
import { idOf, Transfers } from "./tcp-transfers.js";

// sendfile() gives up before its first byte when the kernel cannot do it; send() follows.
const NOTHING_SENT = "_GiveupOnSendfile";
const CONNECTING_ERRORS = new Set(["EINPROGRESS", "EALREADY", "EISCONN", "EWOULDBLOCK"]);

export class TcpTalk {
  #parties;
  #transfers;
  #connections;
  #segments;

  constructor(parties, changes) {
    this.#parties = parties;
    this.#transfers = new Transfers(changes);
    this.#connections = new Connections(parties, this.#transfers);
    this.#segments = new Segments(this.#transfers);
  }

  takeCall(event, enter) {
    const { call, t } = event;
    const sinceT = enter?.t ?? t;
    if (call === "listen") this.#connections.listen(event);
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
      const end = this.#connections.open(client, party, event.local, event.peer, t, true);
      this.#shake(end, t, event);
      return;
    }
    const end = this.#connections.get(client);
    if (!end) return;
    if (type === "client.sent") this.#segments.countSent(end, event);
    else if (type === "client.received") this.#segments.countRead(end, event);
    else if (type === "client.eof") this.#readEnd(end, t, event);
    else if (type === "client.shutdown") this.#finish(end, t, event);
    else if (type === "client.failed" && event.code === "reset") this.#reset(end, t, event);
    else if (type === "client.closed") this.#close(end, client, t, event);
  }

  endRun(run, t) {
    for (const [key, end] of this.#connections.ends()) {
      if (key.startsWith(`${run}/`) && end.closedT === Infinity) this.#close(end, key, t, null);
    }
    for (const { ends, streams, handshake } of this.#connections.all()) {
      const end = ends.find((each) => !each.known && each.party.run === run);
      if (!end || end.closedT !== Infinity) continue;
      end.closedT = t;
      if (handshake) this.#transfers.lose(handshake, t, "gone");
      this.#segments.loseUnread(streams[1 - end.side], t);
    }
  }

  lose(event) {
    for (const [key, end] of this.#connections.ends()) {
      const { streams } = end.connection;
      if (event === null ? end.party.kind === "client" : key === event.client) {
        for (const stream of streams) stream.certainTo = 0;
      }
    }
  }

  // Connections: whoever connects is connected before anybody accepts.

  #accept(event) {
    const { run, accepted, local, peer, t, error } = event;
    if (error || !peer || !local) return;
    const party = this.#parties.run(run, t);
    const end = this.#connections.open(`${run}/${accepted}`, party, local, peer, t, false);
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
    const end = this.#connections.open(`${run}/${socket}`, party, local, peer, t, true);
    if (!party.address) this.#parties.name(party, { address: local });
    this.#shake(end, sinceT, event, n);
  }

  #endOf(key, { run, local, peer, t }) {
    const known = this.#connections.get(key);
    if (known) return known;
    if (!local || !peer) return null;
    return this.#connections.open(key, this.#parties.run(run, t), local, peer, t, null);
  }

  #shake(end, t, event, n = event.seq) {
    const { connection } = end;
    const known = connection.handshake;
    if (known) {
      known.from = end;
      known.sentT = Math.min(t, known.arrivals[0]?.t ?? t);
      known.t = known.sentT;
      known.events.unshift(event);
      this.#transfers.touch(known);
      return;
    }
    const id = `connect:${event.run}/${event.client ?? n}`;
    connection.handshake = this.#transfers.make("connect", id, {
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
      this.#transfers.touch(known);
      return;
    }
    connection.handshake = this.#transfers.make("connect", `accept:${event.run}/${event.n}`, {
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
    this.#transfers.make("connect", `connect:${event.run}/${event.n}`, {
      from,
      to: this.#connections.listenerAt(event.peer, event.t),
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
      else this.#segments.read(end, pieceOf(event, t));
    } else if (isSending(call) && !error) {
      this.#segments.send(end, pieceOf(event, sinceT));
    } else if (call === "shutdown" && !error && event.how !== "SHUT_RD") {
      this.#finish(end, t, event);
    } else if (call === "close" && !event.held) {
      this.#close(end, key, t, event);
    }
    if (isSendingInParts(call) && error && error !== NOTHING_SENT) this.#segments.doubt(end);
    if (error === "ECONNRESET") this.#reset(end, t, event);
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
      this.#transfers.touch(known);
    } else if (!known && peer.closedT > t) {
      const id = event ? idOf("fin", event) : `fin:${end.id}`;
      fins[end.side] = this.#transfers.make("fin", id, {
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
      end.connection.fins[peer.side] = this.#transfers.make("fin", idOf("eof", event), {
        from: peer,
        to: end,
        t,
        arrivals: [arrival],
        events: [event],
      });
    } else if (known.arrivals.length === 0) this.#transfers.arrive(known, arrival);
  }

  #reset(end, t, event) {
    const peer = other(end);
    const known = end.connection.fins[peer.side];
    const arrival = { t, event };
    if (!known) {
      end.connection.fins[peer.side] = this.#transfers.make("rst", idOf("rst", event), {
        from: peer,
        to: end,
        t,
        arrivals: [arrival],
        events: [event],
      });
    } else if (known.arrivals.length === 0) {
      known.what = "rst";
      this.#transfers.arrive(known, arrival);
    }
  }

  #close(end, key, t, event) {
    if (end.closedT !== Infinity) return;
    end.closedT = t;
    const peer = other(end);
    const { fins, streams, handshake } = end.connection;
    this.#finish(end, t, event);
    const coming = fins[peer.side];
    if (coming && coming.arrivals.length === 0)
      this.#transfers.lose(coming, Math.max(t, coming.sentT), "closed");
    if (coming && coming.arrivals.length === 0 && coming.sentT > t) this.#transfers.drop(coming);
    const unread = this.#segments.loseUnread(streams[peer.side], t);
    const fin = fins[end.side];
    if (unread && fin?.sentT === t) fin.what = "rst"; // RFC 9293, 3.10.4; RFC 2525, 2.17
    if (handshake && handshake.arrivals.length === 0 && handshake.to === peer) {
      this.#transfers.lose(handshake, t, "gone");
    }
    if (!peer.known && peer.party.kind === "peer") this.#parties.end(peer.party, t);
    this.#connections.noteClosed(key, end.connection);
  }
}

const pieceOf = (event, t) => ({ a: event.offset, b: event.offset + event.bytes, t, event });
