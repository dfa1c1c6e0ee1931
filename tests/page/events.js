// Events by hand, timelines of real runs, and the recording that we ship.

import { readdirSync, readFileSync } from "node:fs";

export const SERVER = "127.0.0.1:5000";
export const A = "127.0.0.1:40001";
export const B = "127.0.0.1:40002";

/** The text of the recording that the page offers as an example. */
export const EXAMPLE = readFileSync(
  new URL("../../frontend/examples/udp-transform.jsonl", import.meta.url),
  "utf8",
);

const RECORDINGS = new URL("../browser/recordings/", import.meta.url);

/** The events that the lines of a text tell. */
export const parsed = (lines) => lines.map((line) => JSON.parse(line));

/** The timeline of a real run. */
export const recording = (name) =>
  parsed(
    readFileSync(new URL(`${name}.jsonl`, RECORDINGS), "utf8")
      .trimEnd()
      .split("\n"),
  );

/** The names of all of them. */
export const RECORDED = readdirSync(RECORDINGS)
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => name.slice(0, -".jsonl".length))
  .sort();

/** Events numbered from 1 on, all at time 0 where they name none. */
export const numbered = (...events) => events.map((event, i) => ({ seq: i + 1, t: 0, ...event }));

/** So many events at a time, in their order. */
export const batches = (events, size) =>
  Array.from({ length: Math.ceil(events.length / size) }, (_, k) =>
    events.slice(k * size, (k + 1) * size),
  );

export const STARTED = {
  type: "run.started",
  run: "r1",
  lab: "udp/hello",
  program: "server",
  pid: 42,
  args: ["--port", "0"],
};

export const LISTENING = {
  type: "run.listening",
  run: "r1",
  host: "127.0.0.1",
  port: 12345,
  transport: "udp",
};

export const OPENED = {
  type: "client.opened",
  client: "c1",
  run: "r1",
  transport: "udp",
  local: "127.0.0.1:50000",
  peer: "127.0.0.1:12345",
};

/** Events in the order in which they are told; times in seconds. */
export class Story {
  events = [];
  #calls = 0;

  tell(type, t, fields = {}) {
    this.events.push({ seq: this.events.length + 1, t, type, ...fields });
  }

  run(run, program = "server", t = 0) {
    this.tell("run.started", t, { run, lab: "udp/x", program, pid: 1, args: [] });
  }

  /** Tell a call that ran at t; with `enter`, that it had begun to wait before. Its number. */
  call(run, call, t, { enter, payload, ...more } = {}) {
    const head = this.#head(run, call, more);
    if (enter !== undefined) this.tell("call", enter, { ...head, phase: "enter" });
    const phase = enter === undefined ? {} : { phase: "return" };
    this.tell("call", t, { ...head, ...more, ...dataOf(payload), ...phase });
    return head.n;
  }

  /** Tell a call that waits. Its number. */
  enter(run, call, t, more = {}) {
    const head = this.#head(run, call, more);
    this.tell("call", t, { ...head, ...more, phase: "enter" });
    return head.n;
  }

  client(client, what, t, { payload, ...more } = {}) {
    this.tell(`client.${what}`, t, { client, run: "s", ...more, ...dataOf(payload) });
  }

  /** What a call says already when it begins. */
  #head(run, call, { socket = 1, transport = "udp", thread = "MainThread", tid = 1, local }) {
    this.#calls += 1;
    const n = this.#calls;
    const at = local === undefined ? {} : { local };
    return { run, call, n, socket, transport, thread, tid, file: `${run}.py`, line: n, ...at };
  }
}

const dataOf = (payload) =>
  payload === undefined ? {} : { bytes: payload.length, data: btoa(payload) };
