// Who has the port that a server wanted, and how that program is brought in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bringIn, heldPort } from "../../../frontend/static/js/model/held-port.js";

const NAMES = new Map([["127.0.0.1:12345", "python mine.py"]]);
const RUN = { id: "r1", state: "listening", host: "127.0.0.1", port: 40000, portTaken: 12345 };
const view = (change) => ({
  main: RUN,
  active: [],
  names: NAMES,
  lab: { port: 12345 },
  failure: null,
  ...change,
});

test("a server that moved says from where, and who is there", () => {
  const moved = { taken: 12345, got: 40000, name: "python mine.py", run: "r1", fixed: null };
  assert.deepEqual(heldPort(view({})), moved);
  assert.deepEqual(heldPort(view({ names: new Map() })), { ...moved, name: null });
});

test("so does one that was refused its port", () => {
  const failure = { code: "port_in_use", port: null };
  const told = heldPort(view({ main: null, failure }));
  assert.deepEqual(told, {
    taken: 12345,
    got: null,
    name: "python mine.py",
    run: null,
    fixed: null,
  });
  assert.equal(heldPort(view({ failure: { ...failure, port: 7 } })).taken, 7);
});

test("of a first version it says that no other port will do", () => {
  const failure = { code: "port_in_use", port: null, program: "first_server" };
  assert.equal(heldPort(view({ main: null, failure })).fixed, "first_server.py");
  assert.equal(heldPort(view({ failure: { ...failure, program: "server" } })).fixed, null);
});

test("the lab's own server that has the port is named, and can be stopped", () => {
  const main = { ...RUN, port: 12345, portTaken: null };
  const names = new Map([...NAMES, ["r1", "server.py"]]);
  const failure = { code: "port_in_use", port: null, program: "first_server" };
  const { name, run } = heldPort(view({ main, active: [main], names, failure }));
  assert.deepEqual({ name, run }, { name: "server.py", run: "r1" });
});

test("there is nothing to say of a server that has its port, or has ended", () => {
  assert.equal(heldPort(view({ main: { ...RUN, portTaken: null } })), null);
  assert.equal(heldPort(view({ main: { ...RUN, state: "exited" } })), null);
  assert.equal(heldPort(view({ main: null, failure: { code: "limit" } })), null);
});

const URL_HERE = "http://127.0.0.1:8000/r/local/labs/udp/hello";
const bring = (name, terminal = null) => bringIn(name, { url: URL_HERE, terminal });

test("a program in Python can be brought in", () => {
  assert.equal(bring("python mine.py"), `socketlab trace --room ${URL_HERE} mine.py`);
  assert.equal(
    bring("python -m labs.udp.hello.server"),
    `socketlab trace --room ${URL_HERE} labs/udp/hello/server.py`,
  );
  for (const other of [null, "nc", "python", "python -c", "python -m http.server"])
    assert.equal(bring(other), null);
});

test("the command works where it is pasted", () => {
  const folder = "/srv/anna/lab";
  const bin = `${folder}/.venv/bin`;
  const terminal = { folder, python: `${bin}/python`, socketlab: `${bin}/socketlab` };
  assert.equal(
    bring("python -m labs.udp.hello.server", terminal),
    `cd ${folder} && .venv/bin/socketlab trace --room ${URL_HERE} labs/udp/hello/server.py`,
  );
  assert.equal(
    bring("python mine.py", terminal),
    `${bin}/socketlab trace --room ${URL_HERE} mine.py`,
  );
});
