// The arrows of TCP as items of the diagram: made, changed, lost, dropped. Whoever changes one says
// so here, or it would be drawn as it was.

/** @import { Arrival, Changes, LostWhy, Telling, Transfer } from "./diagram.d.ts" */

import { remember } from "./diagram-parties.js";

export class Transfers {
  #changes;

  /**
   * `changes` is told what is new ("add"), what has changed ("touch"), what is gone ("drop").
   * @param {Changes} changes
   */
  constructor(changes) {
    this.#changes = changes;
  }

  /**
   * @param {Transfer["what"]} what
   * @param {string} id
   * @param {Partial<Transfer> & Pick<Transfer, "from" | "to" | "t" | "events">} facts
   */
  make(what, id, facts) {
    const item = makeTransfer(what, id, facts);
    remember(item);
    this.#changes.add(item);
    return item;
  }

  /** @param {Transfer} item */
  touch(item) {
    this.#changes.touch(item);
  }

  /** @param {Transfer} item */
  drop(item) {
    this.#changes.drop(item);
  }

  /**
   * Nobody reads it any more, from that time on; an earlier loss stays.
   * @param {Transfer} item
   * @param {number} t
   * @param {LostWhy} why
   */
  lose(item, t, why) {
    if (item.lostT <= t) return;
    item.lostT = t;
    item.lostWhy = why;
    this.#changes.touch(item);
  }

  /**
   * It arrived after all, and was sent no later than that.
   * @param {Transfer} item
   * @param {Arrival & {event: Telling}} arrival
   */
  arrive(item, arrival) {
    item.arrivals = [arrival];
    item.sentT = earlier(item.sentT, arrival.t);
    item.t = item.sentT;
    item.lostT = Infinity;
    item.events.push(arrival.event);
    this.#changes.touch(item);
  }
}

/**
 * The id of what an event tells of.
 * @param {string} what
 * @param {Telling} event
 */
export const idOf = (what, event) =>
  "client" in event
    ? `${what}:${event.client}/${event.seq}`
    : `${what}:${event.run}/${numberOf(event)}`;

/** @param {Telling} event */
const numberOf = (event) => ("n" in event ? event.n : event.seq);

/**
 * When it was sent, as far as is known: no later than it arrived.
 * @param {number | null} sentT
 * @param {number} arrivedT
 */
export const earlier = (sentT, arrivedT) => Math.min(sentT ?? arrivedT, arrivedT);

/**
 * A transfer of which nothing is known but these facts.
 * @param {Transfer["what"]} what
 * @param {string} id
 * @param {Partial<Transfer> & Pick<Transfer, "from" | "to" | "t" | "events">} facts
 * @returns {Transfer}
 */
export function makeTransfer(what, id, facts) {
  return {
    kind: "transfer",
    what,
    id,
    sentT: null,
    bytes: 0,
    data: "",
    a: 0,
    b: 0,
    arrivals: [],
    lostT: Infinity,
    lostWhy: null,
    waits: "buffer",
    uncertain: false,
    ...facts,
  };
}
