// What stands below an arrow, and when it is said in the colour of what is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { labels } from "../../../frontend/static/js/diagram/arrow-words.js";

const VIEW = { mode: "text", layout: { linesOf: () => 1 } };
const PLACE = { x: 0, y: 0, tilt: 0, room: 400 };

// A segment of four bytes that was sent after its receiver's close, as far as times tell.
const segment = (arrivals) => ({
  what: "segment",
  sentT: 2,
  bytes: 4,
  data: "YWJjZA==",
  arrivals,
  lostT: 2,
  lostWhy: "closed",
  uncertain: false,
  events: [],
  from: null,
  to: null,
});

const classOfNote = (item) => labels(item, VIEW, PLACE, 3).at(-1)[1].class;

test("what was read to its last byte is not said to be lost, however late it was told", () => {
  assert.equal(classOfNote(segment([{ t: 1, from: 0, to: 4 }])), "say say--note");
});

test("what nobody has read, or not all of, is", () => {
  assert.equal(classOfNote(segment([])), "say say--note say--lost");
  assert.equal(classOfNote(segment([{ t: 1, from: 0, to: 2 }])), "say say--note say--lost");
});
