// A long text is folded to its first and last lines.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../../../frontend/static/js/model/fold.js";

test("what can be seen at once is not folded", () => {
  for (const text of ["", "a".repeat(600), "line\n".repeat(11)]) assert.equal(fold(text), null);
});

test("one long line keeps its beginning and its end", () => {
  const { first, last } = fold(`<${"a".repeat(4998)}>`);
  assert.deepEqual([first.length, first[0]], [240, "<"]);
  assert.deepEqual([last.length, last.at(-1)], [120, ">"]);
});

test("many lines keep the first six and the last three", () => {
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`);
  const { first, last } = fold(lines.join("\n"));
  assert.deepEqual(first.split("\n"), lines.slice(0, 6));
  assert.deepEqual(last.split("\n"), lines.slice(-3));
});

test("no character is cut in two", () => {
  for (const shift of ["", "x"]) {
    const { first, last } = fold(`${shift}${"🙂".repeat(1000)}`);
    assert.ok(first.isWellFormed() && last.isWellFormed());
  }
});
