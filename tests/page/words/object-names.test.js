// What a lock or a semaphore is called: as its program calls it, in every view.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { litLine } from "../../../frontend/static/js/words/lit-words.js";
import { barShort } from "../../../frontend/static/js/words/diagram-words.js";
import { describe as inWords } from "../../../frontend/static/js/words/event-words.js";
import { holdLabel, shortThing, waitLabel } from "../../../frontend/static/js/words/lane-words.js";
import { learn } from "../../../frontend/static/js/words/i18n.js";
import { Story } from "../events.js";

const SEATS = { object: 4, kind: "Semaphore", name: "room.seats" };
const who = (tid) => ({ run: "d", thread: `T${tid}`, tid, file: "demo.py", line: 9 });

function lanes(object) {
  const story = new Story();
  story.tell("sync", 1, { event: "made", value: 1, ...object, ...who(1) });
  story.tell("sync", 2, { event: "acquired", value: 0, ...object, ...who(1) });
  story.tell("sync", 3, { event: "waiting", value: 0, ...object, ...who(2) });
  const model = new LaneModel();
  model.append(story.events);
  return model;
}

test("holds, waits and values bear the program's own name", () => {
  const model = lanes(SEATS);
  const [first, second] = model.lanes;
  assert.equal(holdLabel(first.holds[0], 4), "holds room.seats · 2.0 s");
  assert.equal(waitLabel(second.waits[0], 4), "waits for room.seats · 1.0 s");
  assert.equal(shortThing(model.objects[0]), "room.seats");
});

test("so does the line of the code, a bar of the diagram, and a row of the list", () => {
  assert.equal(
    litLine({ thread: "T2", line: 9, call: null, what: SEATS, since: 1 }).label,
    "T2 waits here · room.seats",
  );
  assert.match(barShort({ call: "Semaphore", waitsFor: SEATS, t: 1, end: 3 }, 3), /^room\.seats /);
  const event = { type: "sync", event: "acquired", value: 0, ...SEATS, ...who(1) };
  assert.equal(inWords(event, { names: new Map() }).what, "T1: room.seats acquired (0)");
});

test("a name that is text from outside shows what it hides", () => {
  assert.equal(shortThing({ kind: "Lock", object: 1, name: "a\u202eb" }), "a⟨U+202E⟩b");
});

test("a recording without names has kind and number", () => {
  const { name: _, ...nameless } = SEATS;
  assert.equal(holdLabel(lanes(nameless).lanes[0].holds[0], 4), "holds Semaphore #4 · 2.0 s");
});

test("a step of a thread is told in the language of the page, whatever a recording calls one", () => {
  const what = (event) => inWords(event, { names: new Map() }).what;
  learn({
    "{thread}: slept": "{thread}: проснулся",
    "{thread}: {object} acquired": "{thread}: {object} — получил",
  });
  assert.equal(what({ type: "thread", event: "slept", ...who(1) }), "T1: проснулся");
  assert.equal(
    what({ type: "sync", event: "acquired", ...SEATS, ...who(1) }),
    "T1: room.seats — получил",
  );
  assert.equal(what({ type: "thread", event: "constructor", ...who(1) }), "T1: constructor");
});
