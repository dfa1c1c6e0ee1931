// Which lines are lit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LitLines } from "../../../frontend/static/js/model/lit-lines.js";
import { recording, SERVER, Story } from "../events.js";

function linesOf(events) {
  const lines = new LitLines();
  lines.append(events);
  return lines;
}

const lit = (events, run = "s") =>
  linesOf(events)
    .blocked(run)
    .map(({ tid, line, call, what }) => ({ tid, line, call, what }));

test("a call that waits lights its line until it returns", () => {
  const story = new Story();
  const n = story.enter("s", "recvfrom", 1, { local: SERVER });
  assert.deepEqual(lit(story.events), [{ tid: 1, line: n, call: "recvfrom", what: null }]);
  const [entered] = story.events;
  assert.deepEqual(lit([entered, { ...entered, phase: "return", t: 2, seq: 9 }]), []);
});

test("threads that wait on one line are listed together", () => {
  const story = new Story();
  const wait = { run: "s", event: "waiting", object: 7, kind: "Semaphore", value: 0 };
  for (const tid of [3, 2]) {
    story.tell("sync", 1, { ...wait, thread: `T${tid}`, tid, file: "demo.py", line: 35 });
  }
  assert.deepEqual(
    [...linesOf(story.events).byLine("s")].map(([key, waits]) => [
      key,
      waits.map(({ tid }) => tid),
    ]),
    [["demo.py:35", [2, 3]]],
  );
});

test("a condition is waited for until the thread goes on", () => {
  const story = new Story();
  const who = {
    run: "s",
    object: 1,
    kind: "Condition",
    thread: "T",
    tid: 2,
    file: "d.py",
    line: 4,
  };
  story.tell("sync", 1, { event: "waiting", until: "notify", ...who });
  story.tell("sync", 1, { event: "released", waiting: [], ...who });
  assert.equal(lit(story.events).length, 1);
  story.tell("sync", 2, { event: "acquired", ...who });
  story.tell("sync", 2, { event: "woken", ...who });
  assert.deepEqual(lit(story.events), []);
});

test("lines that ran a call pulse", () => {
  const story = new Story();
  story.call("s", "bind", 1, { local: SERVER });
  story.call("s", "close", 2);
  const pulses = linesOf(story.events).pulsesSince(1.5);
  assert.deepEqual(
    pulses.map(({ call, file }) => [call, file]),
    [["close", "s.py"]],
  );
});

test("nothing is lit once a run is over", () => {
  for (const name of ["log2", "semaphore", "condition", "echo3"]) {
    const events = recording(name);
    const runs = new Set(events.map(({ run }) => run).filter(Boolean));
    assert.ok(runs.size > 0);
    for (const run of runs) assert.deepEqual(lit(events, run), [], `${name}, ${run}`);
  }
});

test("in the middle of a real run the right threads wait", () => {
  const events = recording("semaphore");
  const [{ t: start, run }] = events;
  const waits = lit(
    events.filter(({ t }) => t < start + 1.3),
    run,
  );
  assert.ok(waits.filter(({ what }) => what?.kind === "Semaphore").length >= 3);
});

test("after a gap whoever does something else is taken to have gone on", () => {
  const story = new Story();
  story.enter("s", "recvfrom", 1, { local: SERVER });
  const gap = { type: "gap", seq: 1.5, t: 2, missed: 3 };
  assert.equal(lit([...story.events, gap]).length, 1);
  story.call("s", "bind", 2);
  assert.equal(lit(story.events).length, 1);
  const [entered, bound] = story.events;
  assert.deepEqual(lit([entered, gap, bound]), []);
});
