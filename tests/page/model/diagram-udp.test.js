// The model of the diagram pairs datagrams: in order, by content; what is lost ends in the open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { A, B, batches, recording, SERVER } from "../events.js";
import { arrows, picture, pictureInBatches, udpPair, udpServer } from "./drawn.js";

const send = (story, t, payload) => story.client("c1", "sent", t, { payload });

const hear = (story, t, payload, { enter, peer = A } = {}) =>
  story.call("s", "recvfrom", t, { enter, local: SERVER, peer, payload, offset: 0 });

/** How the first datagram stands. */
const stateOf = (events, values) => picture(events, values).transfers[0].state;

test("a datagram joins its sending and its receipt", () => {
  const story = udpPair();
  send(story, 1, "hi");
  hear(story, 1.001, "hi", { enter: 0.5 });
  const drawn = picture(story.events);
  assert.deepEqual(arrows(drawn), [["client:c1", "run:s", "hi", "arrived"]]);
  assert.deepEqual(drawn.transfers[0].sites, ["s.py:3"]);
  assert.deepEqual(drawn.bars, [
    { call: "recvfrom", t: 0.5, end: 1.001, lane: 0, tid: 1, error: null },
  ]);
});

test("a send told after its arrival does not begin after it", () => {
  const story = udpPair();
  hear(story, 1, "hi");
  send(story, 1.0004, "hi");
  const { transfers } = picture(story.events);
  assert.deepEqual(
    transfers.map(({ sent, arrivals }) => [sent, arrivals[0][0]]),
    [[1, 1]],
  );
});

test("equal datagrams pair in order", () => {
  const story = udpPair();
  for (const t of [1, 1.01, 1.02, 1.03]) send(story, t, "same");
  for (const t of [1.001, 1.011, 1.021, 1.031]) hear(story, t, "same");
  assert.deepEqual(
    picture(story.events).transfers.map(({ arrivals }) => arrivals[0][0]),
    [1.001, 1.011, 1.021, 1.031],
  );
});

/** What became of each transfer, in an order that does not depend on that of telling. */
const outcomes = ({ transfers }) =>
  transfers
    .map(({ what, from, to, data, state, why, a, arrivals, sent }) =>
      JSON.stringify({ what, from, to, data, state, why, a, arrivals, sent }),
    )
    .sort();

for (const name of ["transform", "lost", "log2", "reset", "echo3", "one_in_five"]) {
  test(`the order of telling does not matter: ${name}`, () => {
    const events = recording(name);
    const expected = outcomes(picture(events.toSorted((a, b) => a.t - b.t || a.seq - b.seq)));
    assert.ok(expected.length > 0);
    assert.deepEqual(outcomes(picture(events)), expected);
    const backwards = batches(events, 6).map((batch) => batch.toReversed());
    assert.deepEqual(outcomes(pictureInBatches(backwards)), expected);
  });
}

test("an event told twice counts once", () => {
  const events = recording("echo3");
  const again = pictureInBatches([events, events.slice(10, 40), events]);
  assert.deepEqual(again, picture(events));
});

test("a datagram that a waiting receiver does not get is lost and heals", () => {
  const story = udpPair();
  story.enter("s", "recvfrom", 0.5, { local: SERVER });
  send(story, 1, "slow");
  assert.equal(stateOf(story.events, { advance: 1.5 }), "waiting");
  const [lost] = picture(story.events, { advance: 2.1 }).transfers;
  assert.deepEqual([lost.state, lost.why], ["lost", "silent"]);
  hear(story, 1.3, "slow", { enter: 0.9 });
  assert.equal(stateOf(story.events, { advance: 2.1 }), "arrived");
});

test("a datagram waits for a receiver that is busy", () => {
  const story = udpPair();
  send(story, 1, "early");
  assert.equal(stateOf(story.events, { advance: 60 }), "waiting");
  hear(story, 61, "early", { enter: 61 });
  assert.equal(stateOf(story.events), "arrived");
  assert.equal(stateOf(story.events, { until: 60.5 }), "waiting");
});

test("a retry is not taken for the datagram that was lost", () => {
  const story = udpPair();
  story.enter("s", "recvfrom", 0.5, { local: SERVER });
  send(story, 1, "again");
  send(story, 2, "again");
  hear(story, 2.001, "again", { enter: 0.5 });
  assert.deepEqual(
    picture(story.events).transfers.map(({ sent, state, why }) => [sent, state, why]),
    [
      [1, "lost", "overtaken"],
      [2, "arrived", null],
    ],
  );
});

