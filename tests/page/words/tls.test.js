// An arrow of TLS: how many encrypted bytes went over the wire, and the plain ones where they are told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { transferLabel, transferNote } from "../../../frontend/static/js/words/diagram-words.js";
import { Story } from "../events.js";

const ENDS = { local: "127.0.0.1:5000", peer: "127.0.0.1:9000" };
const WHO = { run: "d", socket: 1, transport: "tcp", thread: "T1", tid: 1, phase: "return" };

// How an arrow of bytes is labelled, above and below.
function labels(facts) {
  const story = new Story();
  story.tell("run.started", 0, { run: "d", lab: "l", program: "demo", pid: 1, args: [] });
  story.tell("call", 1, { ...WHO, ...ENDS, n: 1, call: "send", offset: 0, ...facts });
  const model = new DiagramModel();
  model.append(story.events);
  const [arrow] = model.items.filter(({ what }) => what === "segment");
  return [transferLabel(arrow, "text"), transferNote(arrow, 1)];
}

test("what the program gave stands above, what went over the wire below", () => {
  const [above, below] = labels({ bytes: 30, plain: 8, data: btoa("question") });
  assert.equal(above, "question");
  assert.match(below, /^TLS: 30 encrypted bytes/);
});

test("a handshake, and what is told encrypted only, are TLS", () => {
  const hello = btoa(String.fromCharCode(22, 3, 1, 2, 0, 1));
  for (const facts of [
    { bytes: 517, plain: 0, data: "" },
    { bytes: 517, data: hello },
  ]) {
    const [above, below] = labels(facts);
    assert.equal(above, "TLS");
    assert.match(below, /^TLS: 517 encrypted bytes/);
  }
});

test("other bytes are not", () => {
  assert.deepEqual(labels({ bytes: 2, data: btoa("\u0016\u0001") })[0], "\\x16\\x01");
  assert.doesNotMatch(labels({ bytes: 5, data: btoa("hello") })[1], /TLS/);
});
