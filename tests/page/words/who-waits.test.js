// Who waits for whom: the same words in the diagram and in the lanes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { doing } from "../../../frontend/static/js/lanes/lane-names.js";
import { barLabel } from "../../../frontend/static/js/words/diagram-words.js";
import { waitLabel, waitName } from "../../../frontend/static/js/words/lane-words.js";
import { A, SERVER, Story } from "../events.js";

const NAMES = new Map([[A, "Client 16"]]);
const ENDS = { transport: "tcp", local: SERVER, peer: A };

function waitsOf({ events }) {
  const [lanes, diagram] = [new LaneModel(), new DiagramModel()];
  for (const model of [lanes, diagram]) model.append(events);
  const [bar] = diagram.items.filter(({ kind }) => kind === "bar");
  return { bar, wait: lanes.lanes[0].waits[0] };
}

test("a call says for whom it waits: by name, else by address", () => {
  const story = new Story();
  story.run("s");
  story.enter("s", "recv", 1, ENDS);
  const { bar, wait } = waitsOf(story);
  assert.equal(barLabel(bar, 3, NAMES), "recv() waits for Client 16 · 2.0 s");
  assert.equal(barLabel(bar, 3, new Map()), `recv() waits for ${A} · 2.0 s`);
  assert.equal(waitName(wait, NAMES), "recv() · Client 16");
  assert.equal(waitLabel(wait, 3, NAMES), "waits for recv() · Client 16 · 2.0 s");
});

test("beside a lane is a name, or the port of an address, whole", () => {
  const lane = { bornT: 0, endT: 9, waits: [] };
  const wait = { t: 1, end: 9, what: { kind: "call" }, events: [{ type: "call", peer: A }] };
  lane.waits.push(wait);
  assert.equal(doing(lane, 3, NAMES), "waiting: Client 16");
  assert.equal(doing(lane, 3, new Map()), `waiting: ${A.replace("127.0.0.1", "")}`);
});

test("a call that may take of anybody names nobody", () => {
  const story = new Story();
  story.run("s");
  story.enter("s", "accept", 1, { transport: "tcp", local: SERVER });
  const { bar, wait } = waitsOf(story);
  assert.equal(barLabel(bar, 3, NAMES), "accept() waits… 2.0 s");
  assert.equal(waitName(wait, NAMES), "accept()");
});

test("a thread waits for a thing or for another thread: these do not wait", () => {
  const who = { run: "s", thread: "T1", tid: 2 };
  const done = { ...who, kind: "Event", object: 3, name: "done" };
  for (const [type, begin, end, words] of [
    [
      "sync",
      { ...done, event: "waiting", until: "set" },
      "timeout",
      "waited for done · 2.0 s: timeout",
    ],
    ["thread", { ...who, event: "joins", other: "T2" }, "joined", "join() waited for T2 · 2.0 s"],
  ]) {
    const story = new Story();
    story.run("s");
    story.tell(type, 1, begin);
    story.tell(type, 3, { ...begin, event: end });
    assert.equal(barLabel(waitsOf(story).bar, 9, NAMES), words);
  }
});
