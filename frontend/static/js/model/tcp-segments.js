// The bytes of TCP as segments: what each call sent, and which calls read it. The places in the
// stream decide, whatever order the events come in; where places are not known nothing is paired.

/** @import { Link, Piece, TcpEnd, Transfer } from "./diagram.d.ts" */

/** @import { ByteStream } from "./byte-stream.js" */

/** @import { Transfers } from "./transfers.js" */

/** @import { Call, ClientReceived, ClientSent } from "./types.d.ts" */

/** @typedef {Pick<Piece, "a" | "b" | "t" | "event">} Told */

/** @typedef {Piece & {item: Transfer}} SentPiece */

import { firstWhere } from "./sorted.js";
import { other, streamFrom } from "./tcp-connections.js";
import { earlier, idOf } from "./transfers.js";

const BYTE_S = 1e-9; // how much earlier a byte was sent than the next one, at least

export class Segments {
  #transfers;

  /** @param {Transfers} transfers */
  constructor(transfers) {
    this.#transfers = transfers;
  }

  /**
   * The bytes [a, b) of a stream were sent.
   * @param {TcpEnd} end
   * @param {Told} told
   */
  send(end, { a, b, t, event }) {
    const stream = streamFrom(end);
    const to = other(end);
    if ("unseen" in event && event.unseen) this.sendUnseen(end, event, t);
    const item = this.#transfers.make("segment", idOf("sent", event), {
      from: end,
      to,
      t,
      sentT: t,
      a,
      b,
      bytes: event.bytes ?? 0,
      data: event.data ?? "",
      uncertain: !(a < stream.certainTo),
      events: [event],
    });
    if (to.closedT <= t) this.#transfers.lose(item, t, "closed");
    if (item.uncertain) return;
    /** @type {Piece} */
    const piece = { a, b, t, event, item, links: [] };
    for (const link of stream.addSend(piece)) this.#link(link);
    this.#passOver(stream, b);
  }

  // What stands before a place where something was read has been taken, whoever told of it.
  /**
   * @param {ByteStream} stream
   * @param {number} place
   */
  #passOver(stream, place) {
    const later = stream.reads[firstWhere(stream.reads, ({ b }) => b > place)];
    const { untold } = stream;
    if (later) this.#takeBefore(stream, later.a, later.t);
    else if (place <= untold.place) this.#takeBefore(stream, untold.place, untold.t);
  }

  /**
   * @param {ByteStream} stream
   * @param {number} place
   * @param {number} t
   */
  #takeBefore(stream, place, t) {
    for (const sent of stream.takenBefore(place)) {
      const item = itemOf(sent);
      if (item.takenT !== undefined && item.takenT <= t) break;
      item.takenT = Math.max(t, item.sentT ?? t);
      this.#transfers.touch(item);
    }
  }

  /**
   * All that has come to an end before a place in the stream was taken, though not all of it is told.
   * @param {TcpEnd} end
   * @param {number} place
   * @param {number} t
   */
  takeUntold(end, place, t) {
    const stream = streamFrom(other(end));
    if (place <= stream.untold.place) return;
    stream.untold = { place, t };
    this.#takeBefore(stream, place, t);
  }

  /**
   * Bytes went by a way that is not told, just before the place of an event.
   * @param {TcpEnd} end
   * @param {Call} event
   * @param {number} t
   */
  sendUnseen(end, event, t) {
    const { offset = 0, unseen = 0 } = event;
    const a = offset - unseen;
    const stream = streamFrom(end);
    const item = this.#transfers.make("segment", idOf("unseen", event), {
      from: end,
      to: other(end),
      t,
      sentT: t,
      a,
      b: offset,
      bytes: unseen,
      isUnseen: true,
      events: [event],
    });
    if (other(end).closedT <= t) this.#transfers.lose(item, t, "closed");
    const piece = { a, b: offset, t, event, item, links: [] };
    for (const link of stream.addSend(piece)) this.#link(link);
  }

  /**
   * A call failed that may have sent a part: nobody knows how much (socket.sendall, sendfile).
   * @param {TcpEnd} end
   */
  doubt(end) {
    const stream = streamFrom(end);
    stream.certainTo = Math.min(stream.certainTo, stream.sentEnd);
  }

  /**
   * The bytes [a, b) of a stream were read.
   * @param {TcpEnd} end
   * @param {Told} told
   */
  read(end, { a, b, t, event }) {
    const from = other(end);
    const stream = streamFrom(from);
    /** @type {Piece} */
    const piece = { a, b, t, event, from, to: end, links: [], item: null };
    if (!(a < stream.certainTo)) {
      this.#loose(piece);
      return;
    }
    const links = stream.addRead(piece);
    for (const link of links) this.#link(link);
    if (links.length === 0) this.#loose(piece);
    this.#passOver(stream, a);
  }

  // The bytes [from, to) of one send were read by one call.
  /** @param {Link} link */
  #link({ from, to, sent, read }) {
    const item = itemOf(sent);
    if (read.item) this.#transfers.drop(read.item);
    read.item = null;
    if (read.to) item.to = read.to; // another process may have read it
    item.arrivals.push({ t: read.t, from, to, event: read.event, read });
    item.arrivals.sort((x, y) => (x.from ?? 0) - (y.from ?? 0));
    // A send is told after it was made: a read may be told before. What it took of several has their order.
    item.sentT = earlier(item.sentT, read.t - Math.max(0, read.b - sent.b) * BYTE_S);
    item.t = item.sentT;
    item.events.push(read.event);
    this.#transfers.touch(item);
    for (const { sent: fellow } of read.links)
      if (fellow !== sent) this.#transfers.touch(itemOf(fellow));
  }

  /**
   * @param {Transfer} item
   * @param {Piece} read
   */
  #unlink(item, read) {
    item.arrivals = item.arrivals.filter((arrival) => arrival.read !== read);
    item.events = item.events.filter((event) => event !== read.event);
    this.#transfers.touch(item);
  }

  // Bytes that were read, and whoever sent them has not told of it (yet).
  /** @param {Piece} read */
  #loose(read) {
    const { a, b, t, event, from, to } = read;
    if (!from || !to) throw new Error(`segments: nobody read [${a}, ${b})`);
    read.item = this.#transfers.make("segment", idOf("got", event), {
      from,
      to,
      t,
      a,
      b,
      bytes: event.bytes ?? 0,
      data: event.data ?? "",
      arrivals: [{ t, from: a, to: b, event, read }],
      events: [event],
    });
  }

  /**
   * A browser's piece carries no place: it is counted, in the order of their numbers.
   * @param {TcpEnd} end
   * @param {ClientSent} event
   */
  countSent(end, event) {
    const stream = streamFrom(end);
    this.#count(stream, stream.sends, event, (piece) => this.send(end, piece));
  }

  /**
   * @param {TcpEnd} end
   * @param {ClientReceived} event
   */
  countRead(end, event) {
    const stream = streamFrom(other(end));
    this.#count(stream, stream.reads, event, (piece) => this.read(end, piece));
  }

  /**
   * @param {ByteStream} stream
   * @param {Piece[]} pieces
   * @param {ClientSent | ClientReceived} event
   * @param {(piece: Told) => void} take
   */
  #count(stream, pieces, event, take) {
    const { bytes, t } = event;
    const later = pieces.filter((piece) => piece.event.seq > event.seq && "client" in piece.event);
    const at = later[0]?.a ?? pieces.at(-1)?.b ?? 0;
    for (const piece of later) this.#takeBack(stream, piece);
    let a = at;
    for (const each of [{ t, event, bytes }, ...later.map((p) => ({ ...p, bytes: p.b - p.a }))]) {
      take({ a, b: a + each.bytes, t: each.t, event: each.event });
      a += each.bytes;
    }
  }

  /**
   * @param {ByteStream} stream
   * @param {Piece} piece
   */
  #takeBack(stream, piece) {
    const gone = stream.remove(piece);
    if (piece.item) this.#transfers.drop(piece.item);
    for (const { sent, read } of gone) {
      if (sent !== piece) this.#unlink(itemOf(sent), read);
      else if (read.links.length === 0) this.#loose(read);
    }
  }

  /**
   * What nobody has read is thrown away with the socket; returns whether there was anything.
   * @param {ByteStream} stream
   * @param {number} t
   */
  loseUnread(stream, t) {
    let found = false;
    for (let i = stream.sends.length - 1; i >= 0 && stream.sends[i].b > stream.takenTo; i--) {
      const item = itemOf(stream.sends[i]);
      const sentT = item.sentT ?? t;
      found ||= sentT <= t;
      this.#transfers.lose(item, Math.max(t, sentT), sentT > t ? "closed" : "unread");
    }
    return found;
  }
}

/**
 * The transfer of a piece that was sent.
 * @param {Piece} piece
 */
function itemOf({ item, a, b }) {
  if (item === null) throw new Error(`segments: nobody sent [${a}, ${b})`);
  return item;
}
