// Who waits for what, since when; the lit lines, the lanes and the diagram always agree on it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { LitLines } from "../../../frontend/static/js/model/lit-lines.js";
import { Waits } from "../../../frontend/static/js/model/waits.js";
import { batches, RECORDED, recording, SERVER, Story } from "../events.js";
import { fc } from "../properties.js";

const nameOf = (what) => what.call ?? what.other ?? `${what.kind} ${what.object}`;

const said = ([who, { t, what }]) => `${who} ${t} ${what}`;

/** Of each thread the wait that began last, as texts "run/thread since-when for-what". */
function innermost(waits) {
  const last = new Map();
  for (const [who, t, what] of waits) {
    if (!(last.get(who)?.t > t)) last.set(who, { t, what });
  }
  return [...last].map(said).sort((a, b) => a.localeCompare(b));
}

const litWaits = (lit, runs) =>
  runs.flatMap((run) =>
    lit
      .blocked(run)
      .map(({ tid, since, call, what }) => [`${run}/${tid}`, since, call ?? nameOf(what)]),
  );

const laneWaits = ({ lanes }) =>
  lanes.flatMap(({ key, waits }) =>
    waits.filter(({ end }) => end === Infinity).map(({ t, what }) => [key, t, nameOf(what)]),
  );

const barWaits = ({ items }) =>
  items
    .filter(({ kind, end }) => kind === "bar" && end === Infinity)
    .map(({ party, tid, t, call, waitsFor }) => [
      `${party.run}/${tid}`,
      t,
      waitsFor ? nameOf(waitsFor) : call,
    ]);

/** Who waits after each batch; fails where one of the three views shows something else. */
function waitsAfterEach(told) {
  const [lit, lanes, diagram] = [new LitLines(), new LaneModel(), new DiagramModel()];
  const runs = [...new Set(told.flat().map(({ run }) => run))].filter(Boolean);
  return told.map((batch) => {
    for (const view of [lit, lanes, diagram]) view.append(batch);
    const shown = innermost(litWaits(lit, runs));
    assert.deepEqual(innermost(laneWaits(lanes)), shown, "lanes and lit lines");
    assert.deepEqual(innermost(barWaits(diagram)), shown, "diagram and lit lines");
    return shown;
  });
}

/** Who waits after these events, told one by one a second apart. */
function after(...told) {
  const story = new Story();
  for (const [i, [type, fields]] of told.entries()) story.tell(type, i, fields);
  return waitsAfterEach(batches(story.events, 1)).at(-1);
}

const THREAD = { run: "r", thread: "T1", tid: 1 };
const WAITING = { ...THREAD, event: "waiting", object: 1, kind: "Lock" };
const AT_CONDITION = { ...WAITING, kind: "Condition", until: "notify" };
const LOST = { run: "r", what: "calls", count: 5, bytes: 0 };

const sync = (fields, change) => ["sync", { ...fields, ...change }];
const WAITS = sync(WAITING);

for (const name of RECORDED) {
  test(`in a real run the three views agree after each event: ${name}`, () => {
    const shown = waitsAfterEach(batches(recording(name), 1));
    assert.ok(shown.some((waits) => waits.length > 0));
    assert.deepEqual(shown.at(-1), []);
  });
}

for (const event of ["acquired", "timeout", "interrupted"]) {
  test(`whoever waits for a lock waits until the outcome: ${event}`, () => {
    assert.deepEqual(after(WAITS), ["r/1 0 Lock 1"]);
    assert.deepEqual(after(WAITS, sync(WAITING, { event })), []);
  });
}

test("another thread's outcome or another object ends no wait", () => {
  for (const other of [{ tid: 2 }, { object: 2 }]) {
    const outcome = sync(WAITING, { event: "acquired", ...other });
    assert.deepEqual(after(WAITS, outcome), ["r/1 0 Lock 1"]);
  }
});

test("at a condition to have the lock again is not yet the end", () => {
  const waits = [sync(AT_CONDITION), sync(AT_CONDITION, { event: "released" })];
  const again = sync(AT_CONDITION, { event: "acquired" });
  assert.deepEqual(after(...waits, again), ["r/1 0 Condition 1"]);
  assert.deepEqual(after(...waits, again, sync(AT_CONDITION, { event: "timeout" })), []);
});

