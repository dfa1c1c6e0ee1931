// The model of the diagram pairs bytes of a stream by their offsets, whatever the calls were.

import assert from "node:assert/strict";
import { test } from "node:test";
import { A, recording, SERVER, Story } from "../events.js";
import { arrows, picture, segments, tcpPair } from "./drawn.js";

const ENDS = { transport: "tcp", socket: 2, local: SERVER, peer: A };

const send = (story, t, call, more) => story.call("s", call, t, { ...ENDS, ...more });

const read = (story, t, payload, offset) =>
  story.call("s", "recv", t, { enter: t, payload, offset, ...ENDS });

const received = (story, t, payload) => story.client("c1", "received", t, { payload });

test("three sends that one recv reads end in one place", () => {
  const drawn = segments(picture(recording("three_in_one")));
  assert.deepEqual(
    drawn.map(({ data, arrivals: [[, from, to]] }) => [data, from, to]),
    [
      ["Hello ", 0, 6],
      ["wide ", 6, 11],
      ["world", 11, 16],
    ],
  );
  assert.equal(new Set(drawn.map(({ reads }) => String(reads))).size, 1);
});

test("sends that are told after the recv that took both were made one after the other", () => {
  const story = tcpPair();
  read(story, 1, "anna\nHello\n", 0);
  story.client("c1", "sent", 1.00001, { payload: "anna\n" });
  story.client("c1", "sent", 1.00002, { payload: "Hello\n" });
  const [login, text] = segments(picture(story.events));
  assert.deepEqual([login.data, text.data], ["anna\n", "Hello\n"]);
  assert.ok(login.sent < text.sent, `${login.sent} ${text.sent}`);
  assert.ok(text.sent <= 1);
});

test("one send that five recvs read has five ends", () => {
  const [transfer, ...others] = segments(picture(recording("one_in_five")));
  assert.equal(others.length, 0);
  assert.deepEqual(
    transfer.arrivals.map(([, from, to]) => [from, to]),
    [
      [0, 5],
      [5, 10],
      [10, 15],
      [15, 20],
      [20, 24],
    ],
  );
  assert.equal(new Set(transfer.reads).size, 5);
});

test("bytes of a client that is not accepted wait", () => {
  const events = recording("log2");
  const ofSecond = ({ transfers }) => transfers.filter(({ from }) => from === "run:r13");
  assert.deepEqual(
    ofSecond(picture(events, { until: events[0].t + 3 })).map((t) => [t.what, t.to, t.state]),
    [
      ["connect", "run:r11", "waiting"],
      ["segment", "run:r11", "waiting"],
      ["segment", "run:r11", "waiting"],
    ],
  );
  const late = ofSecond(picture(events));
  assert.deepEqual(
    late.map(({ state }) => state),
    ["arrived", "arrived", "arrived", "arrived"],
  );
  assert.deepEqual(late[1].reads, late[2].reads);
});

test("a reset and a refused connection are shown", () => {
  const drawn = picture(recording("reset"));
  const resets = drawn.transfers.filter(({ what }) => what === "rst");
  assert.deepEqual(
    resets.map(({ from, to, state }) => [from, to, state]),
    [
      ["run:r14", "run:r15", "arrived"],
      ["run:r14", "client:c4", "arrived"],
    ],
  );
  assert.deepEqual([...new Set(segments(drawn).map(({ why }) => why))], ["unread"]);
  const refused = drawn.transfers.filter(({ why }) => why === "refused");
  assert.deepEqual(
    refused.map(({ what, from, to }) => [what, from, to]),
    [["connect", "run:r15", null]],
  );
  assert.ok(drawn.marks.includes("ECONNREFUSED"));
  assert.ok(drawn.marks.includes("ECONNRESET"));
});

test("a client that has closed before it is accepted waits in the backlog, however long", () => {
  const story = new Story();
  story.run("s");
  story.call("s", "listen", 0.1, { transport: "tcp", local: SERVER });
  story.run("c", "client");
  const ends = { transport: "tcp", local: A, peer: SERVER };
  story.call("c", "connect", 1, { socket: 5, ...ends });
  story.call("c", "close", 2, { socket: 5, ...ends });
  const asked = ({ transfers }) =>
    transfers.filter(({ what }) => what === "connect").map(({ state, why }) => [state, why]);
  assert.deepEqual(asked(picture(story.events)), [["lost", "gone"]]); // nobody has taken it yet
  story.call("s", "accept", 3, { transport: "tcp", local: SERVER, peer: A, accepted: 2 });
  assert.deepEqual(asked(picture(story.events, { until: 2.5 })), [["waiting", null]]);
  const drawn = picture(story.events);
  assert.deepEqual(asked(drawn), [["arrived", null]]);
  assert.deepEqual(drawn.parties, ["run:c", "run:s"]);
});

