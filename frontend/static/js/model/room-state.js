// What is true in a room, as a pure function of its events: (state, event) → state.
// No state is ever changed in place; what an event does not touch stays the same object.

import { clientChange, newClient } from "./client-life.js";
import { connectionsAfter } from "./connected.js";
import { newRun, RUN_FIELDS, RUN_STATE_OF, wantedPort } from "./new-run.js";
import { nthOf } from "./people.js";
import { addDropped, addText, NO_OUTPUT, trimmed } from "./output-lines.js";
import { FIRST, linesFrom, withTake } from "./takes.js";

/** @import { Client } from "./client-life.js" */
/** @import { Output } from "./output-lines.js" */
/** @import { Take } from "./takes.js" */
/** @import { MemoryChanged, Problem, RoomInfo, RunState } from "./types.d.ts" */

/**
 * A run as the API writes it, with the count of the event that told it last, when it was started, and
 * the port that it did not get, because another socket has it; `placed` is the lab to which somebody's
 * own program belongs. "gone": nobody knows how it ended.
 * @typedef {{id: string, lab: string | null, program: string | null, pid: number | null,
 *   args: readonly string[], state: RunState | "gone", host: string | null, port: number | null,
 *   exit_status: number | null, error: Problem | null, asOf: number, startedT?: number | null,
 *   portTaken?: number | null, slowed?: boolean, placed?: string, owner?: string | null,
 *   accepted?: import("./connected.js").Accepted, isUntold?: boolean, at?: string}} Run
 */
/**
 * @typedef {{epoch: string | null, seq: number, runs: Map<string, Run>, output: Map<string, Output>,
 *   clients: Map<string, Client>, people: Map<string, string>, peers: Map<string, string>,
 *   takes: Map<string, readonly Take[]>,
 *   dropped: Readonly<Record<string, number>>, unknown: Map<string, number>, missed: number,
 *   memory: MemoryChanged | null}} State
 */
/** @typedef {"runs" | "output" | "clients" | "people" | "peers" | "takes" | "unknown"} MapName */
/** What may come: a server that is newer than the page tells of what the page does not know. @typedef {any} Told */

const ENDED = Object.freeze(["exited", "crashed", "failed", "gone"]);

// Known, and nothing of the state changes.
const TOLD_ONLY = /^(?:thread|sync|run\.ending|(?:person|room|peer)\..+)$/; // of a class: class-state.js

/** Whether a run has come to its end. */
export const hasEnded = (/** @type {{state: string}} */ run) => ENDED.includes(run.state);

/**
 * The state before any event, or with the truth that the API told of a room. `epoch` names the
 * history whose events follow; null where nobody knows.
 * @param {RoomInfo | null} [room]
 * @param {string | null} [epoch]
 * @returns {State}
 */
export function initial(room = null, epoch = room?.epoch ?? null) {
  /** @type {State} */
  const empty = Object.freeze({
    epoch,
    seq: 0,
    runs: new Map(), // id → run as the API writes it, and args, asOf, portTaken
    output: new Map(), // run id → {lines, characters, forgotten, nextId}
    clients: new Map(), // id → client
    people: new Map(), // id → name; those who have left keep theirs
    takes: new Map(), // lab → its takes, the present one last; without any it is the first
    peers: new Map(), // address → the name that a program there was given
    dropped: Object.freeze({ output: 0, messages: 0, bytes: 0 }),
    unknown: new Map(), // event type → how many came
    missed: 0, // events that were never told to this page
    memory: null, // what was told last of whether events are remembered
  });
  return room ? { ...merge(empty, room), seq: room.last_seq } : empty;
}

/** The state after one event. */
export function reduce(/** @type {State} */ state, /** @type {Told} */ event) {
  return reduceAll(state, [event]);
}

/**
 * The state after a batch of events: one copy of what changes, however many they are.
 * @param {State} state
 * @param {readonly Told[]} events
 */
export function reduceAll(state, events) {
  const draft = new Draft(state);
  for (const event of events) if (event.seq > draft.seq) draft.take(event);
  return draft.done();
}

