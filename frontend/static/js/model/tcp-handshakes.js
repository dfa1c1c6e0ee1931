// How TCP connections begin: whoever connects is connected before anybody accepts, so what asks for a
// connection waits in the backlog. Either end may tell first.

/** @import { End, Party, TcpEnd } from "./diagram.d.ts" */

/** @import { Transfers } from "./transfers.js" */

/** @import { Call, ClientOpened } from "./types.d.ts" */

import { makeEnd } from "./diagram-parties.js";
import { other } from "./tcp-connections.js";

export class Handshakes {
  #transfers;

  /** @param {Transfers} transfers */
  constructor(transfers) {
    this.#transfers = transfers;
  }

  /**
   * An end has asked for its connection, at that time.
   * @param {TcpEnd} end
   * @param {number} t
   * @param {Call | ClientOpened} event
   * @param {number} [n]
   */
  ask(end, t, event, n = event.seq) {
    const { connection } = end;
    const known = connection.handshake;
    if (known) {
      known.from = end;
      known.sentT = Math.min(t, known.arrivals[0]?.t ?? t);
      known.t = known.sentT;
      known.events.unshift(event);
      this.#transfers.touch(known);
      return;
    }
    const id = `connect:${event.run}/${event.type === "call" ? n : event.client}`;
    connection.handshake = this.#transfers.make("connect", id, {
      from: end,
      to: other(end),
      t,
      sentT: t,
      waits: "backlog",
      events: [event],
    });
  }

  /**
   * An end was taken from the backlog.
   * @param {TcpEnd} end
   * @param {number} t
   * @param {Call} event
   */
  accept(end, t, event) {
    const { connection } = end;
    const arrival = { t, event };
    const known = connection.handshake;
    if (known) {
      this.#transfers.arrive(known, arrival);
      return;
    }
    connection.handshake = this.#transfers.make("connect", `accept:${event.run}/${event.n}`, {
      from: other(end),
      to: end,
      t,
      arrivals: [arrival],
      waits: "backlog",
      events: [event],
    });
  }

  /**
   * Nobody has accepted: `to` is who listens there, if anybody does.
   * @param {Party} party
   * @param {End | null} to
   * @param {string} peer
   * @param {Call} event
   * @param {number} sinceT
   */
  refuse(party, to, peer, event, sinceT) {
    const from = makeEnd({ party, transport: "tcp", t: sinceT, known: true });
    this.#transfers.make("connect", `connect:${event.run}/${event.n}`, {
      from,
      to,
      t: sinceT,
      sentT: sinceT,
      peer,
      lostT: event.t,
      lostWhy: event.error === "ECONNREFUSED" ? "refused" : (event.error ?? null),
      events: [event],
    });
  }
}
