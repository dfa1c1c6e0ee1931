// Datagrams of unix sockets: an end need not have a name, and none is lost on its way.

import assert from "node:assert/strict";
import { test } from "node:test";
import { markLabel } from "../../../frontend/static/js/words/diagram-words.js";
import { Story } from "../events.js";
import { arrows, modelOf, picture, pictureInBatches } from "./drawn.js";

const PATH = "/tmp/server";
const SERVER = { socket: 1, inode: 11, local: PATH };
const CLIENT = { socket: 2, inode: 12 };

class UnixStory extends Story {
  call(run, call, t, more = {}) {
    return super.call(run, call, t, { transport: "unix", kind: "datagram", ...more });
  }
}

/** A server, and a program "c" with a socket that has no name, all of its own. */
function begun() {
  const story = new UnixStory();
  story.run("s");
  story.run("c", "client");
  story.call("s", "socket", 0.1, { ...SERVER, local: undefined });
  story.call("s", "bind", 0.2, { ...SERVER, address: PATH });
  story.call("c", "socket", 0.3, CLIENT);
  return story;
}

const send = (story, t, payload, more = {}) =>
  story.call("c", "sendto", t, { ...CLIENT, peer: PATH, payload, ...more });
const take = (story, t, payload, more = {}) =>
  story.call("s", "recvfrom", t, { ...SERVER, payload, ...more });

/** From whom, to whom, what, how it stands, and when it left and came. */
const told = ({ transfers }) =>
  transfers.map(({ from, to, data, state, sent, arrivals }) => [
    ...[from, to, data, state, sent],
    ...arrivals.map(([t]) => t),
  ]);

test("who has no name sends to who has one", () => {
  const story = begun();
  send(story, 1, "hi");
  take(story, 1.1, "hi");
  assert.deepEqual(told(picture(story.events)), [["run:c", "run:s", "hi", "arrived", 1, 1.1]]);
});

test("however the events come in, it is the same picture", () => {
  const story = begun();
  send(story, 1, "same");
  send(story, 1.1, "same", { call: "send", peer_inode: 11 });
  send(story, 1.2, "other", { ...CLIENT, socket: 3, inode: 13, local: "/tmp/named" });
  take(story, 2, "same");
  take(story, 2.1, "same");
  take(story, 2.2, "other", { peer: "/tmp/named" });
  const expected = told(picture(story.events, { advance: 9 }));
  assert.deepEqual(expected, [
    ["run:c", "run:s", "same", "arrived", 1, 2],
    ["run:c", "run:s", "same", "arrived", 1.1, 2.1],
    ["run:c", "run:s", "other", "arrived", 1.2, 2.2],
  ]);
  const of = (run) => story.events.filter((event) => event.run === run);
  for (const batches of [
    [of("s"), of("c")],
    [of("c"), of("s")],
    story.events.map((event) => [event]),
  ]) {
    const drawn = pictureInBatches(batches, { advance: 9 });
    assert.deepEqual(told(drawn), expected);
    assert.deepEqual(drawn.parties, ["run:c", "run:s"]);
  }
});

test("a pair knows each other by their inodes", () => {
  const story = new UnixStory();
  story.run("s");
  const ends = [
    { socket: 1, inode: 11, peer_inode: 12 },
    { socket: 2, inode: 12, peer_inode: 11 },
    { socket: 3, inode: 13, peer_inode: 14 },
    { socket: 4, inode: 14, peer_inode: 13 },
  ];
  for (const end of ends) story.call("s", "socketpair", 0.5, end);
  for (const [i, end] of ends.entries()) story.call("s", "send", 1 + i, { ...end, payload: "x" });
  for (const i of [3, 2, 1, 0]) story.call("s", "recv", 9 - i, { ...ends[i], payload: "x" });
  const times = picture(story.events).transfers.map(({ sent, arrivals }) => [sent, arrivals[0][0]]);
  assert.deepEqual(times, [
    [1, 8],
    [2, 9],
    [3, 6],
    [4, 7],
  ]);
});

