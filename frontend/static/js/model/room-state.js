// What is true in a room, as a pure function of its events: (state, event) → state.
// No state is ever changed in place; what an event does not touch stays the same object.

import { addDropped, addText, NO_OUTPUT, trimmed } from "./output-lines.js";

// The life of a run, as its events tell it (DESIGN.md, "How a run works").
const RUN_STATE_OF = Object.freeze({
  "run.started": "starting",
  "run.listening": "listening",
  "run.running": "running",
  "run.stopping": "stopping",
  "run.exited": "exited",
  "run.crashed": "crashed",
  "run.failed": "failed",
});

// What an event may tell anew of a run.
const RUN_FIELDS = Object.freeze("pid args host port transport exit_status error".split(" "));

const ENDED = Object.freeze(["exited", "crashed", "failed", "gone"]);

// The life of a client: what each event makes of each state.
const CLIENT_STATES = Object.freeze({
  open: { "client.shutdown": "finished", "client.eof": "ended", "client.closed": "closed" },
  finished: { "client.eof": "closing", "client.closed": "closed" }, // it sends no more
  ended: { "client.shutdown": "closing", "client.closed": "closed" }, // the lab sends no more
  closing: { "client.closed": "closed" },
  closed: {},
});

// Known, and nothing of the state changes.
const TOLD_ONLY = Object.freeze(["thread", "sync"]);

/** Whether a run has come to its end. */
export const hasEnded = (run) => ENDED.includes(run.state);

/**
 * The state before any event, or with the truth that the API told of a room. `epoch` names the
 * history whose events follow; null where nobody knows.
 */
export function initial(room = null, epoch = room?.epoch ?? null) {
  const empty = Object.freeze({
    epoch,
    seq: 0,
    runs: new Map(), // id → run as the API writes it, and args, asOf, portTaken
    output: new Map(), // run id → {lines, characters, forgotten, nextId}
    clients: new Map(), // id → client
    dropped: Object.freeze({ output: 0, messages: 0, bytes: 0 }),
    unknown: new Map(), // event type → how many came
    missed: 0, // events that were never told to this page
  });
  return room ? { ...merge(empty, room), seq: room.last_seq } : empty;
}

/** The state after one event. */
export function reduce(state, event) {
  return reduceAll(state, [event]);
}

/** The state after a batch of events: one copy of what changes, however many they are. */
export function reduceAll(state, events) {
  const draft = new Draft(state);
  for (const event of events) if (event.seq > draft.seq) draft.take(event);
  return draft.done();
}

/**
 * The state with the truth that the API tells after a gap; what is newer than it stays. An answer
 * of another history changes nothing: of a newer one the timeline will tell, and then ask anew.
 */
