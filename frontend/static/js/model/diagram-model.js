// The sequence diagram as a function of the events: who took part, what went over the wire, which
// calls waited. Events may come a little out of order, or twice; the result is as if by time.
// What is drawn at a time T is told by stateAt(item, T), so live and replay are the same.

import { Conversations } from "./conversations.js";
import { Parties } from "./diagram-parties.js";
import { inOrder } from "./event-order.js";

export const LIMITS = Object.freeze({
  items: 20_000, // drawn things kept
  forgotten: 3_000, // how many go at once when there are more
  seen: 60_000, // numbers of events kept to know one that comes twice
});

/** A call that took less is a dot, not a bar, in seconds. */
export const SHORT_S = 0.005;

const TOLD_ELSEWHERE = new Set(["output", "person.joined", "person.left"]);
const IN_VAIN = new Set(["timeout", "interrupted"]); // ends of a wait that got nothing
const ENDS_OF_WAITS = new Set(["acquired", "woken", ...IN_VAIN]);
const QUIET_ERRORS = new Set(["EAGAIN", "EWOULDBLOCK", "EINPROGRESS", "EALREADY"]);

/**
 * Items have {id, kind, t, events, gone} and, by kind:
 * transfer {what, from, to, sentT, bytes, data, a, b, arrivals, lostT, lostWhy, waits, uncertain},
 * bar {party, tid, thread, lane, call, end, error, waitsFor}, tick {party, call, error},
 * mark {party, what, tone, …}, break {party, count}.
 */
export class DiagramModel {
  parties = new Parties();
  items = [];
  now = -Infinity; // the latest time that is known of
  unknown = new Map(); // event type → how many came
  #changes = new Set();
  #calls = new Map(); // run/n → bar of a call that has not returned
  #waits = new Map(); // run/tid → bar of a thread that waits for another
  #threads = new Map(); // run → {lanes: tid → lane}
  #conversations;
  #seen = new Set();
  #seenFrom = 0;
  #lastSeq = 0;

