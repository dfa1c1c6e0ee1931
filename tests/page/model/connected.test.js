// Everybody who is connected to a server is counted, once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countConnected, isInBacklog } from "../../../frontend/static/js/model/connected.js";
import { initial, reduceAll } from "../../../frontend/static/js/model/room-state.js";

const OPEN = { type: "client.opened", client: "c1", run: "r1", transport: "tcp", peer: "x" };
const accept = (accepted, peer) => ({ type: "call", call: "accept", run: "r1", accepted, peer });

function roomAfter(...told) {
  const started = { type: "run.started", run: "r1", lab: "tcp/echo", program: "server" };
  const events = [started, ...told].map((event, i) => ({ t: i, args: [], ...event, seq: i + 1 }));
  const { runs, clients } = reduceAll(initial(), events);
  return { run: runs.get("r1"), clients: [...clients.values()] };
}

function connectedAfter(...told) {
  const { run, clients } = roomAfter(...told);
  return countConnected(run, clients);
}

/** Which clients wait in the backlog. */
function waitingAfter(...told) {
  const { run, clients } = roomAfter(...told);
  return clients.filter((client) => isInBacklog(run, client)).map(({ id }) => id);
}

const LOCAL = "127.0.0.1:5";
const [FIRST, SECOND] = [
  { ...OPEN, local: LOCAL },
  { ...OPEN, client: "c2", local: "127.0.0.1:6" },
];
const close = (socket, more) => ({ type: "call", call: "close", run: "r1", socket, ...more });

test("who is not accepted while the server serves another waits in the backlog", () => {
  assert.deepEqual(waitingAfter(FIRST), []); // of a server that has accepted nobody less is known
  assert.deepEqual(waitingAfter(FIRST, accept(4, LOCAL)), []);
  assert.deepEqual(waitingAfter(FIRST, accept(4, LOCAL), SECOND), ["c2"]);
  assert.deepEqual(waitingAfter(SECOND, accept(4, LOCAL), FIRST), ["c2"]); // in any order
  const served = [FIRST, accept(4, LOCAL), SECOND, accept(5, SECOND.local)];
  assert.deepEqual(waitingAfter(...served), []);
  const end = (what) => ({ ...SECOND, type: `client.${what}` });
  assert.deepEqual(waitingAfter(FIRST, accept(4, LOCAL), SECOND, end("shutdown")), ["c2"]);
  assert.deepEqual(waitingAfter(FIRST, accept(4, LOCAL), SECOND, end("closed")), []);
  assert.deepEqual(waitingAfter(...served, end("eof"), close(5)), []);
});

test("nobody is said to wait in the backlog where an accept may not have been told", () => {
  const lost = { type: "dropped", what: "trace", run: "r1", count: 3, bytes: 0 };
  assert.deepEqual(waitingAfter(FIRST, accept(4, LOCAL), lost, SECOND), []);
  const udp = { ...SECOND, transport: "udp" };
  assert.deepEqual(waitingAfter(FIRST, accept(4, LOCAL), udp), []);
});

test("who is served by a child of the server is connected, and was accepted", () => {
  const child = [accept(4, LOCAL), close(4, { elsewhere: true }), accept(5, "127.0.0.1:7")];
  assert.deepEqual(waitingAfter(FIRST, ...child), []);
  assert.equal(connectedAfter(...child), 2);
});

test("a program in a terminal counts as a client of the page does", () => {
  const client = { ...OPEN, local: "127.0.0.1:5" };
  assert.equal(connectedAfter(client), 1); // waits in the backlog
  assert.equal(connectedAfter(client, accept(4, "127.0.0.1:5")), 1); // the same one
  assert.equal(connectedAfter(client, accept(4, "127.0.0.1:5"), accept(5, "127.0.0.1:6")), 2);
});

test("a program that has connected is at its own address", () => {
  const connect = { type: "call", call: "connect", run: "r1", local: LOCAL, peer: "127.0.0.1:1" };
  assert.equal(roomAfter(connect).run.at, LOCAL);
  assert.equal(roomAfter({ ...connect, phase: "enter" }).run.at, undefined);
  assert.equal(roomAfter({ ...connect, error: "ECONNREFUSED" }).run.at, undefined);
});

test("who was closed counts no more", () => {
  const entered = { type: "call", call: "accept", run: "r1", phase: "enter" };
  assert.equal(connectedAfter(accept(4, "127.0.0.1:6"), entered, close(9)), 1);
  assert.equal(connectedAfter(accept(4, "127.0.0.1:6"), entered, close(4)), 0);
});