test("a wait at a condition that times out was in vain", () => {
  const story = new Story();
  for (const [i, event] of ["waiting", "released", "acquired", "timeout"].entries()) {
    story.tell("sync", i, { ...AT_CONDITION, event });
  }
  const waits = new Waits();
  const ended = story.events.flatMap((event) => waits.take(event).ended);
  assert.deepEqual(
    ended.map(({ how }) => how),
    ["timeout"],
  );
});

test("a wait for the lock within a wait at the condition is the one that counts", () => {
  const inner = { ...WAITING, object: 2 };
  const both = [sync(AT_CONDITION), sync(inner)];
  assert.deepEqual(after(...both), ["r/1 1 Lock 2"]);
  assert.deepEqual(after(...both, sync(inner, { event: "acquired" })), ["r/1 0 Condition 1"]);
});

test("who sleeps waits for time, until it is over or somebody wakes it", () => {
  for (const [ended, how] of [
    [true, "granted"],
    [false, "interrupted"],
  ]) {
    const waits = new Waits();
    const { began } = waits.take({ ...THREAD, type: "thread", event: "sleeps", t: 1, seq: 1 });
    assert.deepEqual([began.what.kind, began.what.call], ["call", "time.sleep"]);
    const over = { ...THREAD, type: "thread", event: "slept", ended, t: 3, seq: 2 };
    const [wait] = waits.take(over).ended;
    assert.deepEqual([wait.end, wait.how, waits.of(wait.run)], [3, how, []]);
  }
});

test("who waits for a thread waits until that has ended, or time is over, or Ctrl+C comes", () => {
  for (const [told, how] of [
    [{ ended: true }, "granted"],
    [{ ended: false }, "timeout"],
    [{ ended: false, error: "KeyboardInterrupt" }, "interrupted"],
  ]) {
    const waits = new Waits();
    waits.take({ ...THREAD, type: "thread", event: "joins", other: "T2", t: 1, seq: 1 });
    const joined = { ...THREAD, type: "thread", event: "joined", other: "T2", t: 3, seq: 2 };
    const [wait] = waits.take({ ...joined, ...told }).ended;
    assert.deepEqual([wait.end, wait.how, waits.of(wait.run)], [3, how, []]);
  }
});

test("who waits in a call of the library waits until that is over, or time is, or Ctrl+C comes", () => {
  const waiting = { ...THREAD, type: "thread", call: "messages.get", until: "others" };
  for (const [error, how] of [
    [undefined, "granted"],
    ["timeout", "timeout"],
    ["KeyboardInterrupt", "interrupted"],
  ]) {
    const waits = new Waits();
    const { began } = waits.take({ ...waiting, event: "waits", t: 1, seq: 1 });
    assert.deepEqual(
      [began.what.kind, began.what.call, began.what.until],
      ["call", "messages.get", "others"],
    );
    const elsewhere = { ...waiting, call: "other.get", event: "waited", t: 2, seq: 2 };
    assert.deepEqual(waits.take(elsewhere).ended, []);
    const [wait] = waits.take({ ...waiting, event: "waited", error, t: 3, seq: 3 }).ended;
    assert.deepEqual([wait.end, wait.how, waits.of(wait.run)], [3, how, []]);
  }
});

test("of two waits the one that began last counts, whichever is told first", () => {
  const story = new Story();
  story.tell("sync", 1, WAITING);
  story.tell("thread", 0, { ...THREAD, event: "joins", other: "T2" });
  assert.deepEqual(waitsAfterEach(batches(story.events, 1)).at(-1), ["r/1 1 Lock 1"]);
});

test("with its thread or its run a wait is over", () => {
  const joins = ["thread", { ...THREAD, event: "joins", other: "T2" }];
  assert.deepEqual(after(joins), ["r/1 0 T2"]);
  assert.deepEqual(after(joins, ["thread", { ...THREAD, event: "ended" }]), []);
  for (const end of ["run.exited", "run.crashed", "run.failed"]) {
    assert.deepEqual(after(joins, [end, { run: "r" }]), [], end);
  }
});

