// Where the things of the sequence diagram stand.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
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

test("a lifeline is called the same however much was told before it", () => {
  const keys = (events) => laidOut(events).model.parties.all.map(({ key }) => key);
  const all = keys(recording("echo3"));
  assert.equal(new Set(all).size, all.length);
  const later = keys(recording("echo3").filter(({ type }) => type !== "run.started"));
  assert.deepEqual(later.toSorted(), all.toSorted());
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
