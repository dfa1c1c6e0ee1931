// The desks of a class: in their order, what of them needs a look.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asNews,
  countsOf,
  labOf,
  toneOf,
  withNews,
} from "../../../frontend/static/js/model/desks.js";

const run = (state, lab = "udp/echo") => ({ id: "r1", lab, program: "server", state, error: null });
const desk = (number, ...runs) => ({
  desk: `room.p${number}`,
  person: `p${number}`,
  name: `Guest ${number}`,
  online: number % 2 === 0,
  runs,
  gone: false,
});
const of = (...desks) => withNews(new Map(), desks);

test("desks stand in the order in which their people came, whoever tells first", () => {
  const desks = withNews(of(desk(10), desk(2)), [desk(3)]);
  assert.deepEqual([...desks.keys()], ["room.p2", "room.p3", "room.p10"]);
});

test("news of a desk takes the place of what was known, one that is gone leaves", () => {
  const desks = withNews(of(desk(2), desk(3)), [
    desk(2, run("listening")),
    { ...desk(3), gone: true },
  ]);
  assert.deepEqual([...desks.keys()], ["room.p2"]);
  assert.equal(desks.get("room.p2").runs.length, 1);
});

test("a desk with a failure is bad, with a program on, else idle", () => {
  assert.equal(toneOf(desk(2, run("listening"), run("crashed"))), "bad");
  assert.equal(toneOf(desk(2, run("exited"), run("running"))), "on");
  assert.equal(toneOf(desk(2, run("exited"))), "idle");
});

test("it is counted who is here, runs something, has a failure", () => {
  const desks = of(desk(2, run("listening")), desk(3, run("failed")), desk(4));
  assert.deepEqual(countsOf(desks), { all: 3, here: 2, running: 1, failed: 1 });
});

test("a desk is opened at its lab", () => {
  assert.equal(labOf(desk(2, run("running", ""), run("exited", "tcp/echo"))), "tcp/echo");
  assert.equal(labOf(desk(2)), null);
});

test("over plain HTTP those that are no more are said to be gone", () => {
  const news = asNews([desk(2), desk(3)], [desk(3), desk(4)]);
  assert.deepEqual(
    news.map((each) => [each.desk, each.gone]),
    [
      ["room.p3", false],
      ["room.p4", false],
      ["room.p2", true],
    ],
  );
});
