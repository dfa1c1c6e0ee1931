// What keeps a timeline coming: a WebSocket that has to bring something, and what takes its place.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { network } from "../../../frontend/static/js/net/network.js";
import { EventStream } from "../../../frontend/static/js/net/stream.js";
import { LIMITS } from "../../../frontend/static/js/net/trial.js";

class Line extends EventTarget {
  sent = [];
  closed = false;

  constructor(url) {
    super();
    this.url = url;
  }

  send(text) {
    this.sent.push(text);
  }

  close() {
    this.closed = true;
  }

  open() {
    this.dispatchEvent(new Event("open"));
  }

  bring(data = "[]") {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  end(code = 1006) {
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

let sockets;
let plains;
let told;
let stream;
let looks; // for a server
let isThere;

// What was promised is done: timers are those of the test, so nothing else is waited for.
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await null;
};

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  sockets = [];
  plains = [];
  told = [];
  const opener = (into) => (url) => {
    into.push(new Line(url));
    return into.at(-1);
  };
  const openPlain = async (url) => opener(plains)(url);
  looks = 0;
  isThere = true;
  const lookForServer = async () => {
    looks += 1;
    if (!isThere) throw new Error("nobody");
  };
  const open = opener(sockets);
  stream = new EventStream({ url: () => "ws://x", open, openPlain, lookForServer });
  stream.addEventListener("status", ({ detail: { state, plain } }) =>
    told.push(plain ? "plain" : state),
  );
  stream.addEventListener("message", ({ detail }) => told.push(detail.data));
  stream.start();
});

afterEach(() => mock.timers.reset());

async function goPlain() {
  mock.timers.tick(LIMITS.proofMs);
  await settled();
  plains.at(-1).open();
  await settled();
}

test("a WebSocket is live once something has come through it", async () => {
  sockets[0].open();
  await settled();
  assert.deepEqual([told, sockets[0].sent], [["connecting"], ['{"type":"ping"}']]);
  sockets[0].bring();
  await settled();
  assert.deepEqual(told, ["connecting", "[]", "live"]);
  assert.equal(network.way, "websocket");
});

test("one that hangs, or brings nothing, is given up and said so", async () => {
  sockets[0].open();
  await goPlain();
  assert.deepEqual([told, sockets[0].closed], [["connecting", "plain"], true]);
  assert.equal(network.way, "plain");
});

test("one that is closed at once is tried once more before anything is said", async () => {
  sockets[0].end();
  await settled();
  plains[0].open();
  await settled();
  assert.deepEqual([sockets.length, told], [2, ["connecting"]]);
  sockets[1].end();
  await settled();
  assert.deepEqual(told, ["connecting", "plain"]);
});

test("a server that is only just back is not taken for a broken network", async () => {
  sockets[0].end();
  await settled();
  plains[0].open();
  await settled();
  sockets[1].open();
  sockets[1].bring();
  await settled();
  assert.deepEqual(told, ["connecting", "[]", "live"]);
  assert.equal(plains[0].closed, true);
});

test("who is told to go by the server does not come again, over either way", async () => {
  sockets[0].open();
  sockets[0].end(4401);
  await settled();
  assert.deepEqual([told, plains.length], [["connecting", "out"], 0]);
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
});

test("where nothing answers, it is lost and tried again", async () => {
  sockets[0].end();
  await settled();
  plains[0].end();
  await settled();
  assert.deepEqual(told, ["connecting", "lost"]);
  assert.notEqual(network.lostAt, null);
  mock.timers.tick(500);
  await settled();
  assert.equal(sockets.length, 2);
});

test("a server that is away is looked for each second, and found within one of its return", async () => {
  sockets[0].end();
  await settled();
  plains[0].end();
  isThere = false;
  await settled();
  mock.timers.tick(500);
  for (let second = 1; second <= 30; second += 1) {
    await settled();
    assert.deepEqual([looks, sockets.length], [second, 1]);
    mock.timers.tick(1000);
  }
  await settled();
  isThere = true;
  mock.timers.tick(1000);
  await settled();
  assert.equal(sockets.length, 2);
  sockets[1].open();
  sockets[1].bring();
  await settled();
  assert.deepEqual([told.at(-1), network.lostAt], ["live", null]);
});

test("a WebSocket is tried now and then, and takes over while the other still brings", async () => {
  await goPlain();
  mock.timers.tick(10_000);
  assert.equal(sockets.length, 2);
  plains[0].bring("[1]");
  sockets[1].open();
  sockets[1].bring("[1,2]");
  plains[0].bring("[2]");
  await settled();
  assert.deepEqual(told.slice(2), ["[1]", "[1,2]", "[2]", "live"]);
  plains[0].bring("[3]");
  sockets[1].bring("[3]");
  assert.deepEqual(told.slice(6), ["[3]"]);
});

test("a WebSocket that has fallen silent is lost", async () => {
  sockets[0].open();
  sockets[0].bring();
  await settled();
  mock.timers.tick(LIMITS.quietMs);
  assert.equal(sockets[0].sent.length, 2);
  sockets[0].bring();
  mock.timers.tick(LIMITS.quietMs);
  mock.timers.tick(LIMITS.answerMs);
  await settled();
  assert.equal(told.at(-1), "lost");
});

test("a WebSocket is asked at once when the network is another, and lost when it says nothing", async () => {
  sockets[0].open();
  sockets[0].bring();
  await settled();
  stream.retry();
  assert.equal(sockets[0].sent.length, 2);
  sockets[0].bring();
  mock.timers.tick(LIMITS.answerMs);
  assert.equal(told.at(-1), "[]"); // it lives, and goes on
  stream.retry();
  mock.timers.tick(LIMITS.answerMs);
  assert.equal(told.at(-1), "lost");
});

test("while it connects anew nothing is asked of the WebSocket before", async () => {
  sockets[0].open();
  sockets[0].bring();
  await settled();
  sockets[0].end();
  await settled();
  const { length } = sockets[0].sent;
  stream.retry(); // it connects
  stream.retry();
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0].sent.length, length);
});