test("where the kernel does not say to whom, somebody has got it", () => {
  const story = new UnixStory();
  story.run("s");
  story.call("s", "socketpair", 0.5, { socket: 1, inode: 11 });
  story.call("s", "send", 1, { socket: 1, inode: 11, payload: "x" });
  const drawn = picture(story.events, { advance: 60 });
  assert.deepEqual(told(drawn), [["run:s", "peer:unix/", "x", "sent", 1]]);
});

test("it waits in the queue, however long, and whoever overtakes it", () => {
  const story = begun();
  send(story, 1, "first");
  send(story, 1.1, "second", { socket: 3, inode: 13, tid: 2 });
  take(story, 30, "second", { enter: 2 });
  const drawn = picture(story.events, { advance: 60 });
  assert.deepEqual(arrows(drawn), [
    ["run:c", "run:s", "first", "waiting"],
    ["run:c", "run:s", "second", "arrived"],
  ]);
});

test("what was before it in the queue has been taken unseen", () => {
  const story = begun();
  send(story, 1, "first");
  send(story, 1.01, "second");
  take(story, 2, "second");
  assert.deepEqual(
    arrows(picture(story.events)).map(([, , data, state]) => [data, state]),
    [
      ["first", "unknown"],
      ["second", "arrived"],
    ],
  );
  take(story, 2.01, "first"); // by another thread, told a little later
  assert.equal(picture(story.events).transfers[0].state, "arrived");
});

test("a sender that had to wait has sent it at the end of that", () => {
  const story = begun();
  send(story, 5, "late", { enter: 1 });
  take(story, 5.2, "late");
  send(story, 9, "woken", { enter: 6 });
  take(story, 8.9, "woken");
  assert.deepEqual(
    told(picture(story.events)).map(([, , data, , ...times]) => [data, ...times]),
    [
      ["late", 5, 5.2],
      ["woken", 8.9, 8.9],
    ],
  );
});

test("a call that says the sender's name says that it has none, too", () => {
  const story = begun();
  send(story, 1, "x", { socket: 3, inode: 13, local: "/tmp/named" });
  send(story, 1.1, "x");
  take(story, 2, "x");
  take(story, 2.1, "x", { peer: "/tmp/named" });
  assert.deepEqual(
    picture(story.events).transfers.map(({ sent, arrivals }) => [sent, arrivals[0][0]]),
    [
      [1, 2.1],
      [1.1, 2],
    ],
  );
});

test("a name that is taken anew is another socket; who was connected stays so", () => {
  const story = begun();
  story.call("c", "connect", 0.5, { ...CLIENT, peer: PATH, peer_inode: 11 });
  story.call("s", "bind", 0.9, { socket: 5, inode: 15, local: PATH, address: PATH });
  story.call("c", "send", 1, { ...CLIENT, peer: PATH, peer_inode: 11, payload: "x" });
  story.call("c", "sendto", 2, { socket: 6, inode: 16, peer: PATH, payload: "x" });
  story.call("s", "recvfrom", 3, { socket: 5, inode: 15, local: PATH, payload: "x" });
  story.call("s", "recvfrom", 4, { ...SERVER, payload: "x" });
  assert.deepEqual(
    picture(story.events).transfers.map(({ sent, arrivals }) => [sent, arrivals[0][0]]),
    [
      [1, 4],
      [2, 3],
    ],
  );
});

test("two paths of a file are one socket, and one path of two files is two", () => {
  const story = begun();
  const bound = (socket, file, t) => {
    const facts = { socket, inode: 10 * socket, local: "./a", local_file: file };
    story.call("s", "bind", t, { ...facts, address: "./a" });
    return facts;
  };
  const [one, other] = [bound(3, "fe:1", 0.4), bound(4, "fe:2", 0.5)];
  send(story, 1, "one", { peer: "./a", peer_file: "fe:1" });
  send(story, 1.1, "one, too", { peer: "/tmp/a", peer_file: "fe:1" });
  send(story, 1.2, "other", { peer: "./a", peer_file: "fe:2" });
  send(story, 1.3, "somebody else", { peer: "./a", peer_file: "fe:3" });
  const { events } = story;
  for (const [t, facts, payload] of [
    [2, one, "one"],
    [2.1, one, "one, too"],
    [2.2, other, "other"],
  ]) {
    story.call("s", "recv", t, { ...facts, payload });
  }
  const expected = [
    ["run:c", "run:s", "one", "arrived"],
    ["run:c", "run:s", "one, too", "arrived"],
    ["run:c", "run:s", "other", "arrived"],
    ["run:c", "peer:unix/./a", "somebody else", "sent"],
  ];
  assert.deepEqual(arrows(picture(events, { advance: 60 })), expected);
  const late = ["c", "s"].map((run) => events.filter((event) => event.run === run));
  assert.deepEqual(arrows(pictureInBatches(late, { advance: 60 })), expected);
});

