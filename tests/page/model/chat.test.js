// A chat as it is read: speakers named once, notices of the server in one line, who is behind an address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped, speakerOf } from "../../../frontend/static/js/model/chat.js";

const line = (id, kind, who = "", at = id) => ({ id, kind, who, text: `${id}`, at, speaker: null });
const lines = (...kinds) => kinds.map(([kind, who], i) => line(i + 1, kind, who));
const goOn = (items) => items.map((item) => item.goesOn ?? "fold");

test("who speaks on is named once", () => {
  const said = lines(
    ["other", "a"],
    ["other", "a"],
    ["other", "b"],
    ["own", "You"],
    ["own", "You"],
  );
  assert.deepEqual(goOn(grouped(said)), [false, true, false, false, true]);
});

test("after a pause a speaker is named again", () => {
  assert.deepEqual(goOn(grouped([line(1, "other", "a", 0), line(2, "other", "a", 500)])), [
    false,
    false,
  ]);
});

test("three notices of the server are one line, two are two, ours are never folded", () => {
  const [n, o] = [["notice"], ["other", "a"]];
  assert.deepEqual(goOn(grouped(lines(n, n, o, n, n, n, n, o))), [
    false,
    false,
    false,
    "fold",
    false,
  ]);
  assert.equal(grouped(lines(n, n, n))[0].notices.length, 3);
  assert.equal(grouped(lines(["note"], ["note"], ["note"])).length, 3);
});

test("a fold is the same one when it grows", () => {
  const few = grouped(lines(["notice"], ["notice"], ["notice"]));
  const more = grouped(lines(["notice"], ["notice"], ["notice"], ["notice"]));
  assert.equal(few[0].id, more[0].id);
});

const client = (id, local, state = "open") => ({ id, local, state });
const known = {
  clients: [client("c1", "127.0.0.1:5", "closed"), client("c2", "127.0.0.1:5")],
  names: new Map([
    ["c1", "Anna"],
    ["c2", "Boris"],
    ["127.0.0.1:9", "nc"],
  ]),
  owners: new Map([
    ["c1", "p2"],
    ["c2", "p3"],
  ]),
};

test("an address is that of whoever has it now", () => {
  assert.deepEqual(speakerOf("127.0.0.1:5", known), { name: "Boris", number: 3 });
  assert.deepEqual(speakerOf("127.0.0.1:9", known), { name: "nc", number: null });
  assert.equal(speakerOf("127.0.0.1:7", known), null);
});

test("who logs in by their name has their colour", () => {
  assert.deepEqual(speakerOf("Anna", known), { name: "Anna", number: 2 });
  assert.equal(speakerOf("server.py", known), null);
});
