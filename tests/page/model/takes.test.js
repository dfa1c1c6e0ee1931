// Takes: what a lab's page shows once its board was cleared.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { History } from "../../../frontend/static/js/model/history.js";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { belongsHere, labView, takesOf } from "../../../frontend/static/js/model/lab-view.js";
import { initial, merge, reduceAll } from "../../../frontend/static/js/model/room-state.js";
import { outputIn, takeAt } from "../../../frontend/static/js/model/takes.js";
import { LISTENING, OPENED, numbered, recording, STARTED } from "../events.js";
import { stateAfter } from "./room.js";

const LAB = { id: "udp/hello", programs: ["server"], server: null, client: { kind: "message" } };
const BEGAN = { type: "take.began", lab: "udp/hello", take: 2 };
const TWICE = numbered(
  { ...STARTED, t: 1 },
  { ...LISTENING, t: 2 },
  { ...OPENED, client: "c1", number: 1, t: 3 },
  { ...OPENED, client: "c2", number: 2, t: 4 },
  { type: "output", run: "r1", stream: "stdout", text: "old\nhalf", t: 5 },
  { type: "client.closed", client: "c1", run: "r1", t: 6 },
  { ...BEGAN, t: 10 },
  { type: "output", run: "r1", stream: "stdout", text: " a line\nnew\n", t: 11 },
  { ...OPENED, client: "c3", number: 1, t: 12 },
);

test("a take shows what lives since before, and nothing that has ended before", () => {
  const view = labView(stateAfter(TWICE), LAB);
  assert.deepEqual(
    view.runs.map(({ id }) => id),
    ["r1"],
  );
  assert.deepEqual(
    [...view.numbers],
    [
      ["c2", 2],
      ["c3", 1],
    ],
  );
  assert.equal(view.take.number, 2);
  const ended = { type: "run.exited", run: "r1", exit_status: 0 };
  const later = numbered({ ...STARTED }, ended, BEGAN);
  assert.equal(labView(stateAfter(later), LAB).main, null);
  const elsewhere = numbered({ ...STARTED }, ended, { ...BEGAN, lab: "tcp/echo" });
  assert.equal(labView(stateAfter(elsewhere), LAB).main.id, "r1");
});

test("what has ended before stays away when the room is told anew", () => {
  const events = numbered(STARTED, { type: "run.exited", run: "r1", exit_status: 0 }, BEGAN);
  const told = { id: "r1", lab: "udp/hello", program: "server", state: "exited" };
  const room = { epoch: null, last_seq: 3, runs: [told], clients: [], takes: { "udp/hello": 2 } };
  assert.equal(labView(merge(stateAfter(events), room), LAB).main, null);
  const fresh = merge(initial(), room);
  assert.equal(labView(fresh, LAB).take.number, 2);
});

test("the console has the lines of the take, and one whose end was still to come", () => {
  const state = stateAfter(TWICE);
  const output = state.output.get("r1");
  const { lines } = outputIn(labView(state, LAB).take, "r1", output);
  assert.deepEqual(
    lines.map(({ parts }) => parts.map(({ text }) => text).join("")),
    ["half a line", "new"],
  );
  assert.equal(outputIn(labView(state, LAB).take, "r1", output).lines, lines);
});

test("a lab that talks to another's server shares its takes", () => {
  const guest = { ...LAB, id: "chat/window", server: "udp/hello" };
  const view = labView(stateAfter(TWICE), guest);
  assert.deepEqual([view.take.number, view.board], [2, "udp/hello"]);
  assert.ok(belongsHere(BEGAN, view));
  assert.ok(!belongsHere({ ...BEGAN, lab: "tcp/echo" }, view));
});

test("a moment before the newest take is of the one before", () => {
  const history = new History();
  history.append(TWICE);
  const takes = takesOf(history.present, LAB);
  assert.deepEqual(
    [null, 11, 10, 9, 0].map((until) => takes[takeAt(takes, until)].number),
    [2, 2, 2, 1, 1],
  );
  assert.equal(history.countBefore(takes[1].seq), 6);
});

const parties = ({ parties: { all } }) => all.map(({ id, bornT }) => [id, bornT]);