for (const [what, gone, state] of [
  ["that was emptied", { call: "connect", peer_inode: 12 }, "lost"],
  ["that was read unseen", { call: "recvfrom", error: "timeout", enter: 1.2 }, "unknown"],
]) {
  test(`of equal ones in a queue ${what} the next is the one that is read`, () => {
    const story = begun();
    story.call("s", "connect", 0.5, { ...SERVER, peer_inode: 99 });
    send(story, 1, "same");
    const { call, ...more } = gone;
    story.call("s", call, 1.5, { ...SERVER, ...more });
    send(story, 2, "same");
    take(story, 3, "same");
    assert.deepEqual(
      told(picture(story.events)).map(([, , , ...rest]) => rest),
      [
        [state, 1],
        ["arrived", 2, 3],
      ],
    );
  });
}

test("a child that goes on when its parent has ended may read what it was sent", () => {
  const story = begun();
  send(story, 1, "x");
  story.tell("run.exited", 2, { run: "s", exit_status: 0 });
  take(story, 3, "x", { child: 7 });
  assert.deepEqual(told(picture(story.events)), [["run:c", "run:s/7", "x", "arrived", 1, 3]]);
});

test("a name after its owner has gone is somebody else's, who tells nothing", () => {
  const story = begun();
  story.call("s", "close", 0.5, SERVER);
  send(story, 2, "x");
  assert.deepEqual(arrows(picture(story.events, { advance: 60 })), [
    ["run:c", `peer:unix/${PATH}`, "x", "sent"],
  ]);
});

test("what nobody tells of the sending of comes from outside, until somebody does", () => {
  const story = begun();
  take(story, 1.001, "x");
  take(story, 1.002, "y");
  const early = modelOf([story.events]);
  assert.deepEqual(
    early.items.filter(({ kind }) => kind === "transfer").map(({ from }) => from.party.id),
    ["peer:unix/", "peer:unix/"],
  );
  const before = story.events.length;
  send(story, 1, "y");
  const drawn = pictureInBatches([story.events.slice(0, before), story.events.slice(before)]);
  assert.deepEqual(told(drawn), [
    ["run:c", "run:s", "y", "arrived", 1, 1.002],
    ["peer:unix/", "run:s", "x", "arrived", null, 1.001],
  ]);
});

test("a process that has gone on with a socket may read what is sent to it", () => {
  const story = begun();
  send(story, 1, "x");
  story.call("s", "close", 2, { ...SERVER, held: 1, elsewhere: true });
  assert.deepEqual(arrows(picture(story.events, { advance: 60 })), [
    ["run:c", "run:s", "x", "sent"],
  ]);
});

test("an error that is refused at once is of no datagram that was sent", () => {
  const story = begun();
  send(story, 1, "x");
  send(story, 2, undefined, { error: "ECONNREFUSED" });
  const drawn = picture(story.events, { advance: 60 });
  assert.deepEqual(arrows(drawn), [["run:c", "run:s", "x", "waiting"]]);
  assert.deepEqual(drawn.marks, ["ECONNREFUSED"]);
});

test("streams have no arrows, nor have recordings that do not tell which is which", () => {
  for (const [kind, words] of [
    ["stream", "unix streams: their calls only, no arrows"],
    [undefined, "unix sockets: their calls only, no arrows"],
  ]) {
    const story = new UnixStory();
    story.run("s");
    for (const t of [1, 2]) story.call("s", "send", t, { kind, local: PATH, payload: "x" });
    const model = modelOf([story.events]);
    const marks = model.items.filter((item) => item.kind === "mark");
    assert.deepEqual(
      marks.map((mark) => [mark.t, markLabel(mark)]),
      [[1, words]],
    );
    assert.deepEqual(picture(story.events).transfers, []);
  }
});
