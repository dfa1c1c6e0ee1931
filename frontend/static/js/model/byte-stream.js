// TCP: one direction of a connection as what it is, a stream of bytes. What was sent [a, b) and what
// was read [c, d) are linked where they overlap, whatever order they are told in. No I/O, no page.

const KEPT = 64; // pieces with both ends known that a late event may still touch

/**
 * Pieces are {a, b, t, links}; a link is {from, to, sent, read}: the bytes [from, to) of the stream
 * went from one send to one read.
 */
export class ByteStream {
  sends = []; // by place in the stream
  reads = [];
  readEnd = 0; // the reader has taken everything before this byte
  sentEnd = 0;
  certainTo = Infinity; // from this byte on pieces are missing, and places are not known

  /** Take a piece that was sent; returns the new links. */
  addSend(piece) {
    this.sentEnd = Math.max(this.sentEnd, piece.b);
    return this.#add(piece, this.sends, this.reads, (read) => ({ sent: piece, read }));
  }

  /** Take a piece that was read; returns the new links. */
  addRead(piece) {
    this.readEnd = Math.max(this.readEnd, piece.b);
    return this.#add(piece, this.reads, this.sends, (sent) => ({ sent, read: piece }));
  }

  /** Take back a piece whose place was wrong; returns the links that are gone. */
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

  #add(piece, own, others, ends) {
    insertByPlace(own, piece);
    const links = [];
    for (let i = firstAfter(others, piece.a); i < others.length && others[i].a < piece.b; i++) {
      const other = others[i];
      const from = Math.max(piece.a, other.a);
      const to = Math.min(piece.b, other.b);
      if (from >= to) continue;
      const link = { from, to, ...ends(other) };
      insertLink(piece.links, link);
      insertLink(other.links, link);
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

// The first piece that ends behind this byte.
function firstAfter(list, byte) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].b > byte) high = middle;
    else low = middle + 1;
  }
  return low;
}

function insertByPlace(list, piece) {
  let at = list.length;
  while (at > 0 && list[at - 1].a > piece.a) at -= 1;
  if (at === list.length) list.push(piece);
  else list.splice(at, 0, piece);
}

function insertLink(links, link) {
  let at = links.length;
  while (at > 0 && links[at - 1].from > link.from) at -= 1;
  links.splice(at, 0, link);
}
