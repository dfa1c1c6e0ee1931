// A wait in a call of the library: the same words for it in every view.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { LitLines } from "../../../frontend/static/js/model/lit-lines.js";
import { explain } from "../../../frontend/static/js/words/diagram-meanings.js";
import { barShort } from "../../../frontend/static/js/words/diagram-words.js";
import { describe as inWords } from "../../../frontend/static/js/words/event-words.js";
import { explainLane, waitLabel } from "../../../frontend/static/js/words/lane-words.js";
import { litLine } from "../../../frontend/static/js/words/lit-words.js";
import { Story } from "../events.js";

const WHO = { run: "d", thread: "T1", tid: 1, file: "demo.py", line: 9 };
const MEANINGS = {
  others: /another thread/,
  ready: /sockets/,
  line: /typed/,
  loop: /event loop/,
};

for (const [until, meaning] of Object.entries(MEANINGS)) {
  test(`a wait in the library until "${until}" is named and explained alike in every view`, () => {
    const story = new Story();
    story.tell("run.started", 0, { run: "d", lab: "l", program: "demo", pid: 1, args: [] });
    story.tell("thread", 1, { ...WHO, event: "waits", call: "inbox.get", until });
    const [lanes, lit, diagram] = [new LaneModel(), new LitLines(), new DiagramModel()];
    for (const view of [lanes, lit, diagram]) view.append(story.events);
    const [lane] = lanes.lanes;
    const [wait] = lane.waits;
    assert.equal(waitLabel(wait, 3), "waits for inbox.get() · 2.0 s");
    assert.match(explainLane({ kind: "wait", of: wait, lane }, 3), meaning);
    const [bar] = diagram.items.filter(({ kind }) => kind === "bar");
    assert.match(barShort(bar, 3), /^inbox\.get\(\) /);
    assert.match(explain(bar, 3), meaning);
    assert.equal(litLine(lit.blocked("d")[0]).label, "T1 waits here · inbox.get");
  });
}

test("the list says what it waited in, and what ended it in vain", () => {
  const told = { type: "thread", ...WHO, call: "inbox.get", until: "others" };
  const words = (event) => inWords({ ...told, ...event }, { names: new Map() }).what;
  assert.equal(words({ event: "waits" }), "T1: waits inbox.get()");
  assert.equal(words({ event: "waited" }), "T1: waited inbox.get()");
  assert.equal(words({ event: "waited", error: "timeout" }), "T1: inbox.get() timeout");
  const interrupted = "T1: inbox.get() interrupted";
  assert.equal(words({ event: "waited", error: "KeyboardInterrupt" }), interrupted);
  assert.equal(words({ event: "waited", error: "Empty" }), `${interrupted} → Empty`);
});

test("the list says of a sleep or a join whether it ended in vain", () => {
  const words = (event) => inWords({ type: "thread", ...WHO, ...event }, { names: new Map() }).what;
  const joined = { event: "joined", other: "T2" };
  assert.equal(words({ ...joined, ended: true }), "T1: joined T2");
  assert.equal(words({ ...joined, ended: false }), "T1: join(T2) timeout");
  const error = "KeyboardInterrupt";
  assert.equal(words({ ...joined, ended: false, error }), "T1: join(T2) interrupted");
  assert.equal(words({ event: "slept", ended: true }), "T1: slept");
  assert.equal(words({ event: "slept", ended: false }), "T1: time.sleep() interrupted");
});