/**
 * The state with the truth that the API tells after a gap; what is newer than it stays. An answer
 * of another history changes nothing: of a newer one the timeline will tell, and then ask anew.
 * @param {State} state
 * @param {RoomInfo} room
 */
export function merge(state, room) {
  if (state.epoch !== null && room.epoch !== state.epoch) return state;
  const draft = new Draft(state);
  const told = new Map(room.runs.map((run) => [run.id, run]));
  for (const run of told.values()) {
    const known = state.runs.get(run.id);
    if (!known || known.asOf <= room.last_seq) {
      const asOf = known && hasEnded(known) ? known.asOf : room.last_seq;
      draft.setRun(run.id, { args: [], ...known, ...run, asOf });
    }
  }
  for (const run of state.runs.values()) {
    if (!told.has(run.id) && !hasEnded(run) && run.asOf <= room.last_seq) {
      draft.setRun(run.id, { ...run, state: "gone", asOf: room.last_seq });
    }
  }
  for (const { id, name } of room.people ?? []) draft.setName("people", id, name);
  for (const [address, name] of Object.entries(room.peers ?? {})) {
    draft.setName("peers", address, name);
  }
  for (const [lab, number] of Object.entries(room.takes ?? {})) draft.setTake(lab, number);
  mergeClients(draft, state, room);
  return draft.done();
}

/**
 * @param {Draft} draft
 * @param {State} state
 * @param {RoomInfo} room
 */
function mergeClients(draft, state, room) {
  const told = new Set(room.clients.map((client) => client.id));
  for (const client of room.clients) {
    const known = state.clients.get(client.id);
    if (known) draft.setClient({ ...known, ...client });
    else draft.setClient({ ...newClient(client.id, client.run), ...client, asOf: room.last_seq });
  }
  for (const client of state.clients.values()) {
    if (!told.has(client.id) && client.state !== "closed" && client.asOf <= room.last_seq) {
      draft.setClient({ ...client, state: "closed" });
    }
  }
}

// A state in the making: copies a map when it first changes it.
class Draft {
  #before;
  /** @type {Partial<State>} */
  #changed = {};
  /** @type {Map<string, Output>} */
  #lines = new Map(); // run id → output whose list of lines is ours to change

  constructor(/** @type {State} */ state) {
    this.#before = state;
    this.seq = state.seq;
  }

  take(/** @type {Told} */ event) {
    if (event.type === "gap") return; // its events are counted by the number of the next one
    if (this.seq > 0 && event.seq > this.seq + 1) {
      const missed = this.#changed.missed ?? this.#before.missed;
      this.#changed.missed = missed + event.seq - this.seq - 1;
    }
    this.seq = event.seq;
    if (Object.hasOwn(RUN_STATE_OF, event.type)) this.#takeRun(event);
    else if (event.type === "run.slowed") this.#changeRun(event, { slowed: event.slowed });
    else if (event.type === "run.placed") this.#changeRun(event, { placed: event.lab });
    else if (event.type === "output") this.#takeOutput(event);
    else if (event.type === "call") this.#takeCall(event);
    else if (event.type.startsWith("client.")) this.#takeClient(event);
    else if (event.type === "take.began") this.#takeTake(event);
    else if (event.type === "peer.named") this.setName("peers", event.address, event.name);
    else if (event.type === "person.joined" || event.type === "person.renamed")
      this.setName("people", event.person, event.name);
    else if (event.type === "dropped") this.#takeDropped(event);
    else if (event.type === "memory.changed") this.#changed.memory = event;
    else if (!TOLD_ONLY.test(event.type)) this.#takeUnknown(event);
  }

  setRun(/** @type {string} */ id, /** @type {Run} */ run) {
    this.#own("runs").set(id, run);
  }

  setClient(/** @type {Client} */ client) {
    const clients = this.#own("clients");
    const { owner } = client;
    const nth = owner && !client.nth ? nthOf(owner, clients.values()) : client.nth;
    clients.set(client.id, nth === client.nth ? client : { ...client, nth });
  }

