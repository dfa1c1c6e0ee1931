// The history of a room and the moments of it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { History, LIMITS } from "../../../frontend/static/js/model/history.js";
import {
  at,
  hasHappened,
  LIVE,
  partOf,
  scrub,
  step,
} from "../../../frontend/static/js/model/moment.js";
import { batches, STARTED } from "../events.js";
import { stateAfter, written } from "./room.js";
import { TimeTrack } from "../../../frontend/static/js/model/time-track.js";

/** Lines of output by number and time; every tenth is told late, after ten that came later. */
const told = (from, to) =>
  Array.from({ length: to - from }, (_, i) => {
    const seq = from + i + 1;
    const t = seq % 10 === 0 ? seq - 9.5 : seq;
    return { seq, t, type: "output", run: "r1", stream: "stdout", text: `${seq}\n` };
  });

/** A history of at most `limit` events that was told so many, seven at a time. */
function filled(limit, count) {
  const history = new History({ limits: { events: limit, bytes: Infinity } });
  for (const batch of batches(told(0, count), 7)) history.append(batch);
  return history;
}

const isSame = (state, events) => assert.equal(written(state), written(stateAfter(events)));

describe("bounds", () => {
  test("it keeps so many events and counts the others", () => {
    const { events, forgotten, count } = filled(3000, 10_000);
    assert.ok(events.length >= 2000 && events.length <= 3000, `${events.length} events`);
    assert.deepEqual([events[0].seq - forgotten, events.at(-1).seq, count], [1, 10_000, 10_000]);
  });

  test("it keeps so many bytes", () => {
    const history = new History({ limits: { events: 20_000, bytes: 2 ** 20 } });
    const sent = { type: "client.sent", client: "c1", run: "r1", bytes: 1500 };
    for (let i = 0; i < 5000; i++) {
      history.append([{ seq: i + 1, t: i, ...sent, data: "A".repeat(2000) }]);
    }
    const kept = history.events.length;
    assert.ok(kept > 0 && kept * 2000 <= 2 ** 20, `${kept} events`);
    assert.equal(history.count, 5000);
  });

  test("the server's own bounds are the usual ones", () => {
    assert.deepEqual({ ...LIMITS }, { events: 20_000, bytes: 16 * 2 ** 20 });
  });
});

describe("truth", () => {
  for (const limit of [3000, 100_000]) {
    test(`the present does not depend on what was forgotten: ${limit} events`, () => {
      isSame(filled(limit, 10_000).present, told(0, 10_000));
    });
  }

  test("the past does not depend on the way there", () => {
    const history = filled(3000, 8000);
    for (const count of [8000, 6000, 7999, 7001, 7000, 5999, 8000, 6500]) {
      isSame(history.stateAfter(count), told(0, count));
    }
  });

  test("at a time has happened what happened until then, however late it was told", () => {
    const history = filled(20_000, 4000);
    for (const until of [0, 1, 10.5, 11, 1995, 2000.5, 2001, 5000]) {
      const happened = told(0, 4000).filter(({ t }) => t <= until);
      isSame(history.stateAt(at(until)), happened);
    }
  });

  test("a recording is a history of all of it", () => {
    const events = told(0, 2500);
    const history = History.of(events);
    for (const count of [0, 2500, 1000, 999, 1001, 2000, 17, 2500]) {
      isSame(history.stateAt(at(0, count)), events.slice(0, count));
    }
  });

  test("what the API tells after a gap is true from there on", () => {
    const started = (seq, run) => ({ ...STARTED, seq, t: seq, run });
    const history = new History();
    history.append([started(1, "r1")]);
    history.missed({ next: 5, missed: 3 });
    history.append([started(5, "r2")]);
    history.merge({ runs: [], clients: [], last_seq: 5 });
    history.append([started(6, "r3")]);
    assert.deepEqual(
      history.events.map(({ type, seq, t }) => [type, seq, t]),
      [
        ["run.started", 1, 1],
        ["gap", 4.5, 5],
        ["run.started", 5, 5],
        ["run.started", 6, 6],
      ],
    );
    const runsAt = (moment) =>
      [...history.stateAt(moment).runs.values()].map(({ id, state }) => `${id} ${state}`);
    assert.deepEqual(runsAt(at(1)), ["r1 starting"]);
    assert.deepEqual(runsAt(LIVE), ["r1 gone", "r2 gone", "r3 starting"]);
    assert.equal(history.present.missed, 3);
  });
});

const STOPS = [1, 2, 2.5, 9].map((t) => ({ t }));
const TRACK = new TimeTrack([1, 2, 2.5, 9]);

describe("moments", () => {
  for (const [until, by, next] of [
    [null, -1, 2.5],
    [9, -1, 2.5],
    [2, 1, 2.5],
    [2.2, 1, 2.5],
    [2.2, -1, 1],
    [1, -1, 1],
  ]) {
    test(`a step leads to the next stop: from ${until ?? "the present"} by ${by}`, () => {
      assert.equal(step({ until, count: null }, STOPS, by).until, next);
    });
  }

  test("past the last stop it is the present", () => {
    const ends = [step(at(9), STOPS, 1), scrub(TRACK, 1), scrub(new TimeTrack(), 0)];
    for (const end of ends) assert.deepEqual(end, { until: null, count: null });
  });

  test("a part of the track is a moment and back", () => {
    for (const part of [0, 0.25, 0.5]) {
      assert.ok(Math.abs(partOf(scrub(TRACK, part), TRACK) - part) < 1e-9);
    }
    assert.equal(partOf(LIVE, TRACK), 1);
  });

  test("where it is counted, events of one time are told apart", () => {
    const events = [
      { t: 1, seq: 1 },
      { t: 1, seq: 2 },
      { t: 2, seq: 3 },
    ];
    const happened = (moment) => events.filter((event) => hasHappened(moment, event)).length;
    assert.deepEqual([LIVE, at(1), at(1, 1)].map(happened), [3, 2, 1]);
  });
});
