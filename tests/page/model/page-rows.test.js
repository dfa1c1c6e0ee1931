// Which rows of a long list are on the page next: rows are numbers here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { A_FRAME, nextRows } from "../../../frontend/static/js/model/page-rows.js";
import { fc } from "../properties.js";

const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const SCREEN = 25;
const next = (before, wanted, { follows = true, isFlood = false } = {}) =>
  nextRows(before, wanted, { compare: (a, b) => a - b, follows, isFlood, screen: SCREEN });

test("what comes is there at once, and where many wait the newest come first", () => {
  assert.deepEqual(next(range(0, 9), range(0, 10)), { rows: range(0, 10), isAll: true });
  assert.deepEqual(next([], range(0, 100)), { rows: range(75, 100), isAll: false });
});

test("in a flood the newest go where others stood; what is far behind them stays until it is over", () => {
  const whole = range(0, 1000);
  const first = next(whole, range(500, 1500), { isFlood: true });
  assert.deepEqual(first, { rows: [...range(0, 975), ...range(1475, 1500)], isAll: false });
  const second = next(first.rows, range(600, 1600), { isFlood: true });
  assert.deepEqual(second.rows, [...range(0, 975), ...range(1575, 1600)]);
  const calm = next(second.rows, range(1100, 1600));
  assert.deepEqual(calm.rows, [...range(0, 935), ...range(1535, 1600)]);
});

test("who reads keeps what is there, and gets what comes before and after it", () => {
  const read = next([...range(0, 900), ...range(2000, 2100)], range(1100, 2110), {
    follows: false,
  });
  assert.deepEqual(read.rows, [...range(0, 870), ...range(1970, 2110)]);
});

test("however rows come and go, a frame has few that are new, and in the end all are there", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(3000), { maxLength: 1500 }),
      fc.uniqueArray(fc.nat(3000), { maxLength: 1000 }),
      fc.boolean(),
      (some, others, follows) => {
        const wanted = others.sort((a, b) => a - b);
        let page = some.sort((a, b) => a - b);
        for (let isAll = false, frames = 0; !isAll; frames++) {
          assert.ok(frames < 100);
          const before = new Set(page);
          ({ rows: page, isAll } = next(page, wanted, { follows }));
          assert.ok(page.filter((row) => !before.has(row)).length <= A_FRAME);
          assert.ok(page.every((row, i) => i === 0 || page[i - 1] < row));
        }
        assert.deepEqual(page.slice(page.length - wanted.length), wanted);
      },
    ),
  );
});
