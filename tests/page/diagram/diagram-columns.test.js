// Who has a column in the diagram, where columns stand, and how much room heads have.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Asked } from "../../../frontend/static/js/diagram/asked.js";
import { arrange, spread } from "../../../frontend/static/js/diagram/diagram-columns.js";
import { headWidth } from "../../../frontend/static/js/diagram/diagram-heads.js";

const party = (kind, bornT, { endT = Infinity, ...more } = {}) => ({
  ...{ key: `${kind}${bornT}`, id: `${kind}${bornT}`, kind, bornT, endT, gone: false },
  ...{ talks: [], ...more },
});

const arranged = (parties, how) =>
  arrange(parties, how).map((column) => column.parties.map(({ key }) => key));

test("columns keep their places when somebody joins", () => {
  const server = party("run", 0, { listens: true });
  const clients = [1, 2, 3, 4, 5, 6].map((born) => party("client", born));
  for (const most of [0, 1, 2, 3, 4, 5]) {
    const before = arranged([server, ...clients.slice(0, most)]);
    const after = arranged([server, ...clients.slice(0, most + 1)]);
    const held = before.map(([key], i) => key ?? after[i][0]);
    assert.deepEqual(after.slice(0, before.length).flat(), held);
  }
  assert.deepEqual(arranged([server, ...clients])[1], ["run0"]);
});

test("a head names one party, who is there: the ended are folded away when somebody comes", () => {
  const servers = [
    party("run", 0, { endT: 9, listens: true }),
    party("run", 10, { listens: true }),
  ];
  const clients = [party("client", 1, { endT: 2 }), party("client", 5, { endT: 8 })];
  const last = party("client", 11);
  const all = [...servers, ...clients, last];
  assert.deepEqual(arranged([servers[0], clients[0]]), [["client1"], ["run0"]]);
  const folded = ["client1", "client5", "run0"];
  const columns = arranged(all);
  assert.deepEqual(columns.slice(0, 2), [["client11"], ["run10"]]);
  assert.deepEqual(columns[2].toSorted(), folded);
  // As it was at an earlier moment, and when they are called back.
  assert.deepEqual(arranged(all, { now: 6 }), [["client5"], ["run0"], ["client1"]]);
  const called = arranged(all, { called: new Set(["ended"]) });
  assert.deepEqual(called, [["client1"], ["run0"], ["run10"], ["client5"], ["client11"], []]);
});

test("of a crowd those who talk have columns, and keep them", () => {
  const server = party("run", 0, { listens: true });
  const crowd = Array.from({ length: 30 }, (_, i) => party("client", i + 1, { talks: [] }));
  const talker = crowd[3];
  talker.talks.push(40);
  const columns = arranged([server, ...crowd], { seats: 6 });
  assert.equal(columns.length, 8);
  assert.equal(columns.at(-1).length, 24);
  assert.ok(columns.slice(0, -1).flat().includes(talker.key));
  talker.talks.push(50);
  crowd[0].talks.push(51);
  const next = arranged([server, ...crowd], { seats: 6 });
  assert.ok(next.slice(0, -1).flat().includes(crowd[0].key));
  const kept = columns.filter(([key], i) => key === next[i][0]);
  assert.equal(kept.length, 6 + 1 - 1);
  assert.equal(arranged([server, ...crowd], { called: new Set(["others"]) }).length, 32);
});

test("who is there has a column before those who have ended, and comes back for one who ends", () => {
  const server = party("run", 0, { listens: true });
  const still = party("client", 1, { talks: [1] });
  const [brief, last] = [2, 3].map((t) => party("client", t, { talks: [t], endT: t + 4 }));
  const all = [server, still, brief, last];
  const shown = (now) => arranged(all, { seats: 1, now }).slice(0, -1).flat();
  assert.deepEqual(shown(5), ["client3", "run0"]);
  assert.deepEqual(shown(6.2).toSorted(), ["client1", "client3", "run0"]);
  assert.deepEqual(shown(7.2), ["client1", "run0"]);
  const next = party("client", 8, { talks: [8] });
  assert.deepEqual(arranged([...all, next], { seats: 2 }), [
    ["client8"],
    ["run0"],
    ["client1"],
    ["client2", "client3"],
  ]);
});

