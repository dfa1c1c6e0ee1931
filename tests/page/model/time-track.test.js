// A slider of time: what happens has its room, silences are squeezed.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TimeTrack } from "../../../frontend/static/js/model/time-track.js";

// 29 events within 30 ms, as a start and a first exchange are, and seven in a minute after it.
const BURST = Array.from({ length: 29 }, (_, i) => 100 + i / 1000);
const SELDOM = [105, 105.001, 120, 120.002, 140, 150, 160];
const TIMES = [...BURST, ...SELDOM];

const near = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`);

describe("a track", () => {
  test("gives a burst its room", () => {
    const track = new TimeTrack(TIMES);
    assert.ok(track.partOf(BURST.at(-1)) > 0.4, String(track.partOf(BURST.at(-1))));
    near(track.partOf(TIMES[0]), 0);
    near(track.partOf(TIMES.at(-1)), 1);
  });

  test("leads from each time to its place and back", () => {
    const track = new TimeTrack(TIMES);
    for (const time of [...TIMES, 102, 119.9, 159]) near(track.timeAt(track.partOf(time)), time);
  });

  test("goes no further than its ends", () => {
    const track = new TimeTrack(TIMES);
    assert.deepEqual([track.partOf(0), track.partOf(999)], [0, 1]);
    assert.deepEqual([track.timeAt(-1), track.timeAt(2)], [100, 160]);
  });

  test("marks where nothing happened for long", () => {
    const track = new TimeTrack([0, 0.5, 9, 9.2]);
    const [[from, to], ...others] = track.silences;
    assert.deepEqual(others, []);
    near(from, track.partOf(0.5));
    near(to, track.partOf(9));
  });

  test("has a mark for each place where events stand", () => {
    assert.deepEqual(new TimeTrack([0, 0, 1, 2]).marks(1), [0, 1]);
    assert.equal(new TimeTrack(TIMES).marks(600).length, TIMES.length);
  });

  test("counts what has happened", () => {
    const track = new TimeTrack([3, 1, 2, 2]);
    assert.deepEqual(
      [0, 1, 2, 2.5, 9].map((time) => track.countAt(time)),
      [0, 1, 3, 3, 4],
    );
  });

  test("is the same, however its events came", () => {
    const track = new TimeTrack();
    for (const time of [5, 1, 9, 3, 3.5]) {
      track.take([time]);
      track.partOf(time); // laid out in between
    }
    const whole = new TimeTrack([1, 3, 3.5, 5, 9]);
    for (const time of [1, 2, 3.2, 4, 8]) near(track.partOf(time), whole.partOf(time));
    assert.deepEqual(track.silences, whole.silences);
    assert.deepEqual(track.marks(40), whole.marks(40));
    track.clear();
    assert.deepEqual([track.silences, track.marks(40)], [[], []]);
  });

  test("forgets the oldest, and counts them still", () => {
    const track = new TimeTrack();
    for (let i = 0; i < 30; i++) track.take(Array.from({ length: 1000 }, (_, at) => i * 1000 + at));
    assert.equal(track.count, 30_000);
    assert.equal(track.countAt(29_000), 29_001);
    near(track.timeAt(track.partOf(29_500.5)), 29_500.5);
  });

  test("without events, or with one, is a track", () => {
    assert.deepEqual([new TimeTrack().timeAt(0.5), new TimeTrack().partOf(7)], [0, 0]);
    assert.deepEqual([new TimeTrack([7]).timeAt(0.5), new TimeTrack([7]).partOf(7)], [7, 1]);
  });
});
