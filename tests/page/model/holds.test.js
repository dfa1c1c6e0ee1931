// Who holds what: locks and permits, also those that another thread gives back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { recording, Story } from "../events.js";

/** Who held which object, from when to when (null: still), by thread. */
function held(events) {
  const model = new LaneModel();
  for (const event of events) model.append([event]);
  return model.lanes.flatMap(({ thread, holds }) =>
    holds.map(({ t, end, object }) => [thread, object, t, end === Infinity ? null : end]),
  );
}

/** What threads, by number, do to object 1, a second apart. */
function deeds(kind, ...told) {
  const story = new Story();
  for (const [i, [tid, event, more]] of told.entries()) {
    const who = { run: "r", tid, thread: `T${tid}` };
    story.tell("sync", i, { ...who, event, object: 1, kind, ...more });
  }
  return story.events;
}

/** The same to a semaphore, with how many permits it has left. */
const permits = (...told) =>
  deeds("Semaphore", ...told.map(([tid, event, value]) => [tid, event, { value }]));

test("a lock that another thread releases is free", () => {
  assert.deepEqual(held(deeds("Lock", [1, "acquired"], [2, "released"])), [["T1", 1, 0, 1]]);
});

test("a lock has one holder, also when its release was not told", () => {
  assert.deepEqual(held(deeds("Lock", [1, "acquired"], [2, "acquired"])), [
    ["T1", 1, 0, 1],
    ["T2", 1, 1, null],
  ]);
});

test("a release that is told after the next acquisition is that of the one before", () => {
  const [first, released, second] = deeds(
    "Lock",
    [1, "acquired"],
    [1, "released"],
    [2, "acquired"],
  );
  assert.deepEqual(held([first, second, released]), [
    ["T1", 1, 0, 1],
    ["T2", 1, 2, null],
  ]);
});

test("a lock that is held twice is free after the second release", () => {
  const once = [
    [1, "acquired"],
    [1, "acquired"],
    [1, "released"],
  ];
  assert.deepEqual(held(deeds("RLock", ...once)), [["T1", 1, 0, null]]);
  assert.deepEqual(held(deeds("RLock", ...once, [1, "released"])), [["T1", 1, 0, 3]]);
});

test("a wait at a condition gives back all of its lock and takes all again", () => {
  const events = deeds(
    "Condition",
    [1, "acquired"],
    [1, "acquired"],
    [1, "waiting", { until: "notify" }],
    [1, "released"],
    [1, "acquired"],
    [1, "woken"],
    [1, "released"],
    [1, "released"],
  );
  assert.deepEqual(held(events), [
    ["T1", 1, 0, 3],
    ["T1", 1, 4, 7],
  ]);
});

test("what an ended thread did not release stays held", () => {
  const [acquired] = deeds("Lock", [1, "acquired"]);
  const ended = { ...acquired, type: "thread", event: "ended", seq: 2, t: 1 };
  const lost = { seq: 3, t: 0.5, type: "dropped", run: "r", what: "calls", count: 1 };
  const over = { seq: 4, t: 2, type: "run.exited", run: "r" };
  assert.deepEqual(held([acquired, ended]), [["T1", 1, 0, null]]);
  assert.deepEqual(held([acquired, lost, ended]), [["T1", 1, 0, 1]]);
  assert.deepEqual(held([acquired, ended, over]), [["T1", 1, 0, 2]]);
});

test("a permit that another thread gives back is that which was taken first", () => {
  const events = permits(
    [9, "made", 2],
    [1, "acquired", 1],
    [2, "acquired", 0],
    [3, "released", 1],
    [2, "released", 2],
  );
  assert.deepEqual(held(events), [
    ["T1", 1, 1, 3],
    ["T2", 1, 2, 4],
  ]);
});

test("a semaphore that is a signal is held by nobody", () => {
  const events = permits(
    [9, "made", 0],
    [1, "released", 1],
    [2, "acquired", 0],
    [1, "released", 1],
    [2, "acquired", 0],
  );
  assert.deepEqual(held(events), []);
});

test("of a semaphore whose making was not told no more is held than was taken", () => {
  assert.deepEqual(held(permits([1, "acquired", 1], [2, "released", 2])), [["T1", 1, 0, 1]]);
});

test("in the lab lowlevel each lock is held until its thread releases it", () => {
  const events = recording("lowlevel");
  const holds = held(events);
  const releases = events.filter(
    ({ event, object }) => event === "released" && [3, 4, 5, 6].includes(object),
  );
  assert.equal(new Set(releases.map(({ tid }) => tid)).size, 4); // each in a thread of its own
  for (const { object, t } of releases) {
    const ended = holds.filter(([, held, , end]) => held === object && end === t);
    assert.deepEqual(
      ended.map(([thread]) => thread),
      ["MainThread"],
    );
  }
  assert.ok(holds.every(([, , , end]) => end !== null));
});

test("in a real run no more is held at any moment than there is", () => {
  const events = recording("handed_over");
  const holds = held(events);
  const made = new Map(
    events.filter(({ event }) => event === "made").map(({ object, value }) => [object, value ?? 1]),
  );
  assert.ok(made.size > 0);
  for (const { t: now } of events) {
    const out = holds.filter(([, , t, end]) => t <= now && now < (end ?? Infinity));
    for (const [number, free] of made) {
      assert.ok(out.filter(([, object]) => object === number).length <= free);
    }
  }
});

test("in a real run everything is held by whom handed_over.py gives it, and as long", () => {
  const events = recording("handed_over");
  const holds = held(events);
  const holdsOf = (number) => holds.filter(([, object]) => object === number);
  const holdersOf = (number) =>
    holdsOf(number)
      .map(([thread]) => thread)
      .sort();
  const endsOf = (number) =>
    holdsOf(number)
      .map(([, , , end]) => end)
      .sort((a, b) => a - b);
  const releasesOf = (number) =>
    events
      .filter(({ event, object }) => event === "released" && object === number)
      .map(({ t }) => t);
  const [door, seats, parcels, table, plain] = [1, 2, 3, 4, 5];
  assert.deepEqual(holdersOf(door), ["MainThread", "forgetter", "visitor"]);
  assert.deepEqual(holdersOf(seats), ["guest", "guest", "guest"]);
  assert.deepEqual(holdersOf(parcels), []);
  assert.deepEqual(holdersOf(table), ["sleeper", "sleeper", "sleeper", "waker"]);
  assert.deepEqual(holdersOf(plain), ["reader", "reader", "writer"]);
  assert.deepEqual(new Set(endsOf(door)), new Set(releasesOf(door)));
  assert.deepEqual(endsOf(seats), releasesOf(seats));
});
