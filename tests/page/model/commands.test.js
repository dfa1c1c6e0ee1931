// The commands of a task, as they work when they are pasted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandHere, commandsIn } from "../../../frontend/static/js/model/commands.js";

const LAB = { id: "tcp/echo", port: 50007, server: null };
const RUN = { state: "listening", host: "127.0.0.1", port: 50007 };
const TERMINAL = { folder: "/srv/anna/lab", python: "/srv/anna/lab/.venv/bin/python" };

const here = (command, change = {}) =>
  commandHere(command, {
    lab: LAB,
    run: { ...RUN, port: 41000 },
    pageHost: "127.0.0.1",
    terminal: null,
    ...change,
  });

test("a client goes to the port that the server really has", () => {
  assert.equal(
    here('python -m labs.tcp.echo.client "Привет, мир"'),
    'python -m labs.tcp.echo.client "Привет, мир" --port 41000',
  );
  assert.equal(here("nc -N 127.0.0.1 50007"), "nc -N 127.0.0.1 41000");
  assert.equal(
    here(`python -m labs.tcp.echo.client "$(python -c 'print("a" * 9)')" | grep recv`),
    `python -m labs.tcp.echo.client "$(python -c 'print("a" * 9)')" --port 41000 | grep recv`,
  );
  assert.equal(
    here("echo x | python -m labs.tcp.echo.client 'a | b'"),
    "echo x | python -m labs.tcp.echo.client 'a | b' --port 41000",
  );
  assert.equal(here("echo x | nc 127.0.0.1 50007"), "echo x | nc 127.0.0.1 41000");
  assert.equal(here("curl -i http://127.0.0.1:50007/"), "curl -i http://127.0.0.1:41000/");
  assert.equal(here("ss -tln 'sport = :50007'"), "ss -tln 'sport = :41000'");
});

test("and to its address", () => {
  const run = { ...RUN, host: "127.1.2.3" };
  assert.equal(here("nc 127.0.0.1 50007", { run }), "nc 127.1.2.3 50007");
  assert.equal(
    here("python -m labs.tcp.echo.client", { run }),
    "python -m labs.tcp.echo.client --host 127.1.2.3",
  );
  const open = { run: { ...RUN, host: "0.0.0.0" }, pageHost: "192.168.0.5" };
  assert.equal(here("nc 127.0.0.1 50007", open), "nc 192.168.0.5 50007");
});

test("what is none of the server's business stays as it is", () => {
  for (const command of [
    "python -m labs.tcp.echo.server",
    "python -m labs.tcp.echo.client --port 50099",
    "python -m labs.udp.echo.client",
    "nc -l 127.0.0.1 50007",
    "nc 127.0.0.1 500071",
  ])
    assert.equal(here(command), command);
  const client = "python -m labs.tcp.echo.client";
  assert.equal(here(client, { run: null }), client);
  assert.equal(here(client, { run: { ...RUN, port: 41000, state: "exited" } }), client);
});

test("a client of another lab's server finds it, too", () => {
  const lab = { ...LAB, id: "tcp/window", server: "tcp/echo" };
  assert.match(here("python -m labs.tcp.echo.client", { lab }), / --port 41000$/);
});

test("it is one line with the folder and the interpreter", () => {
  const run = null;
  const pasted = (command, terminal = TERMINAL) => here(command, { run, terminal });
  assert.equal(
    pasted("python -m labs.tcp.echo.server"),
    "cd /srv/anna/lab && .venv/bin/python -m labs.tcp.echo.server",
  );
  assert.equal(
    pasted(`python -c "print('x' * 9)" | python -m labs.tcp.echo.client`),
    `cd /srv/anna/lab && .venv/bin/python -c "print('x' * 9)" | .venv/bin/python -m labs.tcp.echo.client`,
  );
  assert.equal(
    pasted("python -m labs.tcp.echo.server", {
      folder: "/srv/it's my",
      python: "/usr/bin/python3",
    }),
    "cd '/srv/it'\\''s my' && /usr/bin/python3 -m labs.tcp.echo.server",
  );
  assert.equal(
    pasted("python my_server.py --port 12355"), // a copy that is made there
    "cd /srv/anna/lab && .venv/bin/python my_server.py --port 12355",
  );
  assert.equal(pasted("nc -N 127.0.0.1 50007"), "nc -N 127.0.0.1 50007"); // works anywhere
});

test("a block of commands is told from other text", () => {
  assert.deepEqual(commandsIn("nc 127.0.0.1 1\npython3 -c 1\n"), [
    "nc 127.0.0.1 1",
    "python3 -c 1",
  ]);
  assert.equal(commandsIn("GET / HTTP/1.1\nnc 127.0.0.1 1"), null);
});
