// What a room's events make of its state: runs, their output, clients, what is counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { initial, reduce } from "../../../frontend/static/js/model/room-state.js";
import { LISTENING, numbered, OPENED, STARTED } from "../events.js";
import { stateAfter, written } from "./room.js";

const after = (...events) => stateAfter(numbered(...events));
const runAfter = (...events) => after(...events).runs.get("r1");
const clientAfter = (...events) => after(...events).clients.get("c1");
const outputAfter = (...events) => after(...events).output.get("r1");

const output = (text, stream = "stdout") => ({ type: "output", run: "r1", stream, text });

const textsOf = ({ lines }) => lines.map(({ parts }) => parts.map(({ text }) => text).join(""));

test("a run listens at the address that its event names", () => {
  const { state, host, port, pid, args } = runAfter(STARTED, LISTENING);
  assert.deepEqual([state, host, port, pid], ["listening", "127.0.0.1", 12345, 42]);
  assert.deepEqual(args, ["--port", "0"]);
});

test("a run that finds its port taken remembers which, and starts once more", () => {
  const { portTaken, port, pid } = runAfter(
    { ...STARTED, args: ["--port", "1", "--port", "12345"] },
    { type: "call", run: "r1", call: "bind", error: "EADDRINUSE" },
    { ...STARTED, pid: 43, args: ["--port", "0"] },
    { type: "call", run: "r1", call: "bind", local: "127.0.0.1:40000" },
    { ...LISTENING, port: 40000 },
  );
  assert.deepEqual([portTaken, port, pid], [12345, 40000, 43]);
});

const ERROR = { code: "port_in_use", message: "y" };

for (const [event, state] of [
  [{ type: "run.running" }, "running"],
  [{ type: "run.stopping" }, "stopping"],
  [{ type: "run.exited", exit_status: 0 }, "exited"],
  [{ type: "run.crashed", exit_status: 1, error: ERROR }, "crashed"],
  [{ type: "run.failed", error: ERROR }, "failed"],
]) {
  test(`each event of a run gives it its state: ${event.type}`, () => {
    const run = runAfter(STARTED, { run: "r1", ...event });
    assert.equal(run.state, state);
    assert.equal(run.exit_status, event.exit_status ?? null);
    assert.deepEqual(run.error, event.error ?? null);
  });
}

test("a run that is slowed says so until it is no more", () => {
  const slowing = (/** @type {boolean} */ slowed) => ({ type: "run.slowed", run: "r1", slowed });
  assert.equal(runAfter(STARTED, LISTENING, slowing(true)).slowed, true);
  assert.equal(runAfter(STARTED, LISTENING, slowing(true)).state, "listening");
  assert.equal(runAfter(STARTED, LISTENING, slowing(true), slowing(false)).slowed, false);
});

test("pieces of output become lines in their order", () => {
  const kept = outputAfter(STARTED, output("one\ntw"), output("o\r\n"), output("three", "stderr"));
  assert.deepEqual(textsOf(kept), ["one", "two", "three"]);
  assert.deepEqual(
    kept.lines.map(({ ended }) => ended),
    [true, true, false],
  );
});

test("what is typed stands in the line of its prompt", () => {
  const { lines } = outputAfter(STARTED, output("Name: "), output("Anna\n", "stdin"));
  assert.deepEqual(
    lines.map(({ parts }) => parts),
    [
      [
        { stream: "stdout", text: "Name: " },
        { stream: "stdin", text: "Anna" },
      ],
    ],
  );
});

test("output is bounded, and what the bound takes is counted", () => {
  const kept = outputAfter(STARTED, output("a line\n".repeat(2500)));
  assert.equal(kept.lines.length, 2000);
  assert.equal(kept.forgotten, 500);
  assert.equal(kept.characters, 2000 * "a line".length);
});

test("a line without end is cut and bounded", () => {
  const pieces = Array.from({ length: 30 }, () => output("x".repeat(16_000)));
  const kept = outputAfter(STARTED, ...pieces);
  assert.ok(kept.characters <= 200_000);
  assert.ok(kept.lines.every(({ characters }) => characters <= 4_000));
  assert.equal(kept.forgotten + kept.lines.length, 30 * 4);
});

