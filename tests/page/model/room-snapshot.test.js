// A room as the API tells it joins the events of its timeline: the newer one wins.

import assert from "node:assert/strict";
import { test } from "node:test";
import { initial, merge, reduce, reduceAll } from "../../../frontend/static/js/model/room-state.js";
import { LISTENING, numbered, OPENED, STARTED } from "../events.js";
import { stateAfter } from "./room.js";

const snapshot = (lastSeq, runs = [], clients = []) => ({
  ...{ id: "local", last_seq: lastSeq, runs, clients },
});

const runIn = (state, more) => ({ id: "r1", lab: "udp/hello", program: "server", state, ...more });

const EXITED = runIn("exited", { exit_status: 0 });

test("a room as the API tells it is a state", () => {
  const run = runIn("listening", { host: "127.0.0.1", port: 1 });
  const client = { id: "c1", run: "r1", transport: "udp", local: "l", peer: "p" };
  const state = initial(snapshot(7, [run], [client]));
  assert.equal(state.seq, 7);
  assert.equal(state.runs.get("r1").state, "listening");
  assert.equal(state.clients.get("c1").state, "open");
});

test("after a gap the snapshot is the truth", () => {
  const before = stateAfter(numbered(STARTED, LISTENING, OPENED));
  const { runs, clients } = merge(before, snapshot(50, [EXITED]));
  assert.equal(runs.get("r1").state, "exited");
  assert.equal(clients.get("c1").state, "closed");
});

test("a run that the room has forgotten is gone", () => {
  const { runs } = merge(stateAfter(numbered(STARTED, LISTENING)), snapshot(50));
  assert.equal(runs.get("r1").state, "gone");
});

test("events newer than the snapshot win", () => {
  const told = snapshot(1, [runIn("starting")]);
  const { runs } = merge(stateAfter(numbered(STARTED, LISTENING)), told);
  assert.equal(runs.get("r1").state, "listening");
});

test("events older than the snapshot do not undo it", () => {
  const [started, listening] = numbered(STARTED, LISTENING);
  const told = merge(stateAfter([started]), snapshot(9, [EXITED]));
  assert.equal(reduce(told, listening).runs.get("r1").state, "exited");
});

for (const [epoch, state] of [
  ["A", "exited"],
  ["B", "listening"],
]) {
  // When the server was started anew while it was asked, its run r1 is another one.
  test(`a snapshot of another history changes nothing: ${epoch} in A`, () => {
    const before = reduceAll(initial(null, "A"), numbered(STARTED, LISTENING));
    const { runs } = merge(before, { ...snapshot(50, [EXITED]), epoch });
    assert.equal(runs.get("r1").state, state);
  });
}