export function merge(state, room) {
  if (state.epoch !== null && room.epoch !== state.epoch) return state;
  const draft = new Draft(state);
  const told = new Map(room.runs.map((run) => [run.id, run]));
  for (const run of told.values()) {
    const known = state.runs.get(run.id);
    if (!known || known.asOf <= room.last_seq) {
      draft.setRun(run.id, { ...known, ...run, asOf: room.last_seq });
    }
  }
  for (const run of state.runs.values()) {
    if (!told.has(run.id) && !hasEnded(run) && run.asOf <= room.last_seq) {
      draft.setRun(run.id, { ...run, state: "gone", asOf: room.last_seq });
    }
  }
  mergeClients(draft, state, room);
  return draft.done();
}

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
  #changed = {};
  #lines = new Map(); // run id → output whose list of lines is ours to change

  constructor(state) {
    this.#before = state;
    this.seq = state.seq;
  }

  take(event) {
    if (this.seq > 0 && event.seq > this.seq + 1) this.#count("missed", event.seq - this.seq - 1);
    this.seq = event.seq;
    if (event.type in RUN_STATE_OF) this.#takeRun(event);
    else if (event.type === "output") this.#takeOutput(event);
    else if (event.type === "call") this.#takeCall(event);
    else if (event.type.startsWith("client.")) this.#takeClient(event);
    else if (event.type === "dropped") this.#takeDropped(event);
    else if (!TOLD_ONLY.includes(event.type)) this.#takeUnknown(event);
  }

  setRun(id, run) {
    this.#own("runs").set(id, run);
  }

  setClient(client) {
    this.#own("clients").set(client.id, client);
  }

  done() {
    for (const [run, output] of this.#lines) this.#own("output").set(run, trimmed(output));
    return Object.freeze({ ...this.#before, ...this.#changed, seq: this.seq });
  }

  #own(name) {
    this.#changed[name] ??= new Map(this.#before[name]);
    return this.#changed[name];
  }

  #get(name, id) {
    return (this.#changed[name] ?? this.#before[name]).get(id);
  }

  #count(name, more) {
    this.#changed[name] = (this.#changed[name] ?? this.#before[name]) + more;
  }

  #takeRun(event) {
    const known = this.#get("runs", event.run);
    if (known && event.seq <= known.asOf) return; // the API told us something newer
    const run = { ...(known ?? newRun(event)), state: RUN_STATE_OF[event.type], asOf: event.seq };
    for (const field of RUN_FIELDS) {
      if (field in event) run[field] = event[field];
    }
    this.setRun(event.run, run);
  }

  // A run that finds its port taken is started once more, with another one.
  #takeCall(event) {
    const run = this.#get("runs", event.run);
    if (event.error !== "EADDRINUSE" || run?.state !== "starting") return;
    this.setRun(run.id, { ...run, portTaken: wantedPort(run) });
  }

  #takeOutput(event) {
    addText(this.#linesOf(event.run), event.stream, event.text);
  }

  #takeClient(event) {
    const known = this.#get("clients", event.client) ?? newClient(event.client, event.run);
    const change = clientChange(known, event);
    if (change === null) this.#takeUnknown(event);
    else this.setClient({ ...known, ...change, asOf: event.seq });
  }

  #takeDropped({ run, what, count, bytes }) {
    const known = this.#changed.dropped ?? this.#before.dropped;
    this.#changed.dropped = Object.freeze({
      ...known,
      [what]: (known[what] ?? 0) + count,
      bytes: known.bytes + (bytes ?? 0),
    });
    if (run && what === "output") addDropped(this.#linesOf(run), count, bytes ?? 0);
  }

  #takeUnknown({ type }) {
    this.#own("unknown").set(type, (this.#get("unknown", type) ?? 0) + 1);
  }

  #linesOf(run) {
    let output = this.#lines.get(run);
    if (!output) {
      const before = this.#before.output.get(run) ?? NO_OUTPUT;
      output = { ...before, lines: [...before.lines] };
      this.#lines.set(run, output);
    }
    return output;
  }
}

function newRun({ run, lab, program, pid, args, t }) {
  return {
    id: run,
    lab: lab ?? null,
    program: program ?? null,
    pid: pid ?? null,
    args: args ?? [],
    state: "starting",
    host: null,
    port: null,
    exit_status: null,
    error: null,
    startedT: t ?? null,
    portTaken: null, // the port that it did not get, because another socket has it
  };
}

// Of two equal options the last counts.
function wantedPort({ args }) {
  const at = args.lastIndexOf("--port");
  return at === -1 ? null : Number(args[at + 1]) || null;
}

function newClient(id, run) {
  return Object.freeze({
    id,
    run,
    transport: null,
    local: null,
    peer: null,
    state: "open",
    sent: 0, // bytes
    received: 0,
    messagesSent: 0,
    messagesReceived: 0,
    error: null,
    asOf: 0,
  });
}

// What an event changes of a client; null for a type that is not known.
function clientChange(client, event) {
  switch (event.type) {
    case "client.opened":
      return { transport: event.transport, local: event.local, peer: event.peer, state: "open" };
    case "client.sent":
      return { sent: client.sent + event.bytes, messagesSent: client.messagesSent + 1 };
    case "client.received":
      return {
        received: client.received + event.bytes,
        messagesReceived: client.messagesReceived + 1,
      };
    case "client.failed": {
      const neverOpened = client.asOf === 0;
      const error = { code: event.code, message: event.message };
      return neverOpened ? { error, state: "closed" } : { error };
    }
    case "client.eof":
    case "client.shutdown":
    case "client.closed":
      return { state: CLIENT_STATES[client.state][event.type] ?? client.state };
    default:
      return null;
  }
}