test("output that was dropped is told in its place", () => {
  const dropped = { type: "dropped", run: "r1", what: "output", count: 3, bytes: 1000 };
  const state = after(STARTED, output("before\n"), dropped, dropped, output("after\n"));
  const kept = state.output.get("r1");
  assert.deepEqual(textsOf(kept), ["before", "", "after"]);
  assert.deepEqual(kept.lines[1].dropped, { count: 6, bytes: 2000 });
  assert.deepEqual(state.dropped, { output: 6, messages: 0, bytes: 2000 });
});

test("a client counts its bytes each way", () => {
  const sent = { type: "client.sent", client: "c1", run: "r1", bytes: 5, data: "aGVsbG8=" };
  const received = { ...sent, type: "client.received", bytes: 7 };
  const client = clientAfter(OPENED, sent, sent, received);
  assert.deepEqual([client.sent, client.received], [10, 7]);
  assert.deepEqual([client.messagesSent, client.messagesReceived], [2, 1]);
  assert.deepEqual([client.local, client.state], ["127.0.0.1:50000", "open"]);
});

for (const [told, state] of [
  [["eof"], "ended"],
  [["shutdown"], "finished"],
  [["eof", "shutdown"], "closing"],
  [["shutdown", "eof"], "closing"],
  [["eof", "closed"], "closed"],
  [["closed", "eof"], "closed"],
]) {
  test(`a client closes its directions one by one: ${told.join(", ")}`, () => {
    const events = told.map((what) => ({ type: `client.${what}`, client: "c1", run: "r1" }));
    assert.equal(clientAfter(OPENED, ...events).state, state);
  });
}

const REFUSED = {
  type: "client.failed",
  client: "c1",
  run: "r1",
  code: "refused",
  message: "m",
};

test("a refused datagram leaves a UDP client open", () => {
  const client = clientAfter(OPENED, REFUSED);
  assert.equal(client.state, "open");
  assert.deepEqual(client.error, { code: "refused", message: "m" });
});

test("a client that never opened is closed", () => {
  assert.equal(clientAfter(REFUSED).state, "closed");
});

test("unknown types are counted, and known ones are not", () => {
  const odd = { type: "moon.rose" };
  const call = { type: "call", run: "r1", call: "bind" };
  const client = { type: "client.sneezed", client: "c1", run: "r1" };
  const { unknown } = after(STARTED, call, odd, odd, client);
  assert.deepEqual(Object.fromEntries(unknown), { "moon.rose": 2, "client.sneezed": 1 });
});

test("an event that comes twice counts once", () => {
  const events = numbered(STARTED, output("once\n"));
  const state = stateAfter([...events, ...events]);
  assert.deepEqual(textsOf(state.output.get("r1")), ["once"]);
  assert.equal(state.seq, 2);
});

test("numbers that are left out are counted as missed", () => {
  assert.equal(after(STARTED, { ...LISTENING, seq: 12 }).missed, 10);
});

test("a batch gives what its events give one by one", () => {
  const events = numbered(STARTED, LISTENING, OPENED, output("a\nb"), output("c\n"));
  assert.equal(written(stateAfter(events)), written(events.reduce(reduce, initial())));
});

test("a state that was shown never changes", () => {
  const events = numbered(STARTED, LISTENING, OPENED, output("a"), output("b\n"), output("c\n"));
  const states = [initial()];
  const shown = [written(states[0])];
  for (const event of events) {
    states.push(reduce(states.at(-1), event));
    shown.push(written(states.at(-1)));
  }
  assert.deepEqual(states.map(written), shown);
});

test("what an event does not touch stays the same object", () => {
  const [started, listening, opened] = numbered(STARTED, LISTENING, OPENED);
  const before = stateAfter([started, listening]);
  const state = reduce(before, opened);
  assert.equal(state.runs, before.runs);
  assert.notEqual(state.clients, before.clients);
});
