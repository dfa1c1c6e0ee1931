// A recording in time.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { History } from "../../../frontend/static/js/model/history.js";
import {
  advance,
  atSpeed,
  beginOf,
  play,
  playback,
  prepare,
  seek,
  skippingWaits,
  step,
} from "../../../frontend/static/js/model/playback.js";
import { readRecording } from "../../../frontend/static/js/model/recording.js";
import { EXAMPLE, STARTED } from "../events.js";
import { stateAfter } from "./room.js";

const running = (seq, t) => ({ seq, t, type: "run.running", run: "r1" });

/** A recording of events at these times (seconds), before any of them has happened. */
const recorded = (...times) => playback(times.map((t, i) => running(i + 1, t)));

describe("order", () => {
  const RUN = { id: "r1", lab: "udp/hello", program: "server" };

  test("events come by time and are numbered anew", () => {
    const events = [running(1, 5), running(2, 3), running(3, 5)];
    assert.deepEqual(
      prepare({ events, header: { runs: [] } }).map(({ seq, recorded, t }) => [seq, recorded, t]),
      [
        [1, 2, 3],
        [2, 1, 5],
        [3, 3, 5],
      ],
    );
  });

  test("a run whose start is gone is taken from the header", () => {
    const runs = [
      { ...RUN, host: "::1", port: 9 },
      { ...RUN, id: "r2" },
    ];
    const found = prepare({ events: [running(90, 5)], header: { runs } });
    assert.deepEqual(
      found.map(({ type }) => type),
      ["run.started", "run.listening", "run.running"],
    );
    assert.deepEqual([found[0].lab, found[1].port, found[0].t], ["udp/hello", 9, 5]);
  });

  test("a run whose start is told starts once", () => {
    const events = [{ ...STARTED, seq: 1, t: 0 }, running(2, 1)];
    assert.deepEqual(
      prepare({ events, header: { runs: [RUN] } }).map(({ type }) => type),
      ["run.started", "run.running"],
    );
  });
});

describe("time", () => {
  test("at first nothing has happened", () => {
    const { count, time, end } = recorded(10, 11, 14);
    assert.deepEqual([count, time, end], [0, 10, 14]);
  });

  test("a take begins where its board was cleared, and nobody goes back before that", () => {
    const began = { seq: 3, t: 20, type: "take.began", lab: "udp/hello", take: 2 };
    const events = [running(1, 10), running(2, 11), began, running(4, 21)];
    const first = beginOf(events, 2);
    const state = playback(events, first);
    assert.deepEqual([first, state.start, state.count], [3, 20, 3]);
    assert.deepEqual(
      [step(state, -1), seek(state, 0), step(step(state, 1), -1)].map(({ count, time }) => [
        count,
        time,
      ]),
      [
        [3, 20],
        [3, 20],
        [3, 20],
      ],
    );
    assert.deepEqual([beginOf(events, null), beginOf(events, 1)], [0, 0]);
  });

  for (const [time, count] of [
    [9, 1],
    [10, 1],
    [10.9, 1],
    [11, 3],
    [13.9, 3],
    [99, 4],
  ]) {
    test(`a time has all events up to it: ${time}`, () => {
      assert.equal(seek(recorded(10, 11, 11, 14), time).count, count);
    });
  }

  test("a step goes to the next event and pauses", () => {
    const { count, time, playing } = step(step(play(recorded(10, 11, 14)), 1), 1);
    assert.deepEqual([count, time, playing], [2, 11, false]);
  });

  test("steps tell events of one time apart", () => {
    const { count, time } = [1, 1, 1, -1].reduce(step, recorded(10, 11, 11));
    assert.deepEqual([count, time], [2, 11]);
  });

  test("a step back before the first event is the beginning", () => {
    const { count, time } = [1, -1, -1].reduce(step, recorded(10, 11));
    assert.deepEqual([count, time], [0, 10]);
  });

  for (const [speed, time] of [
    [0.25, 10.5],
    [1, 12],
    [8, 20],
  ]) {
    test(`it plays at its speed and stops at the end: ${speed}`, () => {
      const state = advance(play(atSpeed(recorded(10, 11, 20), speed)), 2);
      assert.deepEqual([state.time, state.playing], [time, time < 20]);
    });
  }

  test("a paused recording stands still", () => {
    assert.equal(advance(recorded(10, 20), 5).time, 10);
  });

  test("to play at the end is to play again", () => {
    const { time, count, playing } = play(seek(recorded(10, 20), 20));
    assert.deepEqual([time, count, playing], [10, 0, true]);
  });

  for (const [skips, elapsedS, time] of [
    [true, 1, 11],
    [true, 2.5, 99],
    [false, 2.5, 12.5],
  ]) {
    const how = skips ? "" : "not ";
    test(`a long wait is cut short unless somebody wants all of it: ${how}after ${elapsedS} s`, () => {
      const before = skippingWaits(step(recorded(10, 100, 200), 1), skips);
      const state = advance(play(before), elapsedS);
      assert.deepEqual([state.time, state.count], [time, 1]);
    });
  }

  test("a short wait is played whole", () => {
    assert.equal(advance(play(step(recorded(10, 19, 28), 1)), 5).time, 15);
  });

  test("a speed that is not offered changes nothing", () => {
    assert.equal(atSpeed(recorded(10), 3).speed, 1);
  });
});

test("the example ends in the state that the reducer gives it", () => {
  const recording = readRecording(EXAMPLE);
  const events = prepare(recording);
  let state = playback(events);
  while (state.count < events.length) state = step(state, 1);
  const replayed = History.of(events).stateAfter(state.count);
  // All but the numbers of the events, which are others in a recording.
  const comparable = (each) =>
    JSON.parse(
      JSON.stringify(each, (key, value) => {
        if (key === "asOf" || key === "seq") return undefined;
        return value instanceof Map ? Object.fromEntries(value) : value;
      }),
    );
  const { runs, clients, unknown, missed, output } = comparable(replayed);
  assert.deepEqual(comparable(replayed), comparable(stateAfter(recording.events)));
  assert.deepEqual([...new Set(Object.values(runs).map((run) => run.state))], ["exited"]);
  assert.equal(clients.c1.state, "closed");
  assert.deepEqual([unknown, missed], [{}, 0]);
  assert.equal(JSON.stringify(output).split("Сервер остановлен").length - 1, 2);
});
