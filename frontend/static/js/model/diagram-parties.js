// The lifelines: who takes part. Programs (runs), browser clients, and whoever outside talks to a
// program. An end is one socket of a party; it may turn out later whose it is.

/** @import { ClientParty, End, Party, PeerParty, RunParty, Transfer } from "./diagram.d.ts" */

/** @import { SocketTransport } from "./types.d.ts" */

import { AddressBook, placeOf } from "./address.js";

let count = 0;

/**
 * What a socket of a program is known by.
 * @param {{run: string, socket: number}} call
 */
export const keyOf = ({ run, socket }) => `${run}/${socket}`;

/**
 * One socket: who has it, where, from when to when.
 * @param {{party?: Party | null, transport: SocketTransport, address?: string, t: number,
 *   known: boolean}} facts
 * @returns {End}
 */
export function makeEnd({ party = null, transport, address = "", t, known }) {
  return {
    id: ++count,
    party, // null: nobody who has spoken yet
    transport,
    address,
    host: placeOf(transport, address).host,
    known, // whether its program, or its client, tells of it
    bornT: t,
    closedT: Infinity,
    passedOnT: Infinity, // since then others have it, who may tell nothing
    receivingSince: null, // the time when its call began to wait for a datagram
    pending: [], // datagrams that are on their way to it, by time
    flows: new Map(), // datagrams: port, or end → [{to, flow}]
    talk: [], // the last transfers of an end that is not known, for when it is
    connection: null, // TCP
    side: 0, // 0 or 1: which end of its connection it is
  };
}

/** @type {WeakMap<End, Map<Party, End>>} */
const faces = new WeakMap();

/**
 * A socket as another process has it, by which it was open at a fork: what it sends and takes is drawn
 * at its own lifeline.
 * @param {End} end
 * @param {Party} party
 * @returns {End}
 */
export function heldBy(end, party) {
  if (end.party === party) return end;
  const known = faces.get(end) ?? new Map();
  faces.set(end, known);
  let face = known.get(party);
  if (!face) {
    const { transport, address, bornT } = end;
    face = { ...makeEnd({ party, transport, address, t: bornT, known: true }), root: end };
    known.set(party, face);
  }
  return face;
}

/**
 * The socket itself.
 * @param {End} end
 */
export const rootOf = (end) => end.root ?? end;

/**
 * Note a transfer with its ends, for as long as it may turn out whose they are.
 * @param {Transfer} transfer
 */
export function remember(transfer) {
  for (const end of [transfer.from, transfer.to]) {
    if (!end || end.known) continue;
    end.talk.push(transfer);
    if (end.talk.length > TALK_KEPT) end.talk.shift();
  }
}

const TALK_KEPT = 64;
const TALKS_KEPT = 60;
const TALK_S = 0.25; // who says more within that time has spoken once

/** Everybody who takes part, and their sockets by address. */
export class Parties {
  /** @type {Party[]} */
  all = []; // in the order in which they came
  changed = true;
  books = {
    tcp: new AddressBook("tcp"),
    udp: new AddressBook("udp"),
    unix: new AddressBook("unix"),
  };
  /** @type {Map<string, Party>} */
  #byId = new Map();
  /** @type {Set<Party>} who said nothing since the beginning */
  #asleep = new Set();

