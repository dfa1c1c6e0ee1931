// UDP sockets by address: whose they are, and who is behind an address. No I/O, no page.

/** @import { DatagramSockets, End, Party, SocketChanges } from "./diagram.d.ts" */
/** @import { Datagram } from "./datagrams.js" */
/** @import { Parties } from "./diagram-parties.js" */
/** @import { Call, ClientOpened } from "./types.d.ts" */

import { parse, SLACK_S } from "./address.js";
import { keyOf, makeEnd } from "./diagram-parties.js";

/** @implements {DatagramSockets} */
export class UdpSockets {
  isLossless = false;
  /** @type {Map<string, End>} */
  ends = new Map(); // run/socket, or client → end
  #parties;
  #book;
  #changes;
  /** @type {Map<string, number>} */
  #madeT = new Map(); // run/socket → when socket() was called

  constructor(/** @type {Parties} */ parties, /** @type {SocketChanges} */ changes) {
    this.#parties = parties;
    this.#book = parties.books.udp;
    this.#changes = changes;
  }

  /** @param {Call} call */
  endOf(call) {
    const { local, t } = call;
    const key = keyOf(call);
    if (call.call === "socket") this.#madeT.set(key, t);
    const known = this.ends.get(key);
    if (known) return known;
    if (!local || parse(local).port === 0) return null;
    const party = this.#parties.of(call, t);
    const end = this.#claim(party, local, t, this.#madeT.get(key) ?? t);
    this.ends.set(key, end);
    if (!party.address) this.#parties.name(party, { address: local });
    return end;
  }

  /**
   * The socket of a browser's client that has opened.
   * @param {Party} party
   * @param {ClientOpened} event
   */
  openClient(party, { client, local, peer, t }) {
    const end = this.#claim(party, local, t, t);
    end.peer = peer;
    end.receivingSince = t;
    this.ends.set(client, end);
  }

  /** @param {Datagram} datagram */
  targetOf({ peer, t }) {
    return peer ? this.#at(peer, t, { speaks: false }) : null;
  }

  /** @param {Datagram} datagram */
  senderOf({ peer, t }) {
    return peer ? this.#at(peer, t, { speaks: true }) : null;
  }

  /** @param {string} key */
  release(key) {
    this.ends.delete(key);
    this.#madeT.delete(key);
  }

  // An address has an owner: what was told of that address since the socket exists was of it.
  #claim(
    /** @type {Party} */ party,
    /** @type {string} */ address,
    /** @type {number} */ t,
    /** @type {number} */ sinceT,
  ) {
    const unknown = this.#book.findUnknown(address);
    if (unknown && (unknown.party === null || unknown.bornT >= sinceT - SLACK_S)) {
      unknown.known = true;
      unknown.bornT = Math.min(unknown.bornT, t);
      this.#parties.give(unknown, party);
      this.#changes.touch(unknown);
      return unknown;
    }
    if (unknown) this.#changes.stop(unknown, t);
    const end = makeEnd({ party, transport: "udp", address, t, known: true });
    this.#book.add(end, address);
    return end;
  }

  // Who is at that address; nobody, until something comes from there.
  #at(
    /** @type {string} */ address,
    /** @type {number} */ t,
    /** @type {{speaks: boolean}} */ { speaks },
  ) {
    let end = this.#book.find(address, t);
    if (end === null || (speaks && end.known && end.closedT < t - 1)) {
      end = makeEnd({ transport: "udp", address, t, known: false });
      this.#book.add(end, address);
    }
    if (speaks && end.party === null) {
      this.#parties.give(end, this.#parties.outside("udp", address, t));
      this.#changes.touch(end);
    }
    return end;
  }
}
