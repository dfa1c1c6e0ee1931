// Socket addresses as text ("127.0.0.1:80", "[::1]:80"): their parts, and which are the same place.

/** @import { End } from "./diagram.d.ts" */
/** @import { SocketTransport } from "./types.d.ts" */

const WILDCARDS = Object.freeze(["0.0.0.0", "::", ""]);

/**
 * Split an address into host and port; an address without port (a unix path) has port 0.
 * @param {string} address
 */
export function parse(address) {
  const at = address.lastIndexOf(":");
  const port = Number(address.slice(at + 1));
  if (at < 0 || !Number.isInteger(port)) return { host: address, port: 0 };
  const host = address
    .slice(0, at)
    .replace(/^\[|\]$/g, "")
    .replace(/^::ffff:/, "");
  return { host, port };
}

/**
 * Where an address is in the space of a transport: a unix socket has a name, which is all.
 * @param {SocketTransport} transport
 * @param {string} address
 * @returns {{host: string, port: number | string}}
 */
export const placeOf = (transport, address) =>
  transport === "unix" ? { host: "", port: address } : parse(address);

/**
 * Whether a socket bound to this host hears every address of its machine.
 * @param {string} host
 */
export const isWildcard = (host) => WILDCARDS.includes(host);

/**
 * Whether a host is this very machine.
 * @param {string} host
 */
export const isLoopback = (host) => host === "::1" || host.startsWith("127.");

/**
 * Name a connection by its two ends, the same name from either of them.
 * @param {string} local
 * @param {string} peer
 */
export function pairKey(local, peer) {
  const [a, b] = [parse(local), parse(peer)];
  // A listener on 0.0.0.0 is met by its neighbours as 127.0.0.1.
  if (isWildcard(a.host) && isLoopback(b.host)) a.host = b.host;
  if (isWildcard(b.host) && isLoopback(a.host)) b.host = a.host;
  const [one, other] = [`${a.host}:${a.port}`, `${b.host}:${b.port}`];
  return one < other ? `${one}|${other}` : `${other}|${one}`;
}

/** The time before which something may have been told late, in seconds. */
export const SLACK_S = 0.1;

/**
 * Who is behind an address at a time. An end is a socket: {party, address, bornT, closedT, known};
 * an end that nobody has claimed yet is somebody outside.
 */
export class AddressBook {
  /** @type {Map<number | string, End[]>} */
  #byPort = new Map(); // port, or name → ends, oldest first
  #transport;

  /** @param {SocketTransport} transport */
  constructor(transport) {
    this.#transport = transport;
  }

  /**
   * Find the end at an address at that time: one that lives, else the last that did.
   * @param {string} address
   * @param {number} t
   */
  find(address, t) {
    const { host, port } = placeOf(this.#transport, address);
    const ends = this.#byPort.get(port) ?? [];
    let last = null;
    for (let i = ends.length - 1; i >= 0; i--) {
      const end = ends[i];
      if (!isSameHost(end.host, host)) continue;
      last ??= end;
      if (end.bornT <= t + SLACK_S) return end;
    }
    return last;
  }

  /**
   * Find an end that nobody has claimed.
   * @param {string} address
   */
  findUnknown(address) {
    const { host, port } = placeOf(this.#transport, address);
    const ends = this.#byPort.get(port) ?? [];
    return ends.find((end) => !end.known && isSameHost(end.host, host)) ?? null;
  }

  /**
   * @param {End} end
   * @param {string} address
   */
  add(end, address) {
    const { host, port } = placeOf(this.#transport, address);
    end.host = host;
    end.address = address;
    const ends = this.#byPort.get(port);
    if (ends) ends.push(end);
    else this.#byPort.set(port, [end]);
    if (ends && ends.length > ENDS_KEPT) ends.splice(0, ends.length - ENDS_KEPT);
  }
}

const ENDS_KEPT = 32; // sockets, one after the other, at one port

/**
 * @param {string} a
 * @param {string} b
 */
const isSameHost = (a, b) => a === b || isWildcard(a) || isWildcard(b);
