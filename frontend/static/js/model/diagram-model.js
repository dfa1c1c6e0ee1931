// The sequence diagram as a function of the events: who took part, what went over the wire, which
// calls waited. Events may come a little out of order, or twice; the result is as if by time.
// What is drawn at a time T is told by stateAt(item, T), so live and replay are the same.

/** @import { ClientEvent, Item, Mark, Party, RunEvent, RunParty } from "./diagram.d.ts" */
/** @import { Blind, Call, Dropped, RoomEvent } from "./types.d.ts" */

import { writtenName } from "./calls.js";
import { Conversations, isDrawn } from "./conversations.js";
import { Bars } from "./diagram-bars.js";
import { Parties } from "./diagram-parties.js";
import { inOrder } from "./event-order.js";
import { Seen } from "./seen.js";
import { endsRun, Waits } from "./waits.js";

export const LIMITS = Object.freeze({
  items: 20_000, // drawn things kept
  forgotten: 1_000, // how many go at once when there are more
  seen: 60_000, // numbers of events kept to know one that comes twice
});

const TOLD_ELSEWHERE = new Set(["output", "person.joined", "person.left"]);
/** Whether an error of a call has a mark of its own. */
export const isMarked = (/** @type {string | null} */ error) =>
  error !== null && !QUIET_ERRORS.has(error);

const QUIET_ERRORS = new Set(["EAGAIN", "EWOULDBLOCK", "EINPROGRESS", "EALREADY"]);

const MARKED = new Set(["stopping", "exited", "crashed", "failed"]); // steps of a run

/**
 * Items have {id, kind, t, events, gone} and, by kind:
 * transfer {what, from, to, sentT, bytes, data, a, b, arrivals, lostT, lostWhy, waits, uncertain},
 * bar (diagram-bars.js), tick {party, call, error},
 * mark {party, what, tone, …}, break {party, count}.
 */
export class DiagramModel {
  parties = new Parties();
  /** @type {Item[]} */
  items = [];
  now = -Infinity; // the latest time that is known of
  /** @type {Map<string, number>} event type → how many came */
  unknown = new Map();
  waits = new Waits();
  /** @type {Set<Item>} */
  #changes = new Set();
  #bars = new Bars();
  #conversations;
  #seen = new Seen(LIMITS.seen);
  #blind = new Set(); // ids of parties that are said to have unix streams

