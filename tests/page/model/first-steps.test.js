import assert from "node:assert/strict";
import { test } from "node:test";

import { firstStep } from "../../../frontend/static/js/model/first-steps.js";

const LAB = { client: { kind: "message" } };
const MAIN = { id: "r1", state: "listening" };
const client = (sent, received) => ({ run: "r1", sent, received });
const step = (main, clients, lab = LAB) => firstStep({ main, clients, lab });

test("a program is started first, and once it listens somebody talks to it", () => {
  assert.equal(step(null, []), "start");
  assert.equal(step({ ...MAIN, state: "starting" }, []), null);
  assert.equal(step(MAIN, []), "talk");
  assert.equal(step(MAIN, [client(0, 0)]), "talk");
});

test("an answer is looked at, or what was sent to a server that never answers", () => {
  assert.equal(step(MAIN, [client(5, 0)]), null);
  assert.equal(step(MAIN, [client(5, 5)]), "look");
  assert.equal(step(MAIN, [client(5, 0)], { client: { kind: "message", one_way: true } }), "look");
});

test("a lab without clients, and one that has ended, ask for nothing more", () => {
  assert.equal(step(MAIN, [], { client: { kind: "none" } }), null);
  assert.equal(step({ ...MAIN, state: "exited" }, [client(5, 5)]), null);
});
