// TCP connections with their two ends. An end becomes known once its program, or its client, tells
// of it; until then it belongs to whoever listens at its address, or to somebody outside.

/** @import { Connection, End, Party, TcpEnd } from "./diagram.d.ts" */

/** @import { Parties } from "./diagram-parties.js" */

/** @import { Transfers } from "./transfers.js" */

/** @import { Call } from "./types.d.ts" */

import { pairKey, parse } from "./address.js";
import { ByteStream } from "./byte-stream.js";
import { makeEnd } from "./diagram-parties.js";

const CLOSED_KEPT = 512; // connections that ended, kept for what is told late
const REUSE_S = 0.5; // a pair of addresses whose connection ended longer ago is a new connection

/**
 * The other end of the same connection.
 * @param {TcpEnd} end
 */
export const other = (end) => end.connection.ends[1 - end.side];

/**
 * The stream that an end sends.
 * @param {TcpEnd} end
 */
export const streamFrom = (end) => end.connection.streams[end.side];

export class Connections {
  #parties;
  #book;
  #transfers;
  /** @type {Map<string, TcpEnd>} */
  #ends = new Map(); // run/socket, or client → end
  /** @type {Map<string, Connection>} */
  #byName = new Map(); // pair of addresses → connection
  /** @type {WeakMap<TcpEnd, TcpEnd[]>} */
  #twins = new WeakMap(); // as other processes of the run have it
  /** @type {[string, Connection][]} */
  #closed = []; // keys of ends and their connections, oldest first

  /**
   * @param {Parties} parties
   * @param {Transfers} transfers
   */
  constructor(parties, transfers) {
    this.#parties = parties;
    this.#book = parties.books.tcp;
    this.#transfers = transfers;
  }

  /** @param {string} key */
  get(key) {
    return this.#ends.get(key);
  }

  /** All ends that tell of themselves: [key, end]. */
  ends() {
    return this.#ends;
  }

  all() {
    return this.#byName.values();
  }

  /**
   * Whoever listens at an address.
   * @param {string} address
   * @param {number} t
   */
  listenerAt(address, t) {
    return this.#book.find(address, t);
  }

  /** @param {Call} call */
  listen(call) {
    const { local, t, error } = call;
    if (error || !local) return;
    const party = this.#parties.of(call, t);
    const end = makeEnd({ party, transport: "tcp", address: local, t, known: true });
    this.#book.add(end, local);
    this.#parties.name(party, { address: local, listens: true });
  }

  /**
   * An end whose program tells of it. `asks`: it is the one that connected (null: not known).
   * @param {string} key
   * @param {Party} party
   * @param {string} local
   * @param {string} peer
   * @param {number} t
   * @param {boolean | null} asks
   * @returns {TcpEnd}
   */
  open(key, party, local, peer, t, asks) {
    const known = this.#ends.get(key);
    if (known) return known;
    const name = pairKey(local, peer);
    let connection = this.#byName.get(name);
    const isAwaited = asks === false && connection?.handshake?.arrivals.length === 0; // in the backlog
    if (connection && !isAwaited && lastClosedT(connection) < t - REUSE_S) connection = undefined;
    const same = connection?.ends.find((each) => isSame(each, party, local));
    if (same) {
      this.#ends.set(key, same);
      return same;
    }
    let end = connection?.ends.find((each) => isFree(each, local, asks)) ?? null;
    if (end === null) {
      connection = this.#makeConnection(name, party, local, peer, t, asks);
      [end] = connection.ends;
    } else {
      end.known = true;
      end.asks = asks;
      end.address = local;
      this.#parties.give(end, party);
      for (const item of end.talk) this.#transfers.touch(item);
      end.talk = [];
    }
    this.#ends.set(key, end);
    return end;
  }

  /**
   * The same end as another process of the run has it, which was forked.
   * @param {TcpEnd} end
   * @param {Party} party
   * @param {number} t
   * @returns {TcpEnd}
   */
  inProcess(end, party, t) {
    if (end.party === party || party.kind !== "run") return end;
    const twins = this.#twins.get(end) ?? [];
    this.#twins.set(end, twins);
    let twin = twins.find((each) => each.party === party);
    if (!twin) {
      const made = makeEnd({ party, transport: "tcp", address: end.address, t, known: true });
      const { connection, side, asks } = end;
      twin = /** @type {TcpEnd} */ (Object.assign(made, { connection, side, asks }));
      twins.push(twin);
    }
    return twin;
  }

  /**
   * Who has an end now: the process that had it first, or the last one of those that got it from that.
   * @param {TcpEnd} end
   * @returns {TcpEnd}
   */
  holderOf(end) {
    if (end.passedOnT === Infinity) return end;
    const twins = this.#twins.get(end) ?? [];
    return twins.findLast(({ passedOnT }) => passedOnT === Infinity) ?? end;
  }

  /**
   * @param {string} name
   * @param {Party} party
   * @param {string} local
   * @param {string} peer
   * @param {number} t
   * @param {boolean | null} asks
   * @returns {Connection}
   */
  #makeConnection(name, party, local, peer, t, asks) {
    const near = makeEnd({ party, transport: "tcp", address: local, t, known: true });
    const far = makeEnd({ transport: "tcp", address: peer, t, known: false });
    near.asks = asks;
    far.asks = asks === null ? null : !asks;
    /** @type {Connection} */
    const connection = {
      name,
      ends: [/** @type {TcpEnd} */ (near), /** @type {TcpEnd} */ (far)],
      streams: [new ByteStream(), new ByteStream()], // by who sends
      fins: [null, null], // by who sends
      handshake: null,
    };
    Object.assign(near, { connection, side: 0 });
    Object.assign(far, { connection, side: 1 });
    const listener = asks ? this.#book.find(peer, t) : null;
    const owner = listener?.party ?? this.#parties.outside("tcp", peer, t);
    this.#parties.give(far, owner);
    this.#byName.set(name, connection);
    return connection;
  }

  /**
   * An end was closed; connections that ended long ago are forgotten.
   * @param {string} key
   * @param {Connection} connection
   */
  noteClosed(key, connection) {
    this.#closed.push([key, connection]);
    for (const [oldKey, old] of this.#closed.splice(0, this.#closed.length - CLOSED_KEPT)) {
      this.#forget(oldKey, old);
    }
  }

  /**
   * @param {string} key
   * @param {Connection} connection
   */
  #forget(key, connection) {
    this.#ends.delete(key);
    if (this.#byName.get(connection.name) === connection) {
      this.#byName.delete(connection.name);
    }
  }
}

// Whether it is the same socket by another number: of one program, open, at that very end.
/**
 * @param {End} end
 * @param {Party} party
 * @param {string} local
 */
function isSame(end, party, local) {
  const isOurs = end.party?.kind === "run" && party.kind === "run" && end.party.run === party.run;
  return isOurs && end.known && end.closedT === Infinity && end.address === local;
}

// Whether an end that nobody has claimed can be this one.
/**
 * @param {End} end
 * @param {string} local
 * @param {boolean | null} asks
 */
function isFree(end, local, asks) {
  if (end.known || parse(end.address).port !== parse(local).port) return false;
  return asks === null || end.asks === null || end.asks === asks;
}

// When the last of the ends that tell of themselves was closed; Infinity while one is open.
/** @param {Connection} connection */
function lastClosedT({ ends }) {
  return Math.max(...ends.filter((end) => end.known).map((end) => end.closedT));
}