  constructor() {
    this.#conversations = new Conversations(this.parties, {
      add: (item) => this.#add(item),
      touch: (item) => this.#changes.add(item),
    });
  }

  /** Take events. */
  append(events) {
    for (const event of inOrder(events)) if (this.#isNew(event.seq)) this.#take(event);
    if (this.items.length > LIMITS.items) this.#forget();
  }

  /** Say what time it is, when no event tells: silence means something, too. */
  advance(t) {
    if (t > this.now) this.now = t;
  }

  /** Say that events are missing here. */
  missed(count = 0) {
    if (this.now === -Infinity) return;
    this.#conversations.lose(null);
    this.#add({
      kind: "break",
      id: `gap:${this.#lastSeq}`,
      party: null,
      t: this.now,
      count,
      events: [],
    });
  }

  /** Take away the items that are new, changed or gone since the last time. */
  drain() {
    const changes = this.#changes;
    this.#changes = new Set();
    return changes;
  }

  #isNew(seq) {
    if (seq < this.#seenFrom || this.#seen.has(seq)) return false;
    this.#seen.add(seq);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    if (this.#seen.size > LIMITS.seen) {
      this.#seenFrom = this.#lastSeq - LIMITS.seen / 2;
      for (const old of this.#seen) if (old < this.#seenFrom) this.#seen.delete(old);
    }
    return true;
  }

  #take(event) {
    this.advance(event.t);
    const { type } = event;
    if (type === "call") this.#takeCall(event);
    else if (type.startsWith("client.")) this.#takeClient(event);
    else if (type.startsWith("run.")) this.#takeRun(event);
    else if (type === "thread") this.#takeThread(event);
    else if (type === "sync") this.#takeSync(event);
    else if (type === "dropped") this.#takeDropped(event);
    else if (!TOLD_ELSEWHERE.has(type)) this.unknown.set(type, (this.unknown.get(type) ?? 0) + 1);
  }

  #add(item) {
    item.gone = false;
    this.items.push(item);
    this.#changes.add(item);
    return item;
  }

  // Runs: the lifelines of programs.

  #takeRun(event) {
    const { type, run, t } = event;
    const party = this.parties.run(run, t);
    this.parties.meet(party, t);
    const what = type.slice(4);
    if (what === "started") this.parties.name(party, { program: event.program, lab: event.lab });
    if (what === "listening") {
      this.parties.name(party, { address: `${event.host}:${event.port}`, listens: true });
    }
    if (["exited", "crashed", "failed"].includes(what)) this.#endRun(party, event);
    if (what === "running" || what === "listening") return;
    if (what === "started") this.#bear(party, event);
    else this.#addMark(party, what, event);
  }

  // Whoever takes over the column of another has a name of its own there.
  #bear(party, event) {
    this.#addMark(party, "born", event);
  }

  #addMark(party, what, event) {
    this.#add({
      kind: "mark",
      id: `${event.type}:${event.seq}`,
      party,
      t: event.t,
      what,
      tone: { crashed: "danger", failed: "danger" }[what] ?? "quiet",
      events: [event],
    });
  }

  #endRun(party, { run, t }) {
    this.parties.end(party, t);
    this.#conversations.endRun(run, t);
    for (const calls of [this.#calls, this.#waits]) {
      for (const [key, bar] of calls) {
        if (bar.party !== party) continue;
        bar.end = t;
        calls.delete(key);
        this.#changes.add(bar);
      }
    }
  }

  #takeClient(event) {
    this.#conversations.takeClient(event);
    const { type, client, run, t } = event;
    const party = this.parties.client(client, run, t);
    if (type === "client.opened") this.#bear(party, event);
    if (type === "client.closed") this.#addMark(party, "closed", event);
    if (type !== "client.failed") return;
    this.#add({
      kind: "mark",
      id: `failed:${event.seq}`,
      party,
      t,
      what: "error",
      error: event.code,
      tone: "danger",
      events: [event],
    });
  }

  // Calls: bars while they wait, dots when they do not.

  #takeCall(event) {
    const party = this.parties.run(event.run, event.t);
    this.parties.meet(party, event.t);
    const key = `${event.run}/${event.n}`;
    const bar = this.#calls.get(key);
    if (event.phase === "enter") {
      if (!bar) this.#calls.set(key, this.#addBar(party, event, { call: event.call }));
      this.#conversations.enterCall(event);
      return;
    }
    if (bar) this.#endBar(bar, key, event);
    else {
      this.#add({
        kind: "tick",
        id: `call:${key}`,
        party,
        t: event.t,
        call: event.call,
        error: event.error ?? null,
        tid: event.tid,
        events: [event],
      });
    }
    this.#conversations.takeCall(event, bar?.events[0] ?? null);
    if (event.error && !QUIET_ERRORS.has(event.error)) this.#addError(party, key, event);
  }

  #addBar(party, event, { call, waitsFor = null }) {
    return this.#add({
      kind: "bar",
      id: `bar:${event.run}/${event.n ?? `w${event.tid}@${event.t}`}`,
      party,
      t: event.t,
      end: Infinity,
      call,
      waitsFor,
      error: null,
      tid: event.tid,
      thread: event.thread,
      lane: this.#laneOf(event),
      events: [event],
    });
  }

  #endBar(bar, key, event) {
    this.#calls.delete(key);
    bar.end = Math.max(event.t, bar.t);
    bar.error = event.error ?? null;
    bar.events.push(event);
    this.#changes.add(bar);
  }

  #addError(party, key, event) {
    this.#add({
      kind: "mark",
      id: `error:${key}`,
      party,
      t: event.t,
      what: "error",
      error: event.error,
      call: event.call,
      tone: event.error === "KeyboardInterrupt" || event.error === "timeout" ? "warn" : "danger",
      events: [event],
    });
  }

  // Threads: each that waits has a lane of its own beside the lifeline.

  #laneOf({ run, tid }) {
    let lanes = this.#threads.get(run);
    if (!lanes) {
      lanes = new Map();
      this.#threads.set(run, lanes);
    }
    let lane = lanes.get(tid);
    if (lane === undefined) {
      const taken = new Set(lanes.values());
      lane = 0;
      while (taken.has(lane)) lane += 1;
      lanes.set(tid, lane);
    }
    return lane;
  }

  #takeThread(event) {
    const { run, tid, t } = event;
    const party = this.parties.run(run, t);
    const key = `${run}/${tid}`;
    if (event.event === "joins") {
      const waitsFor = { kind: "join", other: event.other };
      this.#waits.set(key, this.#addBar(party, event, { call: "join", waitsFor }));
    } else if (event.event === "joined" || event.event === "ended") {
      this.#endWait(key, event);
    }
    if (event.event === "ended") this.#threads.get(run)?.delete(tid);
  }

  #takeSync(event) {
    const { run, tid, t } = event;
    const party = this.parties.run(run, t);
    const key = `${run}/${tid}`;
    if (event.event === "waiting") {
      if (this.#waits.has(key)) return;
      const waitsFor = { kind: event.kind, object: event.object };
      this.#waits.set(key, this.#addBar(party, event, { call: event.kind, waitsFor }));
    } else if (ENDS_OF_WAITS.has(event.event)) {
      const bar = this.#waits.get(key);
      if (bar?.waitsFor.object === event.object) this.#endWait(key, event);
    }
  }

  #endWait(key, event) {
    const bar = this.#waits.get(key);
    if (!bar) return;
    this.#waits.delete(key);
    bar.end = Math.max(event.t, bar.t);
    bar.error = IN_VAIN.has(event.event) ? event.event : null;
    bar.events.push(event);
    this.#changes.add(bar);
  }

  // What is missing.

  #takeDropped(event) {
    if (event.what === "output") return;
    this.#conversations.lose(event);
    const party = event.run && !event.client ? this.parties.run(event.run, event.t) : null;
    this.#add({
      kind: "break",
      id: `dropped:${event.seq}`,
      party,
      client: event.client ?? null,
      t: event.t,
      count: event.count,
      events: [event],
    });
  }

  #forget() {
    const old = this.items.splice(0, LIMITS.forgotten);
    const open = old.filter((item) => item.kind === "bar" && item.end === Infinity);
    for (const item of old) {
      if (item.kind === "bar" && item.end === Infinity) continue;
      item.gone = true;
      this.#changes.add(item);
    }
    this.items.unshift(...open);
    this.parties.forget(old.at(-1).t - 1);
  }
}

/** Whether a call took so little time that it is drawn as a dot. */
export const isShort = (bar) => bar.end - bar.t < SHORT_S;
