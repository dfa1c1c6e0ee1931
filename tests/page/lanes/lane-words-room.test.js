// No words over others in the lanes: with locks that are held at the same time, and in recordings of
// all labs, at three widths. Words take CHARACTER units a letter.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LaneRows } from "../../../frontend/static/js/lanes/lane-rows.js";
import { laneItems } from "../../../frontend/static/js/lanes/lane-shapes.js";
import { LaneModel } from "../../../frontend/static/js/model/lane-model.js";
import { RECORDED, recording, Story } from "../events.js";

const CHARACTER = 7.8;
const WIDTHS = [240, 600, 1200];

/** What is said of the lanes of a timeline, all of it as wide as that: {x, end, y, text}. */
function said(events, width) {
  const model = new LaneModel();
  model.append(events);
  const rows = new LaneRows(model);
  const [start, now] = [model.start, events.at(-1).t];
  const scale = width / Math.max(now - start, 0.001);
  const view = { rows, scale, start, now, from: start, to: now, top: 0, bottom: rows.height };
  return laneItems(model, view)
    .flatMap(({ kind, shapes }) => shapes.map((shape) => ({ kind, shape })))
    .filter(({ kind, shape }) => shape[0] === "text" && (kind === "wait" || kind === "hold"))
    .map(({ shape: [, { x, y }, text] }) => ({ x, y, end: x + text.length * CHARACTER, text }));
}

const over = (words) =>
  words.flatMap((a, i) =>
    words
      .slice(i + 1)
      .filter((b) => a.y === b.y && a.x < b.end && b.x < a.end)
      .map((b) => `${a.text} over ${b.text}`),
  );

test("of locks that a thread holds at the same time one is named where the names have no room", () => {
  const story = new Story();
  const who = { run: "r", tid: 1, thread: "MainThread", kind: "Lock" };
  for (const object of [1, 2, 3])
    story.tell("sync", 1 + object / 10, { ...who, event: "acquired", object, name: "running" });
  story.tell("sync", 9, { ...who, event: "released", object: 1 });
  const words = said(story.events, 300);
  assert.equal(words.length, 1);
  assert.deepEqual(over(words), []);
  assert.equal(said(story.events, 30_000).length, 3);
});

for (const name of RECORDED) {
  test(`no words over others in ${name}`, () => {
    for (const width of WIDTHS) assert.deepEqual(over(said(recording(name), width)), [], width);
  });
}
