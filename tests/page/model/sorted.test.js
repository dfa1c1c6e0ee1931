// Lists in order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { firstWhere, insert, merge } from "../../../frontend/static/js/model/sorted.js";
import { fc } from "../properties.js";

/** Items are a place in the order, and something that tells equals apart. */
const byPlace = ([a], [b]) => a - b;

test("the first for which a test holds is found", () => {
  const first = (limit) => firstWhere([1, 3, 3, 8], (item) => item >= limit);
  assert.deepEqual([0, 1, 2, 3, 4, 8, 9].map(first), [0, 0, 1, 1, 3, 3, 4]);
  assert.equal(
    firstWhere([], () => true),
    0,
  );
});

test("an element comes behind its equals", () => {
  const list = [];
  for (const item of [
    [2, "a"],
    [1, "b"],
    [2, "c"],
    [3, "d"],
    [1, "e"],
  ]) {
    insert(list, item, byPlace);
  }
  assert.deepEqual(list, [
    [1, "b"],
    [1, "e"],
    [2, "a"],
    [2, "c"],
    [3, "d"],
  ]);
});

const places = fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { maxLength: 6 });

test("batches in any order give one order, and nothing before the first new one moves", () => {
  fc.assert(
    fc.property(places, (told) => {
      const batches = told.map((batch, b) => batch.map((place, i) => [place, 10 * b + i]));
      const list = [];
      for (const batch of batches) {
        const before = [...list];
        const from = merge(list, batch, byPlace);
        assert.deepEqual(list.slice(0, from), before.slice(0, from));
      }
      assert.deepEqual(list, batches.flat().toSorted(byPlace));
    }),
  );
});
