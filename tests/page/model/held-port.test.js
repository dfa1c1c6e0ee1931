// Who has the port that a server wanted, and how that program is brought in.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bringIn, heldPort } from "../../../frontend/static/js/model/held-port.js";

const NAMES = new Map([["127.0.0.1:12345", "python mine.py"]]);
const RUN = { state: "listening", host: "127.0.0.1", port: 40000, portTaken: 12345 };
const view = (change) => ({
  main: RUN,
  names: NAMES,
  lab: { port: 12345 },
  failure: null,
  ...change,
});

test("a server that moved says from where, and who is there", () => {
  assert.deepEqual(heldPort(view({})), { taken: 12345, got: 40000, name: "python mine.py" });
  assert.deepEqual(heldPort(view({ names: new Map() })), { taken: 12345, got: 40000, name: null });
});

test("so does one that was refused its port", () => {
  const failure = { code: "port_in_use", port: null };
  const told = heldPort(view({ main: null, failure }));
  assert.deepEqual(told, { taken: 12345, got: null, name: "python mine.py" });
  assert.equal(heldPort(view({ failure: { ...failure, port: 7 } })).taken, 7);
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
