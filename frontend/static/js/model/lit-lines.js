// Which line each thread is blocked on, and which lines have just run a call. (state, event) only:
// no page, no clock but that of the events.

import { insertByTime } from "./by-time.js";
import { inOrder } from "./event-order.js";
import { Waits } from "./waits.js";

/** @import { Entry } from "./history.js" */
/** @import { RoomEvent } from "./types.d.ts" */
/**
 * A thread that waits on a line since a time (seconds): in a socket call, or for `what` another
 * thread has to do.
 * @typedef {{tid: number, thread: string, file: string | null, line: number | null,
 *   call: string | null, what: {kind: string, object?: number, name?: string, other?: string} | null,
 *   since: number, n: number | null}} Lit
 */
/** @typedef {{run: string, file: string, line: number, call: string, t: number}} Pulse */

const PULSES_KEPT = 64;

/** Follows the events of runs: who is blocked, and the last lines that ran a call. */
export class LitLines {
  waits = new Waits();
  /** @type {Pulse[]} */
  #pulses = [];

  /** Take events, in any order within a call's enter and return; after a gap any end may be missing. */
  append(/** @type {readonly Entry[]} */ entries) {
    for (const event of inOrder(entries)) {
      if (event.type === "gap") {
        this.waits.lose(null);
        continue;
      }
      this.waits.take(event);
      this.#pulse(event);
    }
  }

  /** The threads of a run that wait now, by thread. @returns {Lit[]} */
  blocked(/** @type {string} */ run) {
    return this.waits.of(run).map(({ tid, thread, file, line, what, t, n }) => {
      const isCall = what.kind === "call";
      const call = isCall ? (what.name ?? what.call ?? null) : null;
      return { tid, thread, file, line, call, what: isCall ? null : what, since: t, n };
    });
  }

  /** The threads that wait, by "file:line" of a run: for lighting lines. */
  byLine(/** @type {string} */ run) {
    /** @type {Map<string, Lit[]>} */
    const lines = new Map();
    for (const wait of this.blocked(run)) {
      const key = `${wait.file}:${wait.line}`;
      if (wait.file) lines.set(key, [...(lines.get(key) ?? []), wait]);
    }
    return lines;
  }

  /** The lines that ran a call after that time. */
  pulsesSince(/** @type {number} */ t) {
    return this.#pulses.filter((pulse) => pulse.t > t);
  }

  #pulse(/** @type {RoomEvent} */ event) {
    const isCall = event.type === "call" && event.phase !== "enter";
    const isDeed = event.type === "sync" && event.event !== "waiting";
    if (!isCall && !isDeed) return;
    const { run, file, line, t } = event;
    if (!file || line === undefined) return;
    const call = event.type === "call" ? event.call : event.event;
    insertByTime(this.#pulses, { run, file, line, call, t });
    if (this.#pulses.length > PULSES_KEPT) this.#pulses.shift();
  }
}
