// Where the things of the sequence diagram stand.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Asked } from "../../../frontend/static/js/diagram/asked.js";
import { arrange, spread } from "../../../frontend/static/js/diagram/diagram-columns.js";
import { headWidth } from "../../../frontend/static/js/diagram/diagram-heads.js";
import { DiagramLayout } from "../../../frontend/static/js/diagram/diagram-layout.js";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { batches, recording, SERVER, Story } from "../events.js";

const NAMES = [
  "transform",
  "log2",
  "echo3",
  "one_in_five",
  "three_in_one",
  "lost",
  "reset",
  "nc_tcp",
];

/** A model of these events and its layout, 600 px wide. */
function laidOut(events) {
  const model = new DiagramModel();
  const layout = new DiagramLayout(model);
  layout.resize(600);
  model.append(events);
  layout.update();
  return { model, layout };
}

const rows = ({ stops }) => stops.map(({ t, y, head }) => [t, y, head !== null]);

/** How many lines the messages have. */
const lines = (layout) => [...layout.itemsBetween(-100, 1e6)].map((item) => layout.linesOf(item));

/** Each stop and the one before it. */
const steps = ({ stops }) => stops.slice(1).map((stop, i) => [stops[i], stop]);

describe("rows stand strictly in the order of time", () => {
  for (const name of NAMES) {
    test(name, () => {
      const { layout } = laidOut(recording(name));
      assert.ok(layout.stops.length > 10);
      for (const [before, { t, y, head }] of steps(layout)) {
        assert.ok(t > before.t);
        if (head === null) assert.ok(y - before.y >= 8);
        else assert.equal(y, before.y);
      }
    });
  }
});

test("milliseconds and seconds are both readable", () => {
  const gaps = steps(laidOut(recording("log2")).layout).map(([a, b]) => [b.t - a.t, b.y - a.y]);
  const heights = (of) => gaps.filter(([seconds]) => of(seconds)).map(([, height]) => height);
  const idle = heights((seconds) => seconds > 0.3);
  const busy = heights((seconds) => seconds < 0.001);
  const average = busy.reduce((sum, height) => sum + height, 0) / busy.length;
  assert.ok(Math.min(...idle) > Math.max(20, average));
  assert.ok(Math.max(...idle) < 120);
});

describe("appending moves nothing that is older than the window", () => {
  for (const name of NAMES) {
    test(name, () => {
      const events = recording(name);
      const { model, layout } = laidOut([]);
      let moved = 0;
      let left = events;
      for (const batch of batches(events, 3)) {
        const before = new Map(layout.stops.map(({ t, y }) => [t, y]));
        const columns = layout.columns.length;
        const edge = Math.min(...left.map(({ t }) => t)) - 0.15;
        model.append(batch);
        layout.update();
        left = left.slice(batch.length);
        if (layout.columns.length !== columns) continue; // somebody new: everything may move
        for (const { t, y } of layout.stops) {
          if (t < edge && before.has(t) && before.get(t) !== y) moved += 1;
        }
      }
      assert.equal(moved, 0);
      assert.deepEqual(rows(layout), rows(laidOut(events).layout));
    });
  }
});

describe("another width moves rows as if all had been laid out at it", () => {
  for (const name of NAMES) {
    test(name, () => {
      const { layout } = laidOut(recording(name));
      for (const width of [1400, 900, 320, 700, 660, 600]) {
        layout.resize(width);
        const model = new DiagramModel();
        const fresh = new DiagramLayout(model);
        fresh.resize(width);
        model.append(recording(name));
        fresh.update();
        assert.deepEqual(rows(layout), rows(fresh), `${width} px`);
        assert.deepEqual(lines(layout), lines(fresh), `${width} px`);
      }
    });
  }
});

describe("what comes between two widths stands as if all had come before", () => {
  for (const name of NAMES) {
    test(name, () => {
      const { model, layout } = laidOut([]);
      const widths = [1400, 320, 700, 600];
      for (const [i, batch] of batches(recording(name), 3).entries()) {
        layout.resize(widths[i % widths.length]);
        model.append(batch);
        layout.update();
      }
      layout.resize(600);
      assert.deepEqual(rows(layout), rows(laidOut(recording(name)).layout));
    });
  }
});

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

test("a lifeline is called the same however much was told before it", () => {
  const keys = (events) => laidOut(events).model.parties.all.map(({ key }) => key);
  const all = keys(recording("echo3"));
  assert.equal(new Set(all).size, all.length);
  const later = keys(recording("echo3").filter(({ type }) => type !== "run.started"));
  assert.deepEqual(later.toSorted(), all.toSorted());
});