test("nobody waits in a run that is over, although it is told late", () => {
  assert.deepEqual(after(["run.exited", { run: "r" }], WAITS), []);
});

test("a call whose return is told first does not wait", () => {
  const story = new Story();
  story.call("r", "recvfrom", 2, { enter: 1, local: SERVER });
  const [enter, back] = story.events;
  assert.deepEqual(waitsAfterEach([[back], [enter]]).at(-1), []);
  assert.deepEqual(waitsAfterEach([[enter], [back]]), [["r/1 1 recvfrom"], []]);
});

test("after a loss whoever does something else is taken to have gone on", () => {
  const elsewhere = sync({ ...THREAD, event: "acquired", object: 9, kind: "Lock" });
  const [lost, output] = [LOST, { ...LOST, what: "output" }].map((what) => ["dropped", what]);
  assert.deepEqual(after(WAITS, elsewhere), ["r/1 0 Lock 1"]); // a signal's handler
  assert.deepEqual(after(WAITS, lost), ["r/1 0 Lock 1"]);
  assert.deepEqual(after(WAITS, lost, elsewhere), []);
  assert.deepEqual(after(WAITS, output, elsewhere), ["r/1 0 Lock 1"]);
});

/** Anything of this type that may be told of two runs with three threads each. */
const deed = (type, fields = {}) =>
  fc.record({
    type: fc.constant(type),
    run: fc.constantFrom("a", "b"),
    tid: fc.constantFrom(1, 2, 3),
    ...fields,
  });

const SYNC = ["waiting", "acquired", "released", "woken", "timeout", "interrupted", "missed"];

const deeds = fc.oneof(
  deed("sync", {
    event: fc.constantFrom(...SYNC, "set", "notified"),
    object: fc.constantFrom(1, 2),
    kind: fc.constant("Condition"),
    until: fc.constantFrom(null, "notify"),
  }),
  deed("thread", {
    event: fc.constantFrom("began", "joins", "joined", "waits", "waited", "ended"),
    other: fc.constant("T2"),
    call: fc.constantFrom("messages.get", "select"),
    until: fc.constant("others"),
  }),
  deed("call", {
    call: fc.constant("recv"),
    n: fc.integer({ min: 1, max: 4 }),
    socket: fc.constant(1),
    transport: fc.constant("tcp"),
    phase: fc.constantFrom("enter", "return"),
  }),
  deed("dropped", { what: fc.constant("calls"), count: fc.constant(1), bytes: fc.constant(0) }),
  deed("run.exited"),
);

test("whatever is told in whatever order, the three views agree", () => {
  // What is told late has happened up to three seconds before its place.
  const told = fc.array(fc.record({ fields: deeds, late: fc.nat(3) }), { maxLength: 40 });
  fc.assert(
    fc.property(told, fc.integer({ min: 1, max: 9 }), (events, size) => {
      const story = new Story();
      for (const [i, { fields, late }] of events.entries()) {
        const { type, ...more } = fields;
        story.tell(type, Math.max(0, i - late), { thread: `T${fields.tid}`, ...more });
      }
      const run = batches(story.events, size);
      for (const over of ["a", "b"]) story.tell("run.exited", 1000, { run: over });
      const shown = waitsAfterEach([...run, story.events.slice(-2)]);
      assert.deepEqual(shown.at(-1), []);
    }),
  );
});

test("a wait is called what the line of the program calls, not what a file calls for it", () => {
  const enter = { type: "call", run: "r1", tid: 1, thread: "MainThread", phase: "enter", t: 1 };
  const nameOf = (event) => {
    const waits = new Waits();
    waits.take({ ...enter, ...event });
    return waits.of("r1")[0].what.name;
  };
  assert.equal(nameOf({ n: 1, call: "recv_into", via: "readline" }), "readline");
  assert.equal(nameOf({ n: 1, call: "recv_into" }), "recv_into");
  assert.equal(nameOf({ n: 1, call: "accept", via: "serve_forever" }), "accept");
});
