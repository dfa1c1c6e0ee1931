// Who is who on the wire: clients of people, programs that were given a name.

import assert from "node:assert/strict";
import { test } from "node:test";
import { labView } from "../../../frontend/static/js/model/lab-view.js";
import { isRenamed } from "../../../frontend/static/js/model/people.js";
import { initial, merge } from "../../../frontend/static/js/model/room-state.js";
import { LISTENING, numbered, OPENED, STARTED } from "../events.js";
import { stateAfter } from "./room.js";

const LAB = { id: STARTED.lab, programs: ["server"], server: null, transport: "udp", client: {} };
const opened = (client, owner, name) => ({ ...OPENED, client, owner, name });
const CLOSED = { type: "client.closed", client: "c1", run: "r1" };

const viewAfter = (...events) => labView(stateAfter(numbered(STARTED, LISTENING, ...events)), LAB);
const namesAfter = (...events) => viewAfter(...events).names;

test("a client of a person is called after them, and has their colour's number", () => {
  const { names, owners } = viewAfter(opened("c1", "p2", "Anna"), opened("c2", "p3", "Boris"));
  assert.deepEqual([names.get("c1"), names.get("c2")], ["Anna", "Boris"]);
  assert.deepEqual([owners.get("c1"), owners.get("c2")], ["p2", "p3"]);
});

test("where people have no names a client has none either", () => {
  const { names, owners } = viewAfter(OPENED);
  assert.equal(names.has("c1"), false);
  assert.equal(owners.size, 0);
});

test("a second client of somebody at the same time is their second one", () => {
  const both = namesAfter(opened("c1", "p2", "Anna"), opened("c2", "p2", "Anna"));
  assert.deepEqual([both.get("c1"), both.get("c2")], ["Anna", "Anna 2"]);
  const again = namesAfter(opened("c1", "p2", "Anna"), CLOSED, opened("c2", "p2", "Anna"));
  assert.equal(again.get("c2"), "Anna");
});

test("two people of one name are told apart", () => {
  const names = namesAfter(opened("c1", "p2", "Anna"), opened("c2", "p3", "Anna"));
  assert.deepEqual([names.get("c1"), names.get("c2")], ["Anna #2", "Anna #3"]);
});

test("who is renamed is called so in everything that they did", () => {
  const names = namesAfter(opened("c1", "p2", "Anna"), {
    type: "person.renamed",
    person: "p2",
    name: "Anya",
  });
  assert.equal(names.get("c1"), "Anya");
});

test("a program at an address has the name that it was given, until it is taken away", () => {
  const named = { type: "peer.named", address: "127.0.0.1:41314", name: "Boris's nc" };
  assert.equal(namesAfter(named).get("127.0.0.1:41314"), "Boris's nc");
  assert.equal(namesAfter(named, { ...named, name: "" }).has("127.0.0.1:41314"), false);
});

test("what nobody should see in a name is shown", () => {
  assert.equal(
    namesAfter(opened("c1", "p2", "A\u202enna"))
      .get("c1")
      .includes("\u202e"),
    false,
  );
});

test("after a gap the API tells whose clients are", () => {
  const client = {
    id: "c4",
    run: "r1",
    transport: "udp",
    local: "127.0.0.1:1",
    peer: "",
    owner: "p2",
  };
  const room = {
    epoch: null,
    last_seq: 9,
    runs: [{ id: "r1", lab: LAB.id, program: "server", state: "listening" }],
    clients: [client],
    people: [{ id: "p2", name: "Anna" }],
    peers: { "127.0.0.1:9": "nc" },
  };
  const { names } = labView(merge(initial(), room), LAB);
  assert.deepEqual([names.get("c4"), names.get("127.0.0.1:9")], ["Anna", "nc"]);
});

test("new clients rename nothing, a new name of an address does", () => {
  const before = new Map([["c1", "Anna"]]);
  assert.equal(isRenamed(before, new Map([...before, ["c2", "Boris"]])), false);
  assert.equal(isRenamed(before, new Map([...before, ["127.0.0.1:9", "nc"]])), true);
  assert.equal(isRenamed(before, new Map([["c1", "Anya"]])), true);
});