test("nc is an outside peer of a TCP server", () => {
  const drawn = picture(recording("nc_tcp"));
  const [peer, ...others] = drawn.parties.filter((party) => party.startsWith("peer:"));
  assert.equal(others.length, 0);
  assert.deepEqual(
    drawn.transfers.map(({ what, from, state }) => [what, from, state]),
    [
      ["connect", peer, "arrived"],
      ["segment", peer, "arrived"],
      ["segment", "run:r18", "sent"],
      ["segment", peer, "arrived"],
      ["segment", "run:r18", "sent"],
      ["fin", peer, "arrived"],
      ["fin", "run:r18", "sent"],
    ],
  );
});

test("browser clients and a program pair with the echo server", () => {
  const drawn = picture(recording("echo3"));
  assert.ok(!drawn.parties.some((party) => party.startsWith("peer:")));
  assert.ok(drawn.transfers.every(({ state }) => state === "arrived" || state === "sent"));
  assert.ok(segments(drawn).every(({ seqs }) => seqs.length > 1));
  const big = segments(drawn).filter(({ bytes }) => bytes === 3000);
  assert.deepEqual(
    big.map(({ arrivals }) => arrivals.length),
    [3],
  );
});

test("a file is sent like any other bytes", () => {
  const story = tcpPair();
  send(story, 1, "sendfile", { payload: "whole", offset: 0 });
  received(story, 1.01, "whole");
  assert.deepEqual(
    segments(picture(story.events)).map(({ from, data, state }) => [from, data, state]),
    [["run:s", "whole", "arrived"]],
  );
});

test("after a sendall that failed no place is invented", () => {
  const story = tcpPair();
  send(story, 1, "sendall", { payload: "abc", offset: 0 });
  send(story, 1.1, "sendall", { error: "timeout" }); // some of it went, and nobody knows how much
  received(story, 1.2, "abc");
  received(story, 1.3, "0123456789");
  send(story, 1.4, "sendall", { payload: "xyz", offset: 3 });
  assert.deepEqual(
    segments(picture(story.events)).map(({ data, sent, state }) => [data, sent, state]),
    [
      ["abc", 1, "arrived"],
      ["0123456789", null, "arrived"],
      ["xyz", 1.4, "unknown"],
    ],
  );
});

for (const call of ["sendall", "sendfile"]) {
  for (const error of ["timeout", "ECONNRESET", "EPIPE", "KeyboardInterrupt"]) {
    test(`bytes of a call that failed are not taken for those of the next: ${call}, ${error}`, () => {
      const story = tcpPair();
      send(story, 1, "send", { payload: "abc", offset: 0 });
      send(story, 1.3, call, { enter: 1.1, error }); // after it had sent "012", which nobody counts
      received(story, 1.2, "abc012");
      send(story, 1.4, "send", { payload: "xyz", offset: 3 });
      received(story, 1.5, "xyz");
      const drawn = segments(picture(story.events));
      assert.deepEqual(
        drawn.map(({ data, sent, state, arrivals }) => [data, sent, state, arrivals]),
        [
          ["abc", 1, "arrived", [[1.2, 0, 3]]],
          ["xyz", 1.4, "unknown", []],
          ["xyz", null, "arrived", [[1.5, 6, 9]]],
        ],
      );
    });
  }
}

test("the other direction stays certain after a sendall that failed", () => {
  const story = tcpPair();
  send(story, 1, "sendall", { error: "timeout" });
  story.client("c1", "sent", 1.1, { payload: "up" });
  read(story, 1.101, "up", 0);
  assert.deepEqual(arrows(picture(story.events), "segment"), [
    ["client:c1", "run:s", "up", "arrived"],
  ]);
});

test("a file that the kernel cannot send leaves places certain", () => {
  const story = tcpPair();
  send(story, 1, "sendfile", { error: "_GiveupOnSendfile" }); // it has sent nothing; send() follows
  send(story, 1.1, "send", { payload: "bytes", offset: 0 });
  received(story, 1.2, "bytes");
  assert.deepEqual(arrows(picture(story.events), "segment"), [
    ["run:s", "client:c1", "bytes", "arrived"],
  ]);
});

test("pieces that a client did not tell are never paired wrongly", () => {
  const story = tcpPair();
  story.client("c1", "sent", 1, { payload: "abc" });
  read(story, 1.01, "abc", 0);
  story.tell("dropped", 1.1, { client: "c1", run: "s", what: "messages", count: 3, bytes: 9 });
  story.client("c1", "sent", 1.2, { payload: "xyz" });
  read(story, 1.21, "xyz", 12);
  const drawn = picture(story.events);
  assert.deepEqual(
    segments(drawn).map(({ data, state }) => [data, state]),
    [
      ["abc", "arrived"],
      ["xyz", "unknown"],
      ["xyz", "arrived"],
    ],
  );
  assert.deepEqual(drawn.breaks, [3]);
});
