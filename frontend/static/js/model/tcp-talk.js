// TCP between the lifelines: handshake and backlog, what is sent and read, FIN and RST. Each event
// goes to the connection of its end; either end may tell first, and no arrow begins after its end.

/** @import { Changes, ClientEvent, TcpEnd, Telling } from "./diagram.d.ts" */
/** @import { Parties } from "./diagram-parties.js" */
/** @import { Call, ClientEof, ClientFailed, Dropped } from "./types.d.ts" */

import { isConnecting, isReceiving, isSending, isSendingInParts } from "./calls.js";
import { Connections, other } from "./tcp-connections.js";
import { Handshakes } from "./tcp-handshakes.js";
import { Segments } from "./tcp-segments.js";
import { idOf, Transfers } from "./transfers.js";

// sendfile() gives up before its first byte when the kernel cannot do it; send() follows. On a socket
// that is closed, or was never connected, nothing can be sent.
const NOTHING_SENT = new Set(["_GiveupOnSendfile", "EBADF", "ENOTCONN", "TypeError"]);
const CONNECTING_ERRORS = new Set(["EINPROGRESS", "EALREADY", "EISCONN", "EWOULDBLOCK"]);

export class TcpTalk {
  #parties;
  #transfers;
  #connections;
  #segments;
  #handshakes;
  /** @type {Map<string, {event: Call, t: number}>} */
  #begun = new Map(); // run/socket → a connect() that did not wait for its end

  constructor(/** @type {Parties} */ parties, /** @type {Changes} */ changes) {
    this.#parties = parties;
    this.#transfers = new Transfers(changes);
    this.#connections = new Connections(parties, this.#transfers);
    this.#segments = new Segments(this.#transfers);
    this.#handshakes = new Handshakes(this.#transfers);
  }

  takeCall(/** @type {Call} */ event, /** @type {Call | null} */ enter) {
    const { call, t } = event;
    const sinceT = enter?.t ?? t;
    if (call === "listen") this.#connections.listen(event);
    else if (call === "accept") this.#accept(event);
    else if (isConnecting(call)) this.#connect(event, sinceT);
    else {
      const key = `${event.run}/${event.socket}`;
      const end = this.#endOf(key, event);
      if (end !== null) this.#talk(end, key, event, sinceT);
      else if (call === "close") this.#begun.delete(key);
    }
  }

  /** @param {ClientEvent} event */
  takeClient(event) {
    const { type, client, t } = event;
    if (type === "client.opened") {
      const party = this.#parties.client(client, event.run, t);
      const end = this.#connections.open(client, party, event.local, event.peer, t, true);
      this.#handshakes.ask(end, t, event);
      return;
    }
    const end = this.#connections.get(client);
    if (!end) return;
    if (type === "client.sent") this.#segments.countSent(end, event);
    else if (type === "client.received") this.#segments.countRead(end, event);
    else if (type === "client.eof") this.#readEnd(end, t, event);
    else if (type === "client.shutdown") this.#finish(end, t, event);
    else if (type === "client.failed" && event.code === "reset")
      this.#readEnd(end, t, event, "rst");
    else if (type === "client.closed") this.#close(end, client, t, event);
  }

  endRun(/** @type {string} */ run, /** @type {number} */ t) {
    for (const [key, end] of this.#connections.ends()) {
      if (key.startsWith(`${run}/`) && end.closedT === Infinity) this.#close(end, key, t, null);
    }
    for (const { ends, streams, handshake } of this.#connections.all()) {
      const end = ends.find(
        (each) => !each.known && each.party?.kind === "run" && each.party.run === run,
      );
      if (!end || end.closedT !== Infinity) continue;
      end.closedT = t;
      if (handshake) this.#transfers.lose(handshake, t, "gone");
      this.#segments.loseUnread(streams[1 - end.side], t);
    }
  }

  /** @param {Dropped | null} event */
  lose(event) {
    for (const [key, end] of this.#connections.ends()) {
      const { streams } = end.connection;
      if (event === null ? end.party?.kind === "client" : key === event.client) {
        for (const stream of streams) stream.certainTo = 0;
      }
    }
  }

  // Connections: whoever connects is connected before anybody accepts.

