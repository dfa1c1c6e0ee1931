// One odd event costs itself only: it is counted, and nothing else of the picture is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { SHAPES } from "../../../frontend/static/js/model/event-shapes.js";
import { History } from "../../../frontend/static/js/model/history.js";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { LitLines } from "../../../frontend/static/js/model/lit-lines.js";
import { readTold } from "../../../frontend/static/js/model/told-events.js";
import { describe } from "../../../frontend/static/js/words/event-words.js";
import { LISTENING, numbered, RECORDED, recording, STARTED } from "../events.js";

const read = (events, last = 0) => readTold(JSON.stringify(events), last);
const faults = (events, last) => read(events, last).map(({ fault }) => fault);
const soundOf = (told) => told.filter(({ fault }) => fault === null).map(({ event }) => event);
const TWO = numbered(STARTED, LISTENING);
const GAP = { type: "gap", after: 0, next: 5_000_000, missed: 4_999_999, epoch: "A" };

test("events pass as they are", () => {
  assert.deepEqual(soundOf(read(TWO)), TWO);
  assert.deepEqual(readTold("[]", 7), []);
});

for (const odd of [null, 7, "x", [3], {}, { seq: 2, t: 0 }, { ...TWO[1], port: "1" }]) {
  test(`what is no event is one odd event: ${JSON.stringify(odd)}`, () => {
    const told = read([TWO[0], odd, { ...LISTENING, seq: 3, t: 1 }]);
    assert.equal(told.length, 3);
    assert.deepEqual(
      told.map(({ fault }) => fault === null),
      [true, false, true],
    );
  });
}

test("a message that is no JSON is one odd event", () => {
  assert.deepEqual(readTold("[{", 0), [{ fault: "json", seq: null }]);
});

test("what is wrong is named, with the number of the event", () => {
  assert.deepEqual(read([{ ...TWO[1], port: "1" }]), [{ fault: "port", seq: 2 }]);
  assert.deepEqual(read([{ ...TWO[1], t: 1e12 }]), [{ fault: "t", seq: 2 }]);
});

test("a number far ahead does not hide what comes after it", () => {
  const [far] = read([{ ...TWO[0], seq: 2 ** 52 }]);
  assert.deepEqual(far, { fault: "seq", seq: null });
  assert.deepEqual(faults([GAP, { ...TWO[0], seq: 5_000_000 }]), [null, null]);
  assert.deepEqual(faults([{ ...GAP, next: null }]), ["gap"]);
});

test("what cannot be shown is counted, and so is what this page does not know", () => {
  const history = new History();
  history.append([...TWO, { seq: 3, t: 0, type: "weather.changed" }]);
  assert.equal(history.unshown, 1);
  history.odd += 2;
  assert.equal(history.unshown, 3);
});

// Every field of one event of each type, as it should not be.

const ODD = [null, "", "__proto__", 0, -1, 1.5, 1e300, 2 ** 53 - 1, true, [], ["x"], {}, "\ud800"];
const ABSENT = Symbol("absent");

function* spoilt(event) {
  for (const field of new Set([...Object.keys(event), "constructor"])) {
    for (const value of [...ODD, ABSENT]) {
      const { [field]: _, ...rest } = event;
      yield value === ABSENT ? rest : { ...rest, [field]: value };
    }
  }
}

function show(events) {
  const history = new History();
  history.append(events);
  const pictures = [new DiagramModel(), new LaneModel(), new LitLines()];
  for (const picture of pictures) picture.append(events);
  for (const event of events) describe(event, { names: new Map() });
  return [history.present.runs.size, history.unshown];
}

const ofEachType = new Map();
for (const name of RECORDED) {
  for (const event of recording(name)) {
    const kind = `${event.type} ${event.call ?? event.event ?? ""} ${event.phase ?? ""}`;
    if (event.type in SHAPES && !ofEachType.has(kind)) ofEachType.set(kind, event);
  }
}

test("whatever a field holds, the events beside it are shown", () => {
  assert.ok(ofEachType.size > 30);
  for (const event of ofEachType.values()) {
    for (const odd of spoilt(event)) {
      const around = [
        { ...STARTED, seq: 1, t: 1, run: "r77" },
        { ...odd, ...(odd.seq === event.seq && { seq: 2 }) },
        { ...STARTED, seq: 3, t: 2, run: "r78", program: "client" },
      ];
      const told = read(around);
      const sound = soundOf(told);
      const context = JSON.stringify(odd);
      assert.equal(told.length, 3, context);
      assert.ok(sound.length >= 2, context);
      assert.equal(sound[0].run, "r77", context);
      assert.equal(sound.at(-1).run, "r78", context);
      const [runs] = show(sound);
      assert.ok(runs >= 2, context);
    }
  }
});

for (const type of ["toString", "constructor", "__proto__", "client.", "run.", "client.x"]) {
  test(`an event of the type ${type} is not known, and nothing more`, () => {
    const event = JSON.parse(JSON.stringify({ seq: 1, t: 0, run: "r1", client: "c1" }));
    const [told] = readTold(JSON.stringify({ ...event, type }), 0);
    const [runs, unshown] = show([told.event]);
    assert.deepEqual([runs, unshown], [0, 1]);
  });
}
