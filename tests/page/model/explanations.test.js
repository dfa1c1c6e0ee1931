// Which words are for an event.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Explanations } from "../../../frontend/static/js/model/explanations.js";
import { SHAPES } from "../../../frontend/static/js/model/event-shapes.js";
import { EXAMPLE, parsed } from "../events.js";

const WORDS = englishOf(
  readFileSync(new URL("../../../frontend/explanations.toml", import.meta.url), "utf8"),
);

/** The English words by section and key. The strings and arrays of that file are JSON, too. */
function englishOf(toml) {
  const words = {};
  let [keys, entry] = [{}, {}];
  for (const line of toml.split("\n")) {
    const heading = /^\[(\w+)\.(?:"(?<quoted>.+)"|(?<bare>.+))\]$/.exec(line);
    if (heading) {
      words[heading[1]] ??= {};
      keys = words[heading[1]];
      entry = {};
      keys[heading.groups.quoted ?? heading.groups.bare] = entry;
    }
    const also = /^also = (.*)$/.exec(line);
    if (also) for (const key of JSON.parse(also[1])) keys[key] = entry;
    const english = /^en\.(\w+) = (.*)$/.exec(line);
    if (english) entry[english[1]] = JSON.parse(english[2]);
  }
  return words;
}

const explained = new Explanations(WORDS);
const explain = (event, more) => explained.explain(event, more);

const RECV = { type: "call", run: "r1", n: 1, socket: 1, transport: "tcp", call: "recv" };
const RECVFROM = { ...RECV, call: "recvfrom", transport: "udp" };
const UNIX = { ...RECVFROM, transport: "unix", kind: "datagram" };
const FAILED = { type: "run.failed", run: "r1" };

for (const [event, section, key] of [
  [{ ...RECV, phase: "enter" }, "call", "recv enter"],
  [{ ...RECV, phase: "return", bytes: 5 }, "call", "recv"],
  [{ ...RECV, phase: "return", bytes: 0 }, "call", "recv end"],
  [{ ...RECVFROM, bytes: 0 }, "call", "recvfrom empty"],
  [{ ...RECVFROM, bytes: 4 }, "call", "recvfrom udp"],
  [{ ...RECV, bytes: 4, flags: "MSG_PEEK" }, "call", "recv peek"],
  [{ ...RECV, call: "connect", transport: "udp" }, "call", "connect udp"],
  [{ ...RECV, call: "bind" }, "call", "bind"],
  [{ ...RECV, call: "close", held: 1 }, "call", "close held"],
  [{ ...RECV, call: "close", held: 0 }, "call", "close"],
  [{ ...RECV, call: "shutdown", how: "SHUT_WR" }, "call", "shutdown SHUT_WR"],
  [{ ...RECV, call: "setsockopt", option: "SO_REUSEADDR" }, "call", "setsockopt SO_REUSEADDR"],
  [{ ...RECV, call: "settimeout", value: 3 }, "call", "settimeout"],
  [{ ...RECV, call: "settimeout" }, "call", "settimeout none"],
  [{ ...RECV, call: "settimeout", value: 0 }, "call", "settimeout zero"],
  [{ ...RECV, call: "setblocking", value: false }, "call", "setblocking off"],
  [{ ...UNIX, bytes: 4 }, "call", "recvfrom unix-datagram"],
  [{ ...UNIX, bytes: 0 }, "call", "recvfrom empty unix-datagram"],
  [{ ...UNIX, phase: "enter" }, "call", "recvfrom enter unix-datagram"],
  [{ ...UNIX, call: "bind" }, "call", "bind unix"],
  [{ ...UNIX, call: "sendto", error: "EMSGSIZE" }, "error", "EMSGSIZE unix"],
  [{ ...UNIX, call: "sendto", error: "ENOENT" }, "error", "ENOENT"],
  [{ ...UNIX, kind: "stream", call: "connect" }, "call", "connect"],
  [{ ...RECV, call: "connect", error: "ECONNREFUSED" }, "error", "ECONNREFUSED"],
  [{ ...RECVFROM, error: "ECONNREFUSED" }, "error", "ECONNREFUSED udp"],
  [{ ...RECV, error: "WSAECONNRESET" }, "error", "ECONNRESET"],
  [{ type: "thread", event: "joined", ended: false }, "thread", "joined timeout"],
  [{ type: "thread", event: "joined", ended: true }, "thread", "joined"],
  [{ type: "thread", event: "joined", ended: false, error: "X" }, "thread", "joined interrupted"],
  [{ type: "thread", event: "waits", until: "line" }, "thread", "waits line"],
  [{ type: "thread", event: "waited", until: "ready" }, "thread", "waited"],
  [
    { type: "thread", event: "waited", until: "ready", error: "timeout" },
    "thread",
    "waited timeout",
  ],
  [{ type: "sync", kind: "Condition", event: "notified", woke: [] }, "sync", "notified nobody"],
  [{ type: "sync", kind: "Condition", event: "notified", woke: [2] }, "sync", "notified"],
  [{ type: "sync", kind: "Condition", event: "timeout" }, "sync", "Condition timeout"],
  [
    { type: "sync", event: "waiting", kind: "Condition", until: "notify" },
    "sync",
    "Condition waiting notify",
  ],
  [{ type: "run.exited", exit_status: -9 }, "event", "run.exited signal"],
  [{ type: "run.exited", exit_status: 0 }, "event", "run.exited"],
  [{ ...FAILED, error: { code: "port_in_use", message: "" } }, "problem", "port_in_use"],
  [{ ...FAILED, error: { code: "new", message: "" } }, "event", "run.failed"],
  [{ type: "output", stream: "stderr" }, "event", "output stderr"],
  [{ type: "dropped", what: "calls" }, "event", "dropped calls"],
  [{ type: "gap", missed: 3 }, "event", "gap"],
]) {
  const told = event.error ? `${key} of ${event.call ?? event.type}` : key;
  test(`the most exact words are taken: ${told}`, () => {
    assert.equal(explain(event).title, WORDS[section][key].title);
  });
}