test("a datagram that a later one overtakes is lost", () => {
  const story = udpPair();
  send(story, 1, "first");
  send(story, 1.5, "second");
  hear(story, 5, "second", { enter: 4.99 });
  assert.deepEqual(arrows(picture(story.events)), [
    ["client:c1", "run:s", "first", "lost"],
    ["client:c1", "run:s", "second", "arrived"],
  ]);
});

test("a refused datagram is lost", () => {
  const last = picture(recording("browser_gone")).transfers.at(-1);
  assert.deepEqual([last.data, last.state, last.why], ["nobody home", "lost", "refused"]);
});

test("datagrams to a closed port are lost", () => {
  const drawn = picture(recording("lost"));
  assert.deepEqual(
    drawn.transfers.map(({ data, state, why }) => [data, state, why]),
    [
      ["heard", "arrived", null],
      ["HEARD", "arrived", null],
      ["lost", "lost", "closed"],
      ["lost too", "lost", "closed"],
      ["refused", "lost", "refused"],
      ["never sent", "lost", "refused"],
    ],
  );
  const errors = drawn.marks.filter((mark) => mark === mark.toUpperCase());
  assert.deepEqual(errors, ["ECONNREFUSED", "ECONNREFUSED"]);
});

test("somebody outside has a lifeline and one known end", () => {
  const story = udpServer();
  hear(story, 1, "from nc", { peer: B });
  const ends = { local: SERVER, peer: B };
  story.call("s", "sendto", 1.1, { enter: 1.1, payload: "back", offset: 0, ...ends });
  const drawn = picture(story.events);
  assert.deepEqual(drawn.parties, [`peer:udp/${B}`, "run:s"]);
  assert.deepEqual(arrows(drawn), [
    [`peer:udp/${B}`, "run:s", "from nc", "arrived"],
    ["run:s", `peer:udp/${B}`, "back", "sent"],
  ]);
});

/** What run k sends from the port of B. */
const sendAsRun = (story, t, enter, payload) =>
  story.call("k", "sendto", t, { enter, local: "0.0.0.0:40002", peer: SERVER, payload, offset: 0 });

test("who turns out to be a run is not outside", () => {
  const story = udpServer();
  story.run("k", "client", 0.9);
  story.call("k", "socket", 0.95, { socket: 1 });
  hear(story, 1.001, "x", { peer: B });
  assert.ok(picture(story.events).parties.includes(`peer:udp/${B}`));
  sendAsRun(story, 1.002, 1, "x");
  const drawn = picture(story.events);
  assert.deepEqual(drawn.parties, ["run:k", "run:s"]);
  assert.deepEqual(arrows(drawn), [["run:k", "run:s", "x", "arrived"]]);
});

test("a port that is used anew has a new owner", () => {
  const story = udpServer();
  hear(story, 1, "old", { peer: B });
  story.run("k", "client", 9);
  story.call("k", "socket", 9.1);
  sendAsRun(story, 9.2, 9.2, "new");
  hear(story, 9.21, "new", { peer: B });
  assert.deepEqual(arrows(picture(story.events)), [
    [`peer:udp/${B}`, "run:s", "old", "arrived"],
    ["run:k", "run:s", "new", "arrived"],
  ]);
});

for (const [group, told] of [
  ["224.1.1.7", "first"],
  ["224.1.1.7", "last"],
  ["10.0.0.255", "last"],
  ["[ff02::1]", "first"],
]) {
  test(`what is sent to many at ${group} has an arrow to each receiver, told ${told}`, () => {
    const story = udpServer();
    const receivers = ["a", "b", "c"];
    for (const run of receivers) {
      story.run(run);
      story.call(run, "bind", 0.5, { local: "0.0.0.0:6000", address: "0.0.0.0:6000" });
    }
    const send = () =>
      story.call("s", "sendto", 1, { local: SERVER, peer: `${group}:6000`, payload: "hi" });
    if (told === "first") send();
    for (const run of receivers)
      story.call(run, "recvfrom", 1.001, { local: "0.0.0.0:6000", peer: SERVER, payload: "hi" });
    if (told === "last") send();
    for (const size of [1, 100]) {
      const { transfers } = pictureInBatches(batches(story.events, size));
      assert.deepEqual(
        transfers.map(({ from, to, sent, state }) => [from, to, sent, state]).sort(),
        receivers.map((run) => ["run:s", `run:${run}`, 1, "arrived"]),
      );
    }
  });
}