  /**
   * The lifeline of a run.
   * @param {string} id
   * @param {number} t
   * @returns {RunParty}
   */
  run(id, t) {
    return /** @type {RunParty} */ (this.#get(`run:${id}`, { kind: "run", run: id }, t));
  }

  /**
   * The lifeline of the process of a run that an event is of: a child that was forked has its own.
   * @param {{run: string, child?: number}} event
   * @param {number} t
   * @returns {RunParty}
   */
  of({ run, child }, t) {
    const parent = this.run(run, t);
    if (!child) return parent;
    const facts = /** @type {const} */ ({ kind: "run", run, child });
    const party = /** @type {RunParty} */ (this.#get(`run:${run}/${child}`, facts, t));
    if (parent.program && !party.program) {
      Object.assign(party, { program: parent.program, lab: parent.lab });
    }
    return party;
  }

  /**
   * The lifeline of a browser's client.
   * @param {string} id
   * @param {string} run
   * @param {number} t
   * @returns {ClientParty}
   */
  client(id, run, t) {
    const facts = /** @type {const} */ ({ kind: "client", client: id, run });
    return /** @type {ClientParty} */ (this.#get(`client:${id}`, facts, t));
  }

  /**
   * The lifeline of somebody outside, named by address; a port that is used anew is somebody new.
   * @param {SocketTransport} transport
   * @param {string} address
   * @param {number} t
   * @returns {PeerParty}
   */
  outside(transport, address, t) {
    const id = `peer:${transport}/${address}`;
    const known = this.#byId.get(id);
    if (known && t > known.endT + 0.5) this.#byId.delete(id);
    const facts = /** @type {const} */ ({ kind: "peer", address, transport, sockets: 0 });
    return /** @type {PeerParty} */ (this.#get(id, facts, t));
  }

  /**
   * Note that somebody was there at that time.
   * @param {Party} party
   * @param {number} t
   */
  meet(party, t) {
    if (t >= party.bornT) return;
    party.bornT = t;
    this.changed = true;
  }

  /**
   * Note that somebody has sent something at that time.
   * @param {Party} party
   * @param {number} t
   */
  hear(party, t) {
    this.meet(party, t);
    const moment = Math.max(party.bornT, Math.floor(t / TALK_S) * TALK_S);
    if (party.talks.includes(moment)) return;
    party.talks.push(moment);
    if (party.talks.length > TALKS_KEPT) party.talks.shift();
    this.changed = true;
  }

  /**
   * Note the end of a lifeline.
   * @param {Party} party
   * @param {number} t
   */
  end(party, t) {
    if (party.endT === t) return;
    party.endT = t;
    this.changed = true;
  }

  /**
   * Note where a party is reached: what its head shows.
   * @param {Party} party
   * @param {Partial<Party>} facts
   */
  name(party, facts) {
    Object.assign(party, facts);
    this.changed = true;
  }

  /**
   * Give an end to a party; somebody outside who turns out to be one of ours disappears.
   * @param {End} end
   * @param {Party} party
   */
  give(end, party) {
    const before = end.party;
    if (before === party) return;
    if (before?.kind === "peer" && --before.sockets === 0) {
      this.all = this.all.filter((each) => each !== before);
      this.#asleep.delete(before);
      if (this.#byId.get(before.id) === before) this.#byId.delete(before.id);
      before.gone = true;
    }
    if (party.kind === "peer") party.sockets += 1;
    end.party = party;
    this.changed = true;
  }

  /**
   * Forget those who ended before a time.
   * @param {number} before
   */
  forget(before) {
    for (const party of this.all) if (party.endT < before) this.#byId.delete(party.id);
    this.all = this.all.filter((party) => party.endT >= before);
    this.changed = true;
  }

  /**
   * Begin anew at a time: who has ended is forgotten, a program or client of ours stays. Somebody
   * outside has a lifeline again once they talk.
   * @param {number} t
   */
  begin(t) {
    this.forget(Infinity);
    for (const party of this.all) {
      Object.assign(party, { bornT: t, talks: [] });
      if (party.kind === "peer") this.#asleep.add(party);
    }
    this.all = this.all.filter((party) => !this.#asleep.has(party));
  }

  /**
   * Note that somebody takes part, who may have been silent since the beginning.
   * @param {Party | null | undefined} party
   * @param {number} t
   */
  wake(party, t) {
    if (!party || !this.#asleep.delete(party)) return;
    party.bornT = t;
    this.all.push(party);
    this.changed = true;
  }

  /**
   * @param {string} id
   * @param {{kind: "run", run: string, child?: number} | {kind: "client", client: string, run: string}
   *   | {kind: "peer", address: string, transport: SocketTransport, sockets: number}} facts
   * @param {number} t
   */
  #get(id, facts, t) {
    let party = this.#byId.get(id);
    if (!party) {
      const key = facts.kind === "peer" ? `${id}@${t}` : id; // a port may be used anew
      party = { id, key, address: "", ...facts, bornT: t, endT: Infinity, gone: false, talks: [] };
      this.#byId.set(id, party);
      this.all.push(party);
      this.changed = true;
    }
    return party;
  }
}
