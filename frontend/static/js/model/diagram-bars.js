// The bars of the diagram: who waits, drawn beside the lifeline of its program. Each thread that has
// waited has a place of its own there (`lane`, 0 is the lifeline itself) until it ends.

/** @import { RunParty } from "./diagram.d.ts" */
/** @import { RoomEvent } from "./types.d.ts" */
/** @import { Deed, Wait } from "./waits.js" */
/**
 * A bar from `t` to `end` (seconds; Infinity while it lasts): the call that waits, or what another
 * thread has to do (`waitsFor`); `until` is what a call of the library waits for; `name` is what the
 * line calls; `error` is the name of what ended it without success.
 * @typedef {{kind: "bar", id: string, party: RunParty, t: number, end: number, call: string, name: string,
 *   waitsFor: {kind: string, object?: number, name?: string, other?: string} | null,
 *   until: string | null, error: string | null,
 *   tid: number, thread: string, lane: number, events: Deed[], gone: boolean}} Bar
 */

export class Bars {
  /** @type {Map<Wait, Bar>} that last */
  #open = new Map();
  /** @type {Map<string, Map<number, number>>} run → thread → its place */
  #lanes = new Map();

  /** A thread of a party begins to wait. */
  begin(/** @type {Wait} */ wait, /** @type {RunParty} */ party) {
    const { run, tid, thread, t, what, n, events } = wait;
    /** @type {Bar} */
    const bar = {
      kind: "bar",
      id: `bar:${run}/${n ?? `w${tid}@${t}`}`,
      party,
      t,
      end: Infinity,
      call: what.call ?? what.kind,
      name: what.name ?? what.call ?? what.kind,
      waitsFor: what.kind === "call" ? null : what,
      until: what.until,
      error: null,
      tid,
      thread,
      lane: this.#laneOf(run, tid),
      events,
      gone: false,
    };
    this.#open.set(wait, bar);
    return bar;
  }

  /** It has gone on; `event` ended its wait. Returns the bar. */
  end(/** @type {Wait} */ wait, /** @type {RoomEvent} */ event) {
    const bar = /** @type {Bar} */ (this.#open.get(wait));
    this.#open.delete(wait);
    bar.end = wait.end;
    if (wait.how === "timeout" || wait.how === "interrupted") bar.error = wait.how;
    else if (event.type === "call" && event.n === wait.n) bar.error = event.error ?? null;
    return bar;
  }

  /** A thread, or (null) all of a run, has ended: its place is free. */
  free(/** @type {string} */ run, /** @type {number | null} */ tid) {
    if (tid === null) this.#lanes.delete(run);
    else this.#lanes.get(run)?.delete(tid);
  }

  #laneOf(/** @type {string} */ run, /** @type {number} */ tid) {
    const lanes = this.#lanes.get(run) ?? new Map();
    this.#lanes.set(run, lanes);
    const known = lanes.get(tid);
    if (known !== undefined) return known;
    const taken = new Set(lanes.values());
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    lanes.set(tid, lane);
    return lane;
  }
}
