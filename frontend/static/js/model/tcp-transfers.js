// The arrows of TCP as items of the diagram: made, changed, lost, dropped. Whoever changes one says
// so here, or it would be drawn as it was.

import { remember } from "./diagram-parties.js";

export class Transfers {
  #changes;

  /** `changes` is told what is new ("add"), what has changed ("touch"), what is gone ("drop"). */
  constructor(changes) {
    this.#changes = changes;
  }

  make(what, id, facts) {
    const item = {
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
    remember(item);
    this.#changes.add(item);
    return item;
  }

  touch(item) {
    this.#changes.touch(item);
  }

  drop(item) {
    this.#changes.drop(item);
  }

  /** Nobody reads it any more, from that time on; an earlier loss stays. */
  lose(item, t, why) {
    if (item.lostT <= t) return;
    item.lostT = t;
    item.lostWhy = why;
    this.#changes.touch(item);
  }

  /** It arrived after all, and was sent no later than that. */
  arrive(item, arrival) {
    item.arrivals = [arrival];
    item.t = item.sentT = Math.min(item.sentT, arrival.t);
    item.lostT = Infinity;
    item.events.push(arrival.event);
    this.#changes.touch(item);
  }
}

/** The id of what an event tells of. */
export const idOf = (what, event) =>
  event.client ? `${what}:${event.client}/${event.seq}` : `${what}:${event.run}/${event.n}`;