test("the diagram clears: who has ended goes, who waits does so from there on", () => {
  const model = new DiagramModel();
  model.append(TWICE.slice(0, 6));
  const wait = { type: "call", call: "recvfrom", phase: "enter", n: 1, socket: 1, tid: 1 };
  const seen = { run: "r1", transport: "udp", thread: "MainThread", local: "127.0.0.1:12345" };
  model.append([{ seq: 6.5, t: 7, ...wait, ...seen }]);
  const before = model.items.length;
  model.drain();
  model.append([TWICE[6]]);
  assert.deepEqual(
    model.items.map(({ kind, t, end }) => [kind, t, end]),
    [["bar", 10, Infinity]],
  );
  assert.equal([...model.drain()].filter(({ gone }) => gone).length, before - 1);
  assert.deepEqual(parties(model), [
    ["run:r1", 10],
    ["client:c2", 10],
  ]);
});

test("somebody outside has a lifeline again once they talk", () => {
  const model = new DiagramModel();
  const got = (seq, t) => {
    const call = { type: "call", call: "recvfrom", socket: 1, tid: 1, thread: "MainThread" };
    const who = { run: "r1", transport: "udp", local: "127.0.0.1:12345", peer: "127.0.0.1:9" };
    const more = { bytes: 2, data: "aGk=", n: seq };
    return [
      { seq, t, ...call, ...who, n: seq, phase: "enter", peer: undefined },
      { seq: seq + 1, t: t + 0.5, ...call, ...who, ...more, phase: "return" },
    ];
  };
  model.append([...TWICE.slice(0, 2), ...got(10, 3)]);
  assert.equal(parties(model).length, 2);
  model.append([{ ...BEGAN, seq: 20, t: 10 }]);
  assert.deepEqual(parties(model), [["run:r1", 10]]);
  model.append(got(30, 12));
  assert.deepEqual(parties(model)[1], ["peer:udp/127.0.0.1:9", 12.5]);
  assert.equal(model.items.filter(({ kind }) => kind === "transfer").length, 1);
});

// A real run of a thread lab, and the same once more as another run, in a take of its own.
test("the lanes of a second run begin with it, and none of the first is left", () => {
  const once = recording("semaphore");
  const end = once.at(-1).t + 100;
  const shift = end - once[0].t + 1;
  const again = once.map((event) => ({
    ...event,
    seq: event.seq + 10_000,
    t: event.t + shift,
    ...(event.run && { run: `${event.run}-again` }),
  }));
  const model = new LaneModel();
  model.append(once);
  model.append([{ type: "take.began", lab: "threads/semaphore", take: 2, seq: 9_999, t: end }]);
  assert.deepEqual([model.lanes, model.wakes, model.objects, model.start], [[], [], [], Infinity]);
  model.append(again);
  const alone = new LaneModel();
  alone.append(again);
  assert.ok(alone.lanes.length > 3);
  assert.equal(model.start, alone.start); // not with the silence before it
  assert.deepEqual([model.lanes, model.wakes], [alone.lanes, alone.wakes]);
  assert.deepEqual(model.forgotten, alone.forgotten);
});

test("a thread that lives and waits is in the next take's lanes from its beginning on", () => {
  const once = recording("semaphore");
  const at = once.findIndex(({ type, event }) => type === "sync" && event === "waiting");
  const model = new LaneModel();
  model.append(once.slice(0, at + 1));
  const t = once[at].t + 1;
  model.append([{ type: "take.began", lab: "threads/semaphore", take: 2, seq: 9_999, t }]);
  assert.ok(model.lanes.length > 0);
  const pieces = model.lanes.flatMap(({ waits, holds }) => [...waits, ...holds]);
  assert.ok(pieces.some(({ end }) => end === Infinity));
  assert.ok(
    [...model.lanes.map(({ bornT }) => bornT), ...pieces.map((p) => p.t)].every((b) => b === t),
  );
});

test("the state knows each take that the events tell, in any batches", () => {
  const whole = stateAfter(TWICE);
  const single = TWICE.reduce((state, event) => reduceAll(state, [event]), initial());
  assert.deepEqual([...single.takes], [...whole.takes]);
});