test("all who have ended are called back, however few have room", () => {
  const server = party("run", 0, { listens: true });
  const ended = [1, 2, 3, 4].map((t) => party("client", t, { endT: t + 0.5 }));
  const there = [5, 6].map((t) => party("client", t));
  const called = new Set(["ended"]);
  const columns = arranged([server, ...ended, ...there], { seats: 2, called });
  assert.deepEqual(columns.at(-1), []);
  assert.equal(columns.length, 1 + 6 + 1);
});

test("who is pinned keeps a column: ended, or silent in a crowd", () => {
  const server = party("run", 0, { listens: true });
  const [ended, last] = [party("client", 1, { endT: 2 }), party("client", 9)];
  const pinned = new Set([ended.key]);
  assert.deepEqual(arranged([server, ended, last]).at(-1), [ended.key]);
  assert.deepEqual(arranged([server, ended, last], { pinned }), [
    ["client1"],
    ["run0"],
    ["client9"],
  ]);
  const crowd = Array.from({ length: 30 }, (_, i) => party("client", i + 1));
  const silent = new Set([crowd[0].key, crowd[1].key]);
  for (const seats of [3, 6]) {
    const columns = arranged([server, ...crowd], { seats, pinned: silent });
    assert.equal(columns.length, seats + 2);
    for (const key of silent) assert.ok(columns.slice(0, -1).flat().includes(key), key);
  }
  const all = new Set(crowd.map(({ key }) => key)); // more than there are seats
  assert.equal(arranged([server, ...crowd], { seats: 2, pinned: all }).length, 31);
});

test("who is pinned already keeps a column, and who else becomes so is told", () => {
  const told = [];
  const asked = new Asked(new Set(["client1"]), (pinned) => told.push([...pinned]));
  asked.pin("client2");
  asked.pin("client1");
  assert.deepEqual(told, [["client1", "client2"], ["client2"]]);
  assert.deepEqual([...asked.pinned], ["client2"]);
});

test("no head reaches over the edge of the picture, however narrow it is and whoever is folded", () => {
  for (const width of [320, 344, 360, 378, 400, 489, 640, 900]) {
    for (const count of [2, 3, 4]) {
      for (const hasRest of [false, true]) {
        const { xs, gap, width: used, narrow } = spread(count, width, { hasRest });
        const heads = xs.map((x) => headWidth({ gap, width: used, narrow }, x));
        const [first, last] = [heads[0], heads.at(-1)];
        assert.ok(xs[0] - first / 2 >= 0 && xs.at(-1) + last / 2 <= used, `${count} in ${width}`);
        for (const head of heads) {
          assert.ok(head >= 70 && head < gap, `${count} in ${width}: ${head}`);
        }
      }
    }
  }
});

test("a head has room for a name with its number, also where one has to scroll for some", () => {
  const name = "server.py #2".length * 8; // bold
  for (const count of [5, 6, 7]) {
    for (const hasRest of [false, true]) {
      const { xs, gap, width, narrow } = spread(count, 484, { hasRest });
      assert.ok(width > 484);
      for (const x of xs) assert.ok(headWidth({ gap, width, narrow }, x) >= name, `${count}: ${x}`);
    }
  }
});

test("more lifelines than fit make the picture wider", () => {
  const wide = spread(12, 700);
  assert.ok(wide.width > 700);
  assert.deepEqual(
    wide.xs,
    wide.xs.toSorted((a, b) => a - b),
  );
  assert.equal(spread(2, 340).width, 340);
});

test("more room than lifelines need is as wide at the left as at the right", () => {
  for (const count of [2, 3, 4]) {
    for (const width of [945, 1400, 1900]) {
      const { xs, width: used } = spread(count, width);
      assert.equal(used, width);
      assert.ok(Math.abs(xs[0] - (width - xs.at(-1))) <= 1, `${count} in ${width}: ${xs}`);
    }
  }
  const [{ xs }, { xs: withWords }] = [{}, { hasWords: true }].map((how) => spread(2, 1400, how));
  assert.ok(withWords[1] < xs[1], "a program at the right has words there");
  const { xs: alone, gap } = spread(1, 400, { hasWords: true });
  assert.ok(alone[0] + gap <= 400);
});

test("on a phone who is folded away stands in sight beside two talkers and their server", () => {
  for (const width of [320, 344, 360]) {
    const { xs, gap, ...all } = spread(4, width, { hasRest: true });
    assert.equal(all.width, width);
    assert.ok(xs[3] + (gap - 4) / 2 <= width, "its button, too");
    assert.ok(xs[0] - (gap - 4) / 2 >= 0);
  }
  assert.ok(spread(4, 360).width > 360, "four who talk have more room");
});
