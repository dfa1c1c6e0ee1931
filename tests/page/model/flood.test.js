// Whether more comes than anybody can read, and when it is drawn then.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Flood } from "../../../frontend/static/js/model/flood.js";

/** Hear of so many a second, 20 times a second, for some ms; return the time. */
function pour(flood, perS, ms, from = 0) {
  for (let now = from; now < from + ms; now += 50) flood.hear(perS / 20, now);
  return from + ms;
}

test("what can be read is no flood, however long it goes on", () => {
  const flood = new Flood();
  const now = pour(flood, 150, 20_000);
  assert.ok(!flood.isOn(now));
  assert.ok(flood.isDue(now));
});

test("very many at once are a flood, and so are many for longer; it is over soon after the last", () => {
  for (const [perS, ms] of [
    [10_000, 50],
    [500, 1000],
  ]) {
    const flood = new Flood();
    const now = pour(flood, perS, ms);
    assert.ok(flood.isOn(now - 50));
    assert.ok(!flood.isOn(now + 300));
  }
});

test("a flood is drawn a few times a second, in frames in which nothing comes if there are such", () => {
  for (const everyFrames of [1, 3]) {
    const flood = new Flood();
    let drawn = 0;
    for (let frame = 0; frame < 600; frame++) {
      const now = (frame * 1000) / 60;
      const hasCome = frame % everyFrames === 0;
      if (hasCome) flood.hear(20 * everyFrames, now);
      if (!flood.isDue(now)) continue;
      if (frame > 60) drawn += 1;
      if (everyFrames > 1 && frame > 60) assert.ok(!hasCome);
      flood.drawn(now);
    }
    assert.ok(drawn >= 40 && drawn <= 60, String(drawn));
  }
});