  /** Call somebody, or a program at an address, so; the empty name takes it away. */
  setName(
    /** @type {"people" | "peers"} */ whose,
    /** @type {string} */ id,
    /** @type {string} */ name,
  ) {
    if (this.#get(whose, id) === name) return;
    if (name) this.#own(whose).set(id, name);
    else this.#own(whose).delete(id);
  }

  /** Note the number of a lab's present take, where no event has told how it began. */
  setTake(/** @type {string} */ lab, /** @type {number} */ number) {
    const known = this.#get("takes", lab) ?? [FIRST];
    const last = /** @type {Take} */ (known.at(-1));
    if (last.number < number) this.#own("takes").set(lab, [{ ...FIRST, number }]);
  }

  done() {
    for (const [run, output] of this.#lines) this.#own("output").set(run, trimmed(output));
    return Object.freeze({ ...this.#before, ...this.#changed, seq: this.seq });
  }

  /**
   * A map that is ours to change.
   * @template {MapName} Name
   * @param {Name} name
   * @returns {State[Name]}
   */
  #own(name) {
    /** @type {any} */
    const changed = this.#changed;
    changed[name] ??= new Map(/** @type {any} */ (this.#before[name]));
    return changed[name];
  }

  /**
   * @template {MapName} Name
   * @param {Name} name
   * @param {string} id
   * @returns {ReturnType<State[Name]["get"]>}
   */
  #get(name, id) {
    /** @type {any} */
    const map = this.#changed[name] ?? this.#before[name];
    return map.get(id);
  }

  #takeRun(/** @type {Told} */ event) {
    const known = this.#get("runs", event.run);
    if (known && event.seq <= known.asOf) return; // the API told us something newer
    const told = RUN_FIELDS.filter((field) => field in event).map((field) => [field, event[field]]);
    this.setRun(event.run, {
      ...(known ?? newRun(event)),
      state: RUN_STATE_OF[event.type],
      asOf: event.seq,
      ...Object.fromEntries(told),
    });
  }

  #takeTake(/** @type {Told} */ { lab, take: number, seq, t }) {
    const outputs = new Map([...this.#before.output, ...this.#lines]);
    const take = Object.freeze({ number, seq, t, lines: linesFrom(outputs) });
    this.#own("takes").set(lab, withTake(this.#get("takes", lab), take));
  }

  #changeRun(/** @type {{run: string}} */ event, /** @type {Partial<Run>} */ change) {
    const run = this.#get("runs", event.run);
    if (run) this.setRun(run.id, { ...run, ...change });
  }

  // A run that finds its port taken is started once more, with another one.
  #takeCall(/** @type {Told} */ event) {
    const run = this.#get("runs", event.run);
    if (!run) return;
    if (event.error === "EADDRINUSE" && run.state === "starting")
      this.setRun(run.id, { ...run, portTaken: wantedPort(run) });
    const change = connectionsAfter(run, event);
    if (change) this.setRun(run.id, { ...run, ...change });
  }

  #takeOutput(/** @type {Told} */ event) {
    addText(this.#linesOf(event.run), event.stream, event.text);
  }

  #takeClient(/** @type {Told} */ event) {
    const known = this.#get("clients", event.client) ?? newClient(event.client, event.run);
    const change = clientChange(known, event);
    if (change === null) this.#takeUnknown(event);
    else this.setClient({ ...known, ...change, asOf: event.seq });
    if (event.owner && event.name) this.setName("people", event.owner, event.name);
  }

  #takeDropped(/** @type {Told} */ { run, what, count, bytes }) {
    const known = this.#changed.dropped ?? this.#before.dropped;
    this.#changed.dropped = Object.freeze({
      ...known,
      [what]: (known[what] ?? 0) + count,
      bytes: known.bytes + (bytes ?? 0),
    });
    if (run && what === "output") addDropped(this.#linesOf(run), count, bytes ?? 0);
    else if (run) this.#changeRun({ run }, { isUntold: true });
  }

  #takeUnknown(/** @type {Told} */ { type }) {
    this.#own("unknown").set(type, (this.#get("unknown", type) ?? 0) + 1);
  }

  #linesOf(/** @type {string} */ run) {
    let output = this.#lines.get(run);
    if (!output) {
      const before = this.#before.output.get(run) ?? NO_OUTPUT;
      output = { ...before, lines: [...before.lines] };
      this.#lines.set(run, output);
    }
    return output;
  }
}
