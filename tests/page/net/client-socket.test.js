// One client socket over a WebSocket that does what the test says: the order of credit, bytes, ends.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  ClientSocket,
  clientUrl,
  LIMITS,
  TRANSITIONS,
} from "../../../frontend/static/js/net/client-socket.js";

const OPENED = { type: "opened", client: "c1", local: "127.0.0.1:5", peer: "127.0.0.1:6" };
const TOLD = [
  "opened",
  "data",
  "sent",
  "unsent",
  "shutdown",
  "eof",
  "failure",
  "closed",
  "unknown",
];

class Wire extends EventTarget {
  sent = [];

  send(data) {
    this.sent.push(typeof data === "string" ? data : data.length);
  }

  close(code) {
    this.closedWith = code;
    this.end(code);
  }

  text(message) {
    this.#message(JSON.stringify(message));
  }

  bytes(...bytes) {
    this.#message(Uint8Array.from(bytes).buffer);
  }

  end(code = 1000, reason = "") {
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  #message(data) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

let wire;
let log;

beforeEach(() => {
  wire = new Wire();
  log = [];
});

const make = (transport) => new ClientSocket({ url: "ws://x", transport, open: () => wire });

function open(credit = 262_144) {
  wire.text(OPENED);
  if (credit > 0) wire.text({ type: "credit", bytes: credit });
}

function watch(socket) {
  for (const type of TOLD) {
    socket.addEventListener(type, ({ detail }) => log.push([type, detail]));
  }
  return socket;
}

const told = (type) => log.filter(([each]) => each === type).map(([, detail]) => detail);

const bytes = (length) => new Uint8Array(length);

test("the addresses are known once it is open", () => {
  const socket = make("udp");
  assert.equal(socket.state, "connecting");
  open();
  assert.deepEqual(
    [socket.state, socket.client, socket.local, socket.peer],
    ["open", "c1", "127.0.0.1:5", "127.0.0.1:6"],
  );
});

test("what is sent early waits for the connection and for credit", () => {
  const socket = make("tcp");
  socket.send(bytes(10));
  assert.deepEqual(wire.sent, []);
  open(0);
  assert.deepEqual(wire.sent, []);
  wire.text({ type: "credit", bytes: 10 });
  assert.deepEqual([wire.sent, socket.queuedBytes], [[10], 0]);
});

test("no more is sent than there is credit for", () => {
  const socket = make("tcp");
  open(100_000);
  socket.send(bytes(150_000));
  assert.deepEqual(wire.sent, [65_536]);
  wire.text({ type: "credit", bytes: 100_000 });
  assert.deepEqual([wire.sent, socket.queuedBytes], [[65_536, 65_536, 18_928], 0]);
});

test("no message is larger than the bridge takes, also of what was sent early", () => {
  const socket = make("tcp");
  socket.send(bytes(25));
  wire.text({ ...OPENED, message_limit: 10 });
  wire.text({ type: "credit", bytes: 100 });
  socket.send(bytes(12));
  assert.deepEqual([wire.sent, socket.queuedBytes], [[10, 10, 5, 10, 2], 0]);
});

test("a datagram is never cut", () => {
  const socket = make("udp");
  open(65_000);
  socket.send(bytes(65_507));
  assert.deepEqual(wire.sent, []);
  wire.text({ type: "credit", bytes: 1000 });
  assert.deepEqual(wire.sent, [65_507]);
});

for (const [transport, sent] of [
  ["udp", [0]],
  ["tcp", []],
]) {
  test(`nothing is a datagram, and no piece of a stream: ${transport}`, () => {
    const socket = make(transport);
    open();
    socket.send(bytes(0));
    assert.deepEqual(wire.sent, sent);
  });
}

test("a datagram that cannot exist is refused before it is sent", () => {
  const socket = make("udp");
  open();
  assert.throws(() => socket.send(bytes(65_508)), { code: "too_big" });
  assert.deepEqual([wire.sent, socket.state], [[], "open"]);
});

test("the queue is bounded with an error that has a name", () => {
  const socket = make("tcp");
  open(0);
  socket.send(bytes(LIMITS.queueBytes));
  assert.throws(() => socket.send(bytes(1)), { code: "queue_full" });
  assert.equal(socket.queuedBytes, 1_048_576);
});

test("what arrives is told as bytes", () => {
  watch(make("tcp"));
  open();
  wire.bytes(208, 159);
  wire.bytes();
  assert.deepEqual(
    told("data").map((detail) => [...detail.bytes]),
    [[208, 159], []],
  );
});

test("a half-close goes out after all bytes and answers still arrive", () => {
  const socket = watch(make("tcp"));
  open(0);
  socket.send(bytes(3));
  socket.shutdown();
  assert.deepEqual([wire.sent, socket.state], [[], "open"]);
  assert.throws(() => socket.send(bytes(1)), { code: "not_open" });
  wire.text({ type: "credit", bytes: 3 });
  assert.equal(socket.state, "finished");
  wire.bytes(1);
  wire.text({ type: "eof" });
  assert.equal(socket.state, "closing");
  wire.end();
  assert.equal(socket.state, "closed");
  assert.deepEqual(wire.sent, [3, '{"type":"shutdown"}']);
  assert.deepEqual(
    log.map(([type]) => type),
    ["opened", "sent", "shutdown", "data", "eof", "closed"],
  );
});

test("what a line that closes does not take any more was never sent", () => {
  const socket = watch(make("tcp"));
  open();
  wire.readyState = 2; // its end is on the way
  socket.send(Uint8Array.of(1, 2));
  socket.shutdown();
  wire.end();
  assert.deepEqual(wire.sent, []);
  assert.deepEqual(log.slice(1), [["closed", { unsentBytes: 2 }]]);
});

test("after the lab's end of file it may still send", () => {
  const socket = make("tcp");
  open();
  wire.text({ type: "eof" });
  socket.send(bytes(2));
  assert.deepEqual([socket.state, wire.sent], ["ended", [2]]);
});

test("a refused connection is one failure, then closed", () => {
  const socket = watch(make("tcp"));
  socket.send(bytes(4));
  wire.text({ type: "error", code: "refused", message: "RST" });
  wire.end(1000);
  assert.deepEqual(log, [
    ["failure", { code: "refused", message: "RST" }],
    ["closed", { unsentBytes: 4 }],
  ]);
  assert.equal(socket.state, "closed");
});

test("a refused datagram leaves the socket open", () => {
  const socket = make("udp");
  open();
  wire.text({ type: "error", code: "refused", message: "ICMP" });
  socket.send(bytes(1));
  assert.deepEqual([socket.state, wire.sent], ["open", [1]]);
});

for (const code of ["foreign", "forbidden"]) {
  test(`a datagram that the bridge did not pass on is given back: ${code}`, () => {
    const socket = watch(make("udp"));
    open();
    for (const length of [0, 2, 3]) socket.send(bytes(length));
    wire.text({ type: "credit", bytes: 2 });
    wire.text({ type: "error", code, message: "" });
    wire.text({ type: "credit", bytes: 3 });
    assert.deepEqual(told("unsent"), [{ bytes: bytes(3) }]);
    wire.text({ type: "error", code, message: "" });
    assert.equal(told("unsent").length, 1);
  });
}

test("a datagram that nobody takes was sent all the same", () => {
  const socket = watch(make("udp"));
  open();
  socket.send(bytes(1));
  wire.text({ type: "error", code: "refused", message: "ICMP" });
  assert.deepEqual([told("sent").length, told("unsent")], [1, []]);
});

for (const [wasOpen, code, failure] of [
  [false, 1006, "not_opened"],
  [true, 1006, "lost"],
  [true, 1009, "too_long"],
]) {
  test(`a lost connection has a name: ${failure}`, () => {
    watch(make("tcp"));
    if (wasOpen) open();
    wire.end(code);
    assert.deepEqual(
      told("failure").map((detail) => detail.code),
      [failure],
    );
  });
}

for (const code of [1000, 1008, 1013]) {
  test(`an end that the bridge has explained is not a second failure: ${code}`, () => {
    watch(make("tcp"));
    open();
    wire.text({ type: "error", code: "window", message: "" });
    wire.end(code);
    assert.equal(told("failure").length, 1);
  });
}

test("closing it oneself is no failure", () => {
  const socket = watch(make("tcp"));
  open();
  socket.close();
  assert.deepEqual([wire.closedWith, socket.state], [1000, "closed"]);
  assert.deepEqual(
    log.map(([type]) => type),
    ["opened", "closed"],
  );
  assert.throws(() => socket.send(bytes(1)), { code: "not_open" });
});

test("an unknown control message is reported", (context) => {
  const warned = context.mock.method(console, "warn", () => {});
  watch(make("tcp"));
  open();
  wire.text({ type: "sneeze" });
  assert.deepEqual(log.at(-1), ["unknown", { type: "sneeze" }]);
  assert.equal(warned.mock.callCount(), 1);
});

test("every state of the table can be closed and only closed is final", () => {
  const { closed, ...others } = TRANSITIONS;
  assert.deepEqual(closed, {});
  for (const row of Object.values(others)) {
    assert.equal(row.closed, "closed");
    for (const state of Object.values(row)) assert.ok(state in TRANSITIONS);
  }
});

for (const [protocol, scheme] of [
  ["http:", "ws:"],
  ["https:", "wss:"],
]) {
  test(`the address of a client is on the page's own server: ${scheme}`, () => {
    const origin = { protocol, host: "lab.example:8000" };
    assert.equal(
      clientUrl("a/b", "r1", { origin }),
      `${scheme}//lab.example:8000/ws/rooms/a%2Fb/runs/r1/client`,
    );
  });
}
