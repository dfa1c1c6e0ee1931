// The lifelines: who takes part. Programs (runs), browser clients, and whoever outside talks to a
// program. An end is one socket of a party; it may turn out later whose it is.

import { AddressBook, parse } from "./address.js";

let count = 0;

/** One socket: who has it, where, from when to when. */
export function makeEnd({ party = null, transport, address = null, t, known }) {
  return {
    id: ++count,
    party, // null: nobody who has spoken yet
    transport,
    address,
    host: address === null ? "" : parse(address).host,
    known, // whether its program, or its client, tells of it
    bornT: t,
    closedT: Infinity,
    receivingSince: null, // the time when its call began to wait for a datagram
    pending: [], // datagrams that are on their way to it, by time
    flows: new Map(), // UDP: port → [{to, flow}]
    talk: [], // the last transfers of an end that is not known, for when it is
    connection: null, // TCP
    side: 0, // 0 or 1: which end of its connection it is
  };
}

/** Note a transfer with its ends, for as long as it may turn out whose they are. */
export function remember(transfer) {
  for (const end of [transfer.from, transfer.to]) {
    if (!end || end.known) continue;
    end.talk.push(transfer);
    if (end.talk.length > TALK_KEPT) end.talk.shift();
  }
}

const TALK_KEPT = 64;

/** Everybody who takes part, and their sockets by address. */
export class Parties {
  all = []; // in the order in which they came
  changed = true;
  books = { tcp: new AddressBook(), udp: new AddressBook() };
  #byId = new Map();

  /** The lifeline of a run. */
  run(id, t) {
    return this.#get(`run:${id}`, { kind: "run", run: id }, t);
  }

  /** The lifeline of a browser's client. */
  client(id, run, t) {
    return this.#get(`client:${id}`, { kind: "client", client: id, run }, t);
  }

  /** The lifeline of somebody outside, named by address; a port that is used anew is somebody new. */
  outside(transport, address, t) {
    const id = `peer:${transport}/${address}`;
    const known = this.#byId.get(id);
    if (known && t > known.endT + 0.5) this.#byId.delete(id);
    return this.#get(id, { kind: "peer", address, transport, sockets: 0 }, t);
  }

  /** Note that somebody was there at that time. */
  meet(party, t) {
    if (t >= party.bornT) return;
    party.bornT = t;
    this.changed = true;
  }

  /** Note the end of a lifeline. */
  end(party, t) {
    if (party.endT === t) return;
    party.endT = t;
    this.changed = true;
  }

  /** Note where a party is reached: what its head shows. */
  name(party, facts) {
    Object.assign(party, facts);
    this.changed = true;
  }

  /** Give an end to a party; somebody outside who turns out to be one of ours disappears. */
  give(end, party) {
    const before = end.party;
    if (before === party) return;
    if (before?.kind === "peer" && --before.sockets === 0) {
      this.all = this.all.filter((each) => each !== before);
      if (this.#byId.get(before.id) === before) this.#byId.delete(before.id);
      before.gone = true;
    }
    if (party?.kind === "peer") party.sockets += 1;
    end.party = party;
    this.changed = true;
  }

  /** Forget those who ended before a time. */
  forget(before) {
    for (const party of this.all) if (party.endT < before) this.#byId.delete(party.id);
    this.all = this.all.filter((party) => party.endT >= before);
    this.changed = true;
  }

  #get(id, facts, t) {
    let party = this.#byId.get(id);
    if (!party) {
      const key = `${id}@${this.all.length}`;
      party = { id, key, address: "", ...facts, bornT: t, endT: Infinity, gone: false };
      this.#byId.set(id, party);
      this.all.push(party);
      this.changed = true;
    }
    return party;
  }
}