test("the transport of a client is told beside its event", () => {
  const refused = { type: "client.failed", code: "refused", message: "" };
  const titleOver = (transport) => explain(refused, { transport }).title;
  assert.equal(titleOver("udp"), WORDS.problem["refused udp"].title);
  assert.equal(titleOver("tcp"), WORDS.problem.refused.title);
  assert.notEqual(titleOver("udp"), titleOver("tcp"));
});

test("places are filled from the event", () => {
  const call = { ...RECV, call: "recv_into", phase: "enter" };
  assert.ok(explain(call).text.includes("recv_into()"));
  const waiting = { type: "sync", event: "waiting", kind: "RLock" };
  assert.ok(explain(waiting).text.includes("The RLock is taken"));
});

test("an error without words of its own is named", () => {
  assert.equal(explain({ ...RECV, error: "EXDEV" }).title, "Error EXDEV");
});

for (const name of ["person.joined", "__proto__", "constructor"]) {
  test(`what is not known is not explained: ${name}`, () => {
    assert.equal(explain({ type: name }), null);
    assert.equal(explain({ ...RECV, call: name }), null);
  });
}

test("every event of the example is explained", () => {
  const events = parsed(EXAMPLE.trimEnd().split("\n").slice(1));
  assert.deepEqual(
    events.filter((event) => explain(event, { transport: "udp" }) === null),
    [],
  );
});

test("every type of event has words, whatever else it says", () => {
  // The types of event-shapes.js are those of the backend: tests/page/model/test_recording.py.
  const plain = Object.keys(SHAPES).filter(
    (type) =>
      !["call", "thread", "sync", "output", "dropped"].includes(type) &&
      !/^(person|room|peer|memory)\./.test(type), // of a class: it is not in a picture
  );
  assert.ok(plain.length > 0);
  assert.deepEqual(
    plain.filter((type) => explain({ type }) === null),
    [],
  );
});