test("no head reaches over the edge of the picture, however narrow it is and whoever is folded", () => {
  for (const width of [320, 344, 360, 378, 400, 489, 640, 900]) {
    for (const count of [2, 3, 4]) {
      for (const hasRest of [false, true]) {
        const { xs, gap, width: used, narrow } = spread(count, width, { hasRest });
        const head = headWidth({ xs, gap, width: used, narrow });
        assert.ok(xs[0] - head / 2 >= 0 && xs.at(-1) + head / 2 <= used, `${count} in ${width}`);
        assert.ok(head >= 70, `${count} in ${width}: ${head}`);
      }
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

test("on a phone who is folded away stands in sight beside two talkers and their server", () => {
  for (const width of [320, 344, 360]) {
    const { xs, gap, ...all } = spread(4, width, { hasRest: true });
    assert.equal(all.width, width);
    assert.ok(xs[3] + (gap - 4) / 2 <= width, "its button, too");
    assert.ok(xs[0] - (gap - 4) / 2 >= 0);
  }
  assert.ok(spread(4, 360).width > 360, "four who talk have more room");
});

test("only what is between two places is found", () => {
  const { layout } = laidOut(recording("echo3"));
  const all = layout.itemsBetween(-100, 1e6);
  const [from, to] = [layout.stops[30].y, layout.stops[45].y];
  const some = layout.itemsBetween(from, to);
  assert.ok(some.size < all.size);
  const needed = layout.stops.slice(30, 46).flatMap(({ needs }) => [...needs.keys()]);
  assert.ok(needed.length > 0);
  assert.ok(needed.every((item) => some.has(item)));
  const middle = (from + to) / 2;
  const crossing = [...layout.itemsBetween(middle, middle)];
  assert.ok(crossing.some(({ kind }) => kind === "bar"));
});

/** How many things of the layout are open, and how many reach into its last 100 px. */
function openAndInView({ model, layout }) {
  const end = layout.heightAt(model.now);
  return [layout.openItems.size, layout.itemsBetween(end - 100, end).size];
}

test("what goes to somebody outside is not waited for", () => {
  const story = new Story();
  const ends = { local: SERVER, peer: "127.0.0.1:9" };
  story.run("s");
  for (let k = 1; k < 50; k++) {
    story.call("s", "recvfrom", k, { payload: "?", ...ends });
    story.call("s", "sendto", k + 0.001, { payload: "!", ...ends });
  }
  const [open, inView] = openAndInView(laidOut(story.events));
  assert.equal(open, 0);
  assert.ok(inView > 0 && inView < 12, `${inView} in view`);
});

test("of many that wait in the kernel only the last reach into view", () => {
  const story = new Story();
  const listener = { transport: "tcp", local: SERVER };
  const ends = { transport: "tcp", local: "127.0.0.1:9", peer: SERVER };
  story.run("s");
  story.call("s", "bind", 0.1, listener);
  story.call("s", "listen", 0.2, { backlog: 5, ...listener });
  story.tell("run.listening", 0.5, { run: "s", host: "127.0.0.1", port: 5000 });
  story.client("c1", "opened", 1, ends);
  for (let k = 0; k < 500; k++) {
    // never accepted: everything waits in the backlog
    story.client("c1", "sent", 2 + k / 10, { payload: "x", offset: k, ...ends });
  }
  const [open, inView] = openAndInView(laidOut(story.events));
  assert.ok(open >= 500);
  assert.ok(inView >= 40 && inView < 60, `${inView} in view`);
});

test("the moments of those who are folded away can still be gone to", () => {
  const story = new Story();
  const ends = { local: SERVER, peer: "127.0.0.1:9" };
  story.run("s");
  story.call("s", "bind", 0.1, { local: SERVER });
  story.tell("run.exited", 1, { run: "s", exit_status: 0 });
  story.run("s2", "server", 2);
  story.call("s2", "bind", 2.1, { local: SERVER });
  story.call("s2", "recvfrom", 3, { payload: "?", ...ends });
  const { model, layout } = laidOut(story.events);
  const [bind] = model.items.filter(({ kind }) => kind === "tick");
  assert.deepEqual(
    layout.stops.map(({ t }) => t),
    [0.1, 1, 2.1, 3],
  );
  assert.ok(layout.isHidden(bind));
  layout.update(1.5); // as it was then
  assert.ok(!layout.isHidden(bind));
  layout.update();
  layout.hear((asked) => asked.fold("ended")); // called back
  assert.ok(!layout.isHidden(bind));
});
