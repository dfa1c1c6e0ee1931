// TCP: one direction of a connection as what it is, a stream of bytes. What was sent [a, b) and what
// was read [c, d) are linked where they overlap, whatever order they are told in. No I/O, no page.

/** @import { Link, Piece } from "./diagram.d.ts" */

import { firstWhere, insert } from "./sorted.js";

const KEPT = 64; // pieces with both ends known that a late event may still touch

/**
 * @param {Piece} a
 * @param {Piece} b
 */
const byPlace = (a, b) => a.a - b.a;
/**
 * @param {Link} a
 * @param {Link} b
 */
const byFrom = (a, b) => a.from - b.from;

/**
 * Pieces are {a, b, t, links}; a link is {from, to, sent, read}: the bytes [from, to) of the stream
 * went from one send to one read.
 */
export class ByteStream {
  /** @type {Piece[]} */
  sends = []; // by place in the stream
  /** @type {Piece[]} */
  reads = [];
  readEnd = 0; // the reader has taken everything before this byte
  sentEnd = 0;
  untold = { place: 0, t: Infinity }; // up to where all is known to have been taken, whoever told of it; when
  certainTo = Infinity; // from this byte on pieces are missing, and places are not known

  get takenTo() {
    return Math.max(this.readEnd, this.untold.place);
  }

  /**
   * Take a piece that was sent; returns the new links.
   * @param {Piece} piece
   */
  addSend(piece) {
    this.sentEnd = Math.max(this.sentEnd, piece.b);
    return this.#add(piece, this.sends, this.reads, (read) => ({ sent: piece, read }));
  }

  /**
   * Take a piece that was read; returns the new links.
   * @param {Piece} piece
   */
  addRead(piece) {
    this.readEnd = Math.max(this.readEnd, piece.b);
    return this.#add(piece, this.reads, this.sends, (sent) => ({ sent, read: piece }));
  }

  /**
   * Return what was sent and is known to have been taken by a way that is not told: a stream is read in
   * order, so all that stands before a place where something was read. Looks back from that place, as far
   * as there is anything of the kind.
   * @param {number} place
   */
  takenBefore(place) {
    /** @type {Piece[]} */
    const found = [];
    for (let i = firstWhere(this.sends, ({ b }) => b > place) - 1; i >= 0; i--) {
      const { a, b, links } = this.sends[i];
      if (links.reduce((left, { from, to }) => left - (to - from), b - a) <= 0) break;
      found.push(this.sends[i]);
    }
    return found;
  }

  /**
   * Take back a piece whose place was wrong; returns the links that are gone.
   * @param {Piece} piece
   */
  remove(piece) {
    const list = this.sends.includes(piece) ? this.sends : this.reads;
    list.splice(list.indexOf(piece), 1);
    const gone = piece.links;
    for (const link of gone) {
      const other = link.sent === piece ? link.read : link.sent;
      other.links = other.links.filter((each) => each !== link);
    }
    piece.links = [];
    return gone;
  }

  /**
   * @param {Piece} piece
   * @param {Piece[]} own
   * @param {Piece[]} others
   * @param {(other: Piece) => {sent: Piece, read: Piece}} ends
   */
  #add(piece, own, others, ends) {
    insert(own, piece, byPlace);
    /** @type {Link[]} */
    const links = [];
    const first = firstWhere(others, ({ b }) => b > piece.a);
    for (let i = first; i < others.length && others[i].a < piece.b; i++) {
      const other = others[i];
      const from = Math.max(piece.a, other.a);
      const to = Math.min(piece.b, other.b);
      if (from >= to) continue;
      const link = { from, to, ...ends(other) };
      insert(piece.links, link, byFrom);
      insert(other.links, link, byFrom);
      links.push(link);
    }
    this.#forget();
    return links;
  }

  #forget() {
    const done = Math.min(this.readEnd, this.sentEnd);
    for (const list of [this.sends, this.reads]) {
      if (list.length > 4 * KEPT && list[2 * KEPT].b <= done) list.splice(0, KEPT);
    }
  }
}
