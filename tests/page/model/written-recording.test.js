// What a page saves can be replayed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../../frontend/static/js/model/history.js";
import { readRecording } from "../../../frontend/static/js/model/recording.js";
import { writeRecording } from "../../../frontend/static/js/model/written-recording.js";
import { recording } from "../events.js";

const WHERE = { room: "local", clockOffsetS: 12.5 };

test("a history that the page alone knows is a recording like the server's", () => {
  const events = recording("semaphore");
  const history = new History();
  history.append(events);
  const read = readRecording(writeRecording(history, WHERE));
  assert.deepEqual(read.events, events);
  assert.deepEqual([read.badCount, read.missed], [0, 0]);
  assert.deepEqual([read.header.room, read.header.clockOffsetS], ["local", 12.5]);
  assert.deepEqual(read.header.labIds, ["threads/semaphore"]);
  assert.ok(read.header.runs.length > 0);
});

test("what is missing in it is said", () => {
  const history = new History({ limits: { events: 10, bytes: Infinity } });
  const events = recording("semaphore");
  history.append(events);
  history.missed({ next: 1000, missed: 7 });
  history.append([{ ...events.at(-1), seq: 1000 }]);
  const read = readRecording(writeRecording(history, WHERE));
  assert.equal(read.missed, history.forgotten + 7);
  assert.equal(read.badCount, 0);
});
