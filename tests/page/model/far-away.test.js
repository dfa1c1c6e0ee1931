// From where a lab is reached: a terminal needs the machine's address, or cannot.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isFarAway, terminalCommands } from "../../../frontend/static/js/model/lab-view.js";

const LAB = {
  id: "tcp/echo",
  programs: ["server", "client"],
  client: { kind: "message" },
  transport: "tcp",
  port: 12_351,
};
const run = (host) => ({ state: "listening", host, port: 20_005 });

for (const [host, pageHost, commands] of [
  ["127.0.0.1", "127.0.0.1", ["python -m labs.tcp.echo.client --port 20005", "nc 127.0.0.1 20005"]],
  ["127.0.0.1", "localhost", ["python -m labs.tcp.echo.client --port 20005", "nc 127.0.0.1 20005"]],
  ["127.0.0.9", "192.0.2.7", []],
  ["::1", "lab.example", []],
  [
    "0.0.0.0",
    "192.0.2.7",
    ["python -m labs.tcp.echo.client --host 192.0.2.7 --port 20005", "nc 192.0.2.7 20005"],
  ],
]) {
  test(`a run on ${host} in a page at ${pageHost} is reached by ${commands.length} commands`, () => {
    assert.deepEqual(terminalCommands(LAB, run(host), { pageHost }), commands);
    assert.equal(isFarAway(run(host), { pageHost }), commands.length === 0);
  });
}

test("what does not listen is not far away", () => {
  for (const none of [null, { state: "starting" }, { ...run("127.0.0.1"), state: "exited" }]) {
    assert.equal(isFarAway(none, { pageHost: "192.0.2.7" }), false);
  }
});