  constructor() {
    this.#conversations = new Conversations(this.parties, {
      add: (item) => this.#hear(this.#add(item)),
      touch: (item) => this.#changes.add(this.#hear(item)),
    });
  }

  /** Take events. */
  append(/** @type {readonly RoomEvent[]} */ events) {
    for (const event of inOrder(events)) if (this.#seen.note(event.seq)) this.#take(event);
    if (this.items.length > LIMITS.items) this.#forget();
  }

  /** Say what time it is, when no event tells: silence means something, too. */
  advance(/** @type {number} */ t) {
    if (t > this.now) this.now = t;
  }

  /** Say that events are missing here. */
  missed(count = 0) {
    if (this.now === -Infinity) return;
    this.#conversations.lose(null);
    this.waits.lose(null);
    this.#add({
      kind: "break",
      id: `gap:${this.#seen.last}`,
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

  #take(/** @type {RoomEvent} */ event) {
    this.advance(event.t);
    /** @type {string} */
    const type = event.type;
    if (event.type === "take.began") return this.#begin(event.t);
    const enter = this.#takeWaits(event);
    if (event.type === "call") this.#takeCall(event, enter);
    else if (type.startsWith("client.")) this.#takeClient(/** @type {ClientEvent} */ (event));
    else if (type.startsWith("run.")) this.#takeRun(/** @type {RunEvent} */ (event));
    else if (event.type === "thread" || event.type === "sync") this.parties.of(event, event.t);
    else if (event.type === "blind") this.#addBlind(event);
    else if (event.type === "dropped") this.#takeDropped(event);
    else if (!TOLD_ELSEWHERE.has(type)) this.unknown.set(type, (this.unknown.get(type) ?? 0) + 1);
  }

  #add(/** @type {Item} */ item) {
    item.gone = false;
    this.items.push(item);
    this.#changes.add(item);
    return item;
  }

  // Whoever sends was there, and is not silent; in a take who is sent something is there, too.
  #hear(/** @type {Item} */ item) {
    if (item.kind === "transfer") {
      for (const end of [item.from, item.to]) this.parties.wake(end?.party, item.t);
      if (item.from.party) {
        this.parties.hear(item.from.party, item.sentT ?? item.arrivals[0]?.t ?? item.t);
      }
    }
    return item;
  }

  // A take begins: what is over goes, and who waits does so from here on.
  #begin(/** @type {number} */ t) {
    const before = this.items;
    this.items = before.filter((item) => item.kind === "bar" && item.end === Infinity);
    for (const item of before) item.gone = true;
    for (const item of this.items) Object.assign(item, { t, gone: false });
    for (const item of before) this.#changes.add(item);
    this.parties.begin(t);
  }

  // Runs: the lifelines of programs.

  #takeRun(/** @type {RunEvent} */ event) {
    const { type, run, t } = event;
    const party = this.parties.run(run, t);
    this.parties.meet(party, t);
    const what = type.slice(4);
    if (event.type === "run.started")
      this.parties.name(party, { program: event.program, lab: event.lab });
    if (event.type === "run.listening") {
      this.parties.name(party, { address: `${event.host}:${event.port}`, listens: true });
    }
    if (endsRun(event)) this.#endRun(party, event);
    if (MARKED.has(what)) this.#addMark(party, what, event); // other steps are in the list
  }

  /**
   * @param {Party} party
   * @param {string} what
   * @param {RunEvent | ClientEvent} event
   */
  #addMark(party, what, event) {
    this.#add({
      kind: "mark",
      id: `${event.type}:${event.seq}`,
      party,
      t: event.t,
      what: /** @type {Mark["what"]} */ (what),
      tone: what === "crashed" || what === "failed" ? "danger" : "quiet",
      events: [event],
    });
  }

  #endRun(/** @type {RunParty} */ party, /** @type {RunEvent} */ { run, t }) {
    for (const each of this.parties.all) {
      if (each === party || (each.kind === "run" && each.run === run)) this.parties.end(each, t);
    }
    this.#conversations.endRun(run, t);
    this.#bars.free(run, null);
  }

  #takeClient(/** @type {ClientEvent} */ event) {
    this.#conversations.takeClient(event);
    const { type, client, run, t } = event;
    const party = this.parties.client(client, run, t);
    if (type === "client.opened") {
      if (event.owner) this.parties.name(party, { owner: event.owner });
      if (event.number) this.parties.name(party, { number: event.number });
    }
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

  // Whoever waits has a bar. Returns the beginning of the call that has returned with this event.
  #takeWaits(/** @type {RoomEvent} */ event) {
    const { began, ended } = this.waits.take(event);
    if (began) this.#add(this.#bars.begin(began, this.#partyOf(began.run, event)));
    /** @type {Call | null} */
    let enter = null;
    for (const wait of ended) {
      this.#changes.add(this.#bars.end(wait, event));
      if (event.type === "call" && wait.n === event.n) enter = /** @type {Call} */ (wait.events[0]);
    }
    if (event.type === "thread" && event.event === "ended") this.#bars.free(event.run, event.tid);
    return enter;
  }

  #partyOf(/** @type {string} */ run, /** @type {RoomEvent} */ event) {
    const child = "child" in event ? event.child : undefined;
    return this.parties.of(child === undefined ? { run } : { run, child }, event.t);
  }

  // A call that does not wait is a dot.
  #takeCall(/** @type {Call} */ event, /** @type {Call | null} */ enter) {
    const party = this.parties.of(event, event.t);
    this.parties.meet(party, event.t);
    if (!isDrawn(event) && !this.#blind.has(party.id)) this.#addBlind(event, party);
    if (event.phase === "enter") {
      this.#conversations.enterCall(event);
      return;
    }
    const key = `${event.run}/${event.n}`;
    if (!enter) {
      this.#add({
        kind: "tick",
        id: `call:${key}`,
        party,
        t: event.t,
        call: event.call,
        name: writtenName(event),
        error: event.error ?? null,
        tid: event.tid,
        events: [event],
      });
    }
    this.#conversations.takeCall(event, enter);
    if (isMarked(event.error ?? null)) this.#addError(party, key, event);
  }

  #addError(/** @type {Party} */ party, /** @type {string} */ key, /** @type {Call} */ event) {
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

  // What is missing.

  // What is not told; and unix streams, which are told, but not drawn.
  #addBlind(/** @type {Blind | Call} */ event, party = this.parties.of(event, event.t)) {
    if (event.type === "call") this.#blind.add(party.id);
    this.#add({
      kind: "mark",
      id: `blind:${event.seq}`,
      party,
      t: event.t,
      what: "blind",
      tone: "warn",
      events: [event],
    });
  }

  #takeDropped(/** @type {Dropped} */ event) {
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
    this.parties.forget((old.at(-1)?.t ?? -Infinity) - 1);
  }
}
