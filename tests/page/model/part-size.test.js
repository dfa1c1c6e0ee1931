// A picture comes up to the present, however few frames it gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { partSize } from "../../../frontend/static/js/model/part-size.js";

for (const perFrame of [0, 8, 50, 100, 500]) {
  test(`with ${perFrame} events a frame it comes to the present and stays near it`, () => {
    let behind = 10_000;
    for (let frame = 0; frame < 200; frame++) {
      behind = Math.max(0, behind + perFrame - partSize(behind + perFrame));
    }
    assert.ok(behind <= 20 * perFrame, `${behind} events behind`);
  });
}

test("a long history is told in parts that leave a frame its time", () => {
  assert.equal(partSize(3), 16);
  assert.equal(partSize(10_000), 500);
});
