// Everybody who is connected to a server is counted, once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countConnected } from "../../../frontend/static/js/model/connected.js";
import { initial, reduceAll } from "../../../frontend/static/js/model/room-state.js";

const OPEN = { type: "client.opened", client: "c1", run: "r1", transport: "tcp", peer: "x" };
const accept = (accepted, peer) => ({ type: "call", call: "accept", run: "r1", accepted, peer });

function connectedAfter(...told) {
  const started = { type: "run.started", run: "r1", lab: "tcp/echo", program: "server" };
  const events = [started, ...told].map((event, i) => ({ t: i, args: [], ...event, seq: i + 1 }));
  const { runs, clients } = reduceAll(initial(), events);
  return countConnected(runs.get("r1"), [...clients.values()]);
}

test("a program in a terminal counts as a client of the page does", () => {
  const client = { ...OPEN, local: "127.0.0.1:5" };
  assert.equal(connectedAfter(client), 1); // waits in the backlog
  assert.equal(connectedAfter(client, accept(4, "127.0.0.1:5")), 1); // the same one
  assert.equal(connectedAfter(client, accept(4, "127.0.0.1:5"), accept(5, "127.0.0.1:6")), 2);
});

test("who was closed counts no more", () => {
  const entered = { type: "call", call: "accept", run: "r1", phase: "enter" };
  const close = (socket) => ({ type: "call", call: "close", run: "r1", socket });
  assert.equal(connectedAfter(accept(4, "127.0.0.1:6"), entered, close(9)), 1);
  assert.equal(connectedAfter(accept(4, "127.0.0.1:6"), entered, close(4)), 0);
});
