// The model of the diagram: bars of calls that wait, every moment of the past, its bounds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel, LIMITS } from "../../../frontend/static/js/model/diagram-model.js";
import { barLabel, markLabel } from "../../../frontend/static/js/words/diagram-words.js";
import { A, B, recording, SERVER, Story } from "../events.js";
import { arrows, modelOf, picture, udpPair, udpServer } from "./drawn.js";

test("what is not told is marked at the lifeline of the process that does it", () => {
  const story = new Story();
  story.run("s");
  const blind = { run: "s", thread: "MainThread", tid: 1 };
  story.tell("blind", 0.5, { ...blind, what: "raw" });
  story.tell("blind", 0.7, { ...blind, what: "gevent", child: 7 });
  const { marks, parties } = picture(story.events);
  assert.deepEqual(marks, ["blind", "blind"]);
  assert.deepEqual(parties, ["run:s", "run:s/7"]);
});

test("unix sockets, which have no arrows, are said once at the lifeline", () => {
  const story = new Story();
  story.run("s");
  for (const t of [1, 2]) story.call("s", "socket", t, { transport: "unix" });
  const model = modelOf([story.events]);
  const marks = model.items.filter((item) => item.kind === "mark");
  assert.deepEqual(
    marks.map((mark) => [mark.t, markLabel(mark)]),
    [[1, "unix sockets: their calls only, no arrows"]],
  );
});

test("calls that wait are bars that are open until they return", () => {
  const story = new Story();
  const server = { transport: "tcp", local: SERVER };
  story.run("s");
  story.enter("s", "accept", 1, { ...server, tid: 1, thread: "MainThread" });
  story.enter("s", "recv", 1.1, { ...server, tid: 2, thread: "T-1", peer: A, socket: 2 });
  story.enter("s", "recv", 1.2, { ...server, tid: 3, thread: "T-2", peer: B, socket: 3 });
  assert.deepEqual(
    picture(story.events).bars.map(({ tid, lane, end }) => [tid, lane, end]),
    [
      [1, 0, null],
      [2, 1, null],
      [3, 2, null],
    ],
  );
});

function labelsOfBars(events) {
  const model = modelOf([events]);
  const bars = model.items.filter(({ kind }) => kind === "bar");
  return bars.map((bar) => barLabel(bar, model.now));
}

for (const [error, end] of [
  [null, ""],
  ["timeout", ": timeout"],
  ["KeyboardInterrupt", ": interrupted"],
  ["SystemExit", ": interrupted"],
  ["ECONNRESET", ""], // which a mark on the lifeline says
]) {
  test(`a bar says what ended a call: ${error ?? "bytes"}`, () => {
    const story = udpServer();
    const more = error ? { error } : { payload: "x", offset: 0, peer: A };
    story.call("s", "recvfrom", 3, { enter: 1, local: SERVER, ...more });
    assert.deepEqual(labelsOfBars(story.events), [`recvfrom() waited 2.0 s${end}`]);
  });
}

for (const kind of ["Lock", "Condition", "Semaphore", "Event"]) {
  for (const [event, end] of [
    ["acquired", ""],
    ["woken", ""],
    ["timeout", ": timeout"],
    ["interrupted", ": interrupted"],
  ]) {
    test(`a bar says what ended a wait for another thread: ${kind}, ${event}`, () => {
      const story = new Story();
      const wait = { run: "s", kind, object: 3, thread: "MainThread", tid: 1 };
      story.run("s");
      story.tell("sync", 1, { event: "waiting", ...wait });
      story.tell("sync", 3, { event, ...wait });
      assert.deepEqual(labelsOfBars(story.events), [`${kind} #3 waited 2.0 s${end}`]);
    });
  }
}

test("the end of a run ends what it waited for", () => {
  const story = udpServer();
  story.enter("s", "recvfrom", 1, { local: SERVER });
  story.tell("run.exited", 2, { run: "s", exit_status: -9 });
  assert.deepEqual(
    picture(story.events).bars.map(({ end }) => end),
    [2],
  );
});

test("what the tracer left out makes a break and nothing lost", () => {
  const story = udpPair();
  story.client("c1", "sent", 1, { payload: "told" });
  story.tell("dropped", 1.5, { run: "s", what: "calls", count: 250 });
  const drawn = picture(story.events, { advance: 30 });
  assert.deepEqual(drawn.breaks, [250]);
  assert.deepEqual(arrows(drawn), [["client:c1", "run:s", "told", "unknown"]]);
});

test("every moment of the past is drawn as it was", () => {
  const events = recording("echo3").toSorted((a, b) => a.t - b.t);
  let compared = 0;
  for (let cut = 20; cut < events.length; cut += 17) {
    const until = events[cut].t;
    // What a browser tells is told a little late, so only transfers long past are compared.
    const old = until - 0.02;
    const longPast = ({ transfers }) =>
      transfers
        .filter(({ sent }) => (sent || old) < old)
        .map(({ what, data, state }) => [what, data, state]);
    const then = longPast(picture(events.slice(0, cut + 1)));
    assert.deepEqual(longPast(picture(events, { until })), then);
    compared += then.length;
  }
  assert.ok(compared > 0);
});

test("the model is bounded and keeps what is open", () => {
  const call = (n, more) => ({
    ...{ seq: n, n, t: n / 1000, type: "call", run: "s", call: "setsockopt", socket: 1 },
    ...{ transport: "udp", thread: "MainThread", tid: 1, ...more },
  });
  const model = new DiagramModel();
  model.append([call(1, { call: "recvfrom", phase: "enter", local: SERVER })]);
  for (let n = 2; n < LIMITS.items + 5000; n++) model.append([call(n)]);
  assert.ok(model.items.length <= LIMITS.items);
  assert.ok(model.items.some(({ kind, gone }) => kind === "bar" && !gone));
});

test("unknown events are counted", () => {
  const model = new DiagramModel();
  model.append([
    { seq: 1, t: 1, type: "weather" },
    { seq: 2, t: 1, type: "output" },
  ]);
  assert.deepEqual([...model.unknown], [["weather", 1]]);
});

test("marks on a lifeline are those that have words of their own", () => {
  const story = new Story();
  story.run("s");
  story.tell("run.placed", 1, { run: "s", lab: "tcp/echo" });
  story.tell("run.slowed", 2, { run: "s", slowed: true });
  story.tell("run.ending", 3, { run: "s", in_s: 60 });
  story.tell("run.stopping", 4, { run: "s" });
  story.tell("run.exited", 5, { run: "s", exit_status: 0 });
  const marks = modelOf([story.events]).items.filter(({ kind }) => kind === "mark");
  assert.deepEqual(
    marks.map(({ what }) => what),
    ["stopping", "exited"],
  );
});
