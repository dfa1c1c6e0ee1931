import assert from "node:assert/strict";
import { test } from "node:test";

import { firstAnswer } from "../../../frontend/static/js/net/look.js";

const LONG = { everyMs: 1, times: 1000, atOnce: 5 };

/** Answers nothing, until nobody wants it any more: a dead connection. */
const silent = (signal) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

test("what says nothing is asked again, and what comes first counts", async () => {
  const signals = [];
  const ask = (signal) => {
    signals.push(signal);
    return signals.length < 3 ? silent(signal) : Promise.resolve("here");
  };
  assert.equal(await firstAnswer(ask, LONG), "here");
  assert.equal(signals.length, 3);
  assert.ok(signals.every(({ aborted }) => aborted));
});

test("of those that wait the first is given up, so that another has a connection", async () => {
  const signals = [];
  const ask = (signal) => {
    signals.push(signal);
    const waiting = signals.filter(({ aborted }) => !aborted);
    assert.ok(waiting.length <= 2);
    return signals.length < 7 ? silent(signal) : Promise.resolve(waiting.length);
  };
  assert.equal(await firstAnswer(ask, { ...LONG, atOnce: 2 }), 2);
});

test("who refuses is not asked again", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    throw new Error("refused");
  };
  await assert.rejects(firstAnswer(ask, LONG), /refused/);
  assert.equal(asked, 1);
});

test("in the end nobody is there", async () => {
  await assert.rejects(firstAnswer(silent, { ...LONG, times: 2 }), /silence/);
});
