// Unix sockets of datagrams: one need not have a name, and is known by its inode, as the kernel knows
// it; others that are told by their names only are looked up by these. No I/O, no page.

/** @import { DatagramSockets, End, SocketChanges } from "./diagram.d.ts" */
/** @import { Datagram } from "./datagrams.js" */
/** @import { Parties } from "./diagram-parties.js" */
/** @import { Call } from "./types.d.ts" */

import { AddressBook, SLACK_S } from "./address.js";
import { keyOf, makeEnd } from "./diagram-parties.js";

const SPOKEN_S = 1; // whoever is gone for longer has told of what it sent
const INODES_KEPT = 4096;

/** @implements {DatagramSockets} */
export class UnixSockets {
  isLossless = true;
  /** @type {Map<string, End>} */
  ends = new Map(); // run/socket → end
  #parties;
  #book;
  #changes;
  #files = new AddressBook("unix"); // by the files that are their names
  /** @type {Map<number, End>} */
  #byInode = new Map();
  /** @type {Map<string, number>} */
  #madeT = new Map(); // run/socket → when socket() was called

  constructor(/** @type {Parties} */ parties, /** @type {SocketChanges} */ changes) {
    this.#parties = parties;
    this.#book = parties.books.unix;
    this.#changes = changes;
  }

  /** @param {Call} call */
  endOf(call) {
    const key = keyOf(call);
    if (call.call === "socket") {
      this.#madeT.set(key, call.t);
      return null; // what it is for is not known yet
    }
    const end = this.ends.get(key) ?? this.#claim(call);
    const named = call.local && end.address !== call.local ? this.#name(end, call) : end;
    this.ends.set(key, named);
    return named;
  }

  /**
   * Where a datagram went that the kernel has taken: somebody is there.
   * @param {Datagram} datagram
   */
  targetOf({ event, peer, t }) {
    const { peer_inode: inode, peer_file: file } = /** @type {Call} */ (event);
    if (inode) return this.#of(inode, peer, t);
    return peer ? this.#at({ address: peer, file }, t, SLACK_S) : this.strange(t);
  }

  /** @param {Datagram} datagram */
  senderOf({ event, peer, t }) {
    const { peer_inode: inode } = /** @type {Call} */ (event);
    if (inode) return this.#of(inode, peer, t);
    return peer ? this.#at({ address: peer }, t, SPOKEN_S) : null;
  }

  /**
   * Somebody of whom nothing is known.
   * @param {number} t
   */
  strange(t, address = "") {
    const end = makeEnd({ transport: "unix", address, t, known: false });
    this.#parties.give(end, this.#parties.outside("unix", address, t));
    return end;
  }

  /** @param {string} key */
  release(key) {
    this.ends.delete(key); // by its inode it is still known, to a child that goes on after its parent
    this.#madeT.delete(key);
  }

  // The socket of a call, of which nothing was known, or only what others tell.
  #claim(/** @type {Call} */ call) {
    const { local, inode, t } = call;
    const party = this.#parties.of(call, t);
    const found = (inode && this.#byInode.get(inode)) || (local && this.#unknownAt(call)) || null;
    const end = found ?? makeEnd({ party, transport: "unix", t, known: true });
    if (!end.known) this.#own(end, call);
    if (end.closedT < t) end.closedT = Infinity;
    if (inode) this.#know(end, inode);
    return end;
  }

  // It has a name from now on; what was told of that name since the socket exists was of it.
  #name(/** @type {End} */ end, /** @type {Call} */ call) {
    const { local = "", inode, t } = call;
    const unknown = this.#unknownAt(call);
    const party = this.#parties.of(call, t);
    if (!party.address) this.#parties.name(party, { address: local });
    if (unknown && unknown !== end) {
      this.#own(unknown, call);
      if (inode) this.#know(unknown, inode);
      return unknown;
    }
    this.#enter(end, local, call.local_file);
    return end;
  }

  #own(/** @type {End} */ end, /** @type {Call} */ call) {
    end.known = true;
    end.bornT = Math.min(end.bornT, call.t);
    this.#parties.give(end, this.#parties.of(call, call.t));
    this.#changes.touch(end);
  }

  #unknownAt(/** @type {Call} */ call) {
    const { local, local_file: file } = call;
    const found = file ? this.#files.findUnknown(file) : null;
    const unknown = found ?? this.#book.findUnknown(local ?? "");
    if (unknown === null || isOther(unknown, file)) return null;
    const sinceT = this.#madeT.get(keyOf(call)) ?? call.t;
    if (unknown.bornT >= sinceT - SLACK_S) return unknown;
    unknown.closedT = call.t; // another program had that name before
    return null;
  }

  #know(/** @type {End} */ end, /** @type {number} */ inode) {
    end.inode = inode;
    this.#byInode.set(inode, end);
    if (this.#byInode.size <= INODES_KEPT) return;
    for (const [first] of this.#byInode) {
      this.#byInode.delete(first);
      return;
    }
  }

  #of(/** @type {number} */ inode, /** @type {string} */ address, /** @type {number} */ t) {
    const known = this.#byInode.get(inode);
    if (known) return known;
    const named = address ? this.#at({ address }, t, SLACK_S) : null;
    const end = named && !named.known && !named.inode ? named : this.strange(t, address);
    this.#know(end, inode);
    return end;
  }

  // The socket of a name: of two of the same in two folders, that of the file.
  #at(
    /** @type {{address: string, file?: string | null | undefined}} */ { address, file },
    /** @type {number} */ t,
    /** @type {number} */ slackS,
  ) {
    const found = file ? this.#files.find(file, t) : null;
    const known = found ?? this.#book.find(address, t);
    if (known && known.closedT >= t - slackS && !isOther(known, file)) return known;
    const end = this.strange(t, address);
    this.#enter(end, address, file);
    return end;
  }

  #enter(
    /** @type {End} */ end,
    /** @type {string} */ address,
    /** @type {string | null | undefined} */ file,
  ) {
    if (file) this.#files.add(end, file);
    end.file ??= file;
    this.#book.add(end, address);
  }
}

/**
 * Whether a socket of the same name is known to be another file's.
 * @param {End} end
 * @param {string | null | undefined} file
 */
const isOther = (end, file) => Boolean(file && end.file && end.file !== file);
