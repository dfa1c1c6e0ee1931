// Which line each thread is blocked on, and which lines have just run a call. (state, event) only:
// no page, no clock but that of the events.

import { inOrder } from "./event-order.js";

const PULSES_KEPT = 64;
const RELEASING = new Set(["acquired", "woken", "timeout", "interrupted", "missed"]);

/**
 * Follows the events of runs. `blocked(run)` lists the threads that wait: {tid, thread, file, line,
 * call, what, since, n}; `pulsesSince(t)` lists the lines that ran a call: {run, file, line, call, t}.
 */
export class LitLines {
  #runs = new Map(); // run → Map of key → wait
  #pulses = []; // by time, the last ones
  version = 0; // grows with each change of what is blocked

  /** Take events, in any order within a call's enter and return. */
  append(events) {
    for (const event of inOrder(events)) this.#take(event);
  }

  /** The threads of a run that wait now, by thread. */
  blocked(run) {
    const waits = [...(this.#runs.get(run)?.values() ?? [])].filter((wait) => !wait.isOver);
    return waits.sort((a, b) => a.tid - b.tid || a.since - b.since);
  }

  /** The threads that wait, by "file:line" of a run: for lighting lines. */
  byLine(run) {
    const lines = new Map();
    for (const wait of this.blocked(run)) {
      const key = `${wait.file}:${wait.line}`;
      if (wait.file) lines.set(key, [...(lines.get(key) ?? []), wait]);
    }
    return lines;
  }

  /** The lines that ran a call after that time. */
  pulsesSince(t) {
    return this.#pulses.filter((pulse) => pulse.t > t);
  }

  #take(event) {
    if (event.type === "call") this.#takeCall(event);
    else if (event.type === "sync") this.#takeSync(event);
    else if (event.type === "thread") this.#takeThread(event);
    else if (["run.exited", "run.crashed", "run.failed"].includes(event.type)) this.#end(event.run);
  }

  #takeCall(event) {
    const key = `call:${event.n}`;
    if (event.phase === "enter") this.#block(key, event, { call: event.call, what: null });
    else {
      if (event.phase === "return") this.#release(event.run, key, event);
      this.#pulse(event, event.call);
    }
  }

  #takeSync(event) {
    const key = `sync:${event.tid}/${event.object}`;
    const what = { kind: event.kind, object: event.object };
    if (event.event === "waiting") this.#block(key, event, { call: null, what });
    else {
      if (RELEASING.has(event.event)) this.#release(event.run, key, event);
      this.#pulse(event, event.event);
    }
  }

  #takeThread(event) {
    const key = `join:${event.tid}`;
    const what = { kind: "join", other: event.other };
    if (event.event === "joins") this.#block(key, event, { call: null, what });
    if (event.event === "joined") this.#release(event.run, key, event);
    if (event.event !== "ended") return;
    for (const [each, wait] of this.#runs.get(event.run) ?? []) {
      if (wait.tid === event.tid) this.#release(event.run, each, event);
    }
  }

  #block(key, { run, tid, thread, file = null, line = null, t, n = null }, { call, what }) {
    let waits = this.#runs.get(run);
    if (!waits) {
      waits = new Map();
      this.#runs.set(run, waits);
    }
    const known = waits.get(key);
    if (known && known.since >= t) return; // told late, or twice
    if (known?.isOver && known.n !== null) return; // its return was told before
    waits.set(key, { tid, thread, file, line, call, what, since: t, n, isOver: false });
    this.version += 1;
  }

  #release(run, key, { t, n = null }) {
    const waits = this.#runs.get(run);
    if (waits?.has(key) && (n !== null || waits.get(key).since <= t)) waits.delete(key);
    this.version += 1;
  }

  #pulse({ run, file, line, t }, call) {
    if (!file) return;
    let at = this.#pulses.length;
    while (at > 0 && this.#pulses[at - 1].t > t) at -= 1;
    this.#pulses.splice(at, 0, { run, file, line, call, t });
    if (this.#pulses.length > PULSES_KEPT) this.#pulses.shift();
  }

  #end(run) {
    if (this.#runs.delete(run)) this.version += 1;
  }
}
