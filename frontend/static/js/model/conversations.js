// Who said what to whom: hands the events of programs and of browser clients to TCP, UDP and unix sockets.

/** @import { Changes, ClientEvent } from "./diagram.d.ts" */

/** @import { Parties } from "./diagram-parties.js" */

/** @import { Call, Dropped, Transport } from "./types.d.ts" */

import { DatagramTalk } from "./datagram-talk.js";
import { TcpTalk } from "./tcp-talk.js";
import { UdpSockets } from "./udp-sockets.js";
import { UnixSockets } from "./unix-sockets.js";

/**
 * Whether what a call sends and takes has arrows: of unix sockets datagrams have, where that is told.
 * @param {Call} call
 */
export const isDrawn = ({ transport, kind }) => transport !== "unix" || kind === "datagram";

export class Conversations {
  #parties;
  #talks;
  /** @type {Map<string, Transport>} */
  #clients = new Map(); // client → its transport

  /**
   * `add(item)` takes a new item, `touch(item)` says that one has changed.
   * @param {Parties} parties
   * @param {Pick<Changes, "add" | "touch">} told
   */
  constructor(parties, { add, touch }) {
    this.#parties = parties;
    /** @type {Changes} */
    const changes = { add, touch, drop: (item) => touch(Object.assign(item, { gone: true })) };
    this.#talks = {
      tcp: new TcpTalk(parties, changes),
      udp: new DatagramTalk(parties, changes, UdpSockets),
      unix: new DatagramTalk(parties, changes, UnixSockets),
    };
  }

  /**
   * Take a call that begins to wait.
   * @param {Call} event
   */
  enterCall(event) {
    if (event.transport !== "tcp" && isDrawn(event)) this.#talks[event.transport]?.enterCall(event);
  }

  /**
   * Take a call that has returned; `enter` is the event of its beginning, or null.
   * @param {Call} event
   * @param {Call | null} enter
   */
  takeCall(event, enter) {
    if (isDrawn(event)) this.#talks[event.transport]?.takeCall(event, enter);
  }

  /**
   * Take an event of a browser's client.
   * @param {ClientEvent} event
   */
  takeClient(event) {
    if (event.type === "client.opened") {
      this.#clients.set(event.client, event.transport);
      const party = this.#parties.client(event.client, event.run, event.t);
      this.#parties.meet(party, event.t);
      this.#parties.name(party, { address: event.local });
    }
    const transport = this.#clients.get(event.client);
    if (transport) this.#talks[transport].takeClient(event);
    if (event.type === "client.closed" && transport) {
      this.#parties.end(this.#parties.client(event.client, event.run, event.t), event.t);
      this.#clients.delete(event.client);
    }
  }

  /**
   * The run is over: the kernel has closed its sockets.
   * @param {string} run
   * @param {number} t
   */
  endRun(run, t) {
    for (const talk of Object.values(this.#talks)) talk.endRun(run, t);
  }

  /**
   * Events are missing: of one run or client, or (null) of anybody.
   * @param {Dropped | null} event
   */
  lose(event) {
    for (const talk of Object.values(this.#talks)) talk.lose(event);
  }
}