  /** @param {Call} event */
  #accept(event) {
    const { run, accepted, local, peer, t, error } = event;
    if (error || !peer || !local) return;
    const party = this.#parties.of(event, t);
    const end = this.#connections.open(`${run}/${accepted}`, party, local, peer, t, false);
    this.#handshakes.accept(end, t, event);
  }

  #connect(/** @type {Call} */ event, /** @type {number} */ sinceT) {
    const { run, socket, local, peer, t, error, n } = event;
    const key = `${run}/${socket}`;
    if (error === "EINPROGRESS") this.#begun.set(key, { event, t: sinceT });
    if (error && CONNECTING_ERRORS.has(error)) return;
    this.#begun.delete(key);
    const party = this.#parties.of(event, t);
    if (error || !local || !peer) {
      const to = peer && error ? this.#connections.listenerAt(peer, t) : null;
      if (peer && error) this.#handshakes.refuse(party, to, peer, event, sinceT);
      return;
    }
    const end = this.#connections.open(key, party, local, peer, t, true);
    if (!party.address) this.#parties.name(party, { address: local });
    this.#handshakes.ask(end, sinceT, event, n);
  }

  #endOf(/** @type {string} */ key, /** @type {Call} */ event) {
    const { local, peer, t } = event;
    const known = this.#connections.get(key);
    if (!known && (!local || !peer)) return null;
    const party = this.#parties.of(event, t);
    const begun = this.#begun.get(key);
    const asks = begun ? true : null;
    const end = known ?? this.#connections.open(key, party, local ?? "", peer ?? "", t, asks);
    if (begun) this.#handshakes.ask(end, begun.t, begun.event, begun.event.n);
    this.#begun.delete(key);
    const own = this.#connections.inProcess(end, party, t);
    own.passedOnT = Infinity; // who tells of it has it still
    return own;
  }

  // What a connected socket does.

  #talk(
    /** @type {TcpEnd} */ end,
    /** @type {string} */ key,
    /** @type {Call} */ event,
    /** @type {number} */ sinceT,
  ) {
    const { call, error, t } = event;
    if (isReceiving(call) && !error) {
      if (event.flags) return; // MSG_PEEK takes nothing; MSG_OOB what stands beside the stream
      if (event.bytes === undefined) return; // it asked for none; or TLS had read them before
      if (event.bytes === 0) this.#readEnd(end, t, event);
      else this.#segments.read(end, pieceOf(event, t));
    } else if (isSending(call) && (event.bytes || (!error && event.bytes === undefined))) {
      this.#segments.send(end, pieceOf(event, sinceT));
    } else if (call === "shutdown" && !error && event.how !== "SHUT_RD") {
      this.#finish(end, t, event);
    } else if (call === "close") {
      if (event.unseen) this.#segments.sendUnseen(end, event, t);
      if (event.taken) this.#segments.takeUntold(end, event.taken, t);
      if (!event.held) this.#close(end, key, t, event);
      else if (event.elsewhere) end.passedOnT = t;
    } else if (call === "detach" && !error) end.passedOnT = t;
    const isPart = isSendingInParts(call) && error && !NOTHING_SENT.has(error);
    if (isPart && event.bytes === undefined) this.#segments.doubt(end);
    if (error === "ECONNRESET") this.#readEnd(end, t, event, "rst");
  }

  // The end of a direction.

  #finish(/** @type {TcpEnd} */ end, /** @type {number} */ t, /** @type {Telling | null} */ event) {
    const { fins } = end.connection;
    const known = fins[end.side];
    const peer = other(end);
    const coming = fins[peer.side];
    const isReset = coming?.what === "rst" && coming.arrivals.length > 0; // nothing goes after it
    if (known?.sentT === null) {
      known.from = end;
      known.t = known.sentT = Math.min(t, known.arrivals[0].t);
      if (event) known.events.unshift(event);
      this.#transfers.touch(known);
    } else if (!known && peer.closedT > t && !isReset) {
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

  #readEnd(
    /** @type {TcpEnd} */ end,
    /** @type {number} */ t,
    /** @type {Call | ClientEof | ClientFailed} */ event,
    /** @type {"fin" | "rst"} */ what = "fin",
  ) {
    const peer = other(end);
    const known = end.connection.fins[peer.side];
    const arrival = { t, event };
    if (what === "fin") this.#segments.takeUntold(end, Infinity, t); // it stands behind all that was sent
    if (!known) {
      const id = idOf(what === "fin" ? "eof" : "rst", event);
      end.connection.fins[peer.side] = this.#transfers.make(what, id, {
        from: this.#connections.holderOf(peer),
        to: end,
        t,
        arrivals: [arrival],
        events: [event],
      });
    } else if (known.arrivals.length === 0) {
      if (what === "rst") known.what = "rst";
      known.to = end;
      this.#transfers.arrive(known, arrival);
    }
  }

  #close(
    /** @type {TcpEnd} */ end,
    /** @type {string} */ key,
    /** @type {number} */ t,
    /** @type {Telling | null} */ event,
  ) {
    const own = end.connection.ends[end.side]; // that of the process that had it first
    if (own.closedT !== Infinity) return;
    own.closedT = end.closedT = t;
    const peer = other(end);
    const { fins, streams, handshake } = end.connection;
    const noFin = event?.type === "call" ? event.no_fin : undefined;
    if (noFin !== "over") this.#finish(end, t, event);
    const coming = fins[peer.side];
    if (coming && coming.arrivals.length === 0)
      this.#transfers.lose(coming, Math.max(t, coming.sentT ?? t), "closed");
    if (coming && coming.arrivals.length === 0 && (coming.sentT ?? t) > t)
      this.#transfers.drop(coming);
    const unread = this.#segments.loseUnread(streams[peer.side], t);
    const fin = fins[end.side];
    // RFC 9293, 3.10.4; RFC 2525, 2.17
    if ((unread || noFin) && fin?.sentT === t) fin.what = "rst";
    if (handshake && handshake.arrivals.length === 0 && handshake.to === peer) {
      this.#transfers.lose(handshake, t, "gone");
    }
    if (!peer.known && peer.party?.kind === "peer") this.#parties.end(peer.party, t);
    this.#connections.noteClosed(key, end.connection);
  }
}

// Without an offset nobody knows where in the stream it stands.
function pieceOf(/** @type {Call} */ event, /** @type {number} */ t) {
  const { offset = NaN, bytes = 0 } = event;
  return { a: offset, b: offset + bytes, t, event };
}
