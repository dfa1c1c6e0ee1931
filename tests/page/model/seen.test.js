// Which events have been taken: once each, and never one that is too old to know.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Seen } from "../../../frontend/static/js/model/seen.js";

/** Which of these numbers are taken, one after the other. */
function taken(told) {
  const seen = new Seen(10);
  return told.map((seq) => seen.note(seq));
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const all = (what, told) => told.map(() => what);

test("each number is taken once, in whatever order", () => {
  assert.deepEqual(taken([1, 3, 2, 3, 1, 4]), [true, true, true, false, false, true]);
});

test("half of the limit is known for sure", () => {
  for (const last of range(6, 59)) {
    const [told, again] = [range(1, last), range(last - 4, last)];
    assert.deepEqual(taken([...told, ...again]), [...all(true, told), ...all(false, again)]);
  }
});

test("what is too old to know counts as taken", () => {
  const told = range(1, 39);
  assert.deepEqual(taken([...told, 2, 3]), [...all(true, told), false, false]);
});
