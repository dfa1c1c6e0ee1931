// A class by its events: who is there, how it works, where a person's page has to be.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  classFrom,
  deskOf,
  placeOf,
  reduceClass,
} from "../../../frontend/static/js/model/class-state.js";

const ROOM = {
  id: "abc",
  code: "123456",
  name: "Networks",
  policy: "together",
  locked: false,
  shown: null,
  last_seq: 10,
  people: [{ id: "p1", name: "Host", role: "host", muted: false, online: true, desk: null }],
  peers: { "127.0.0.1:5": "nc" },
};
const HOST = { id: "p1", role: "host" };
const GUEST = { id: "p2", role: "guest" };

const after = (...events) =>
  events.reduce(
    (state, event, at) => reduceClass(state, { seq: 11 + at, ...event }),
    classFrom(ROOM),
  );

test("people come, change and go", () => {
  const joined = { type: "person.joined", person: "p2", name: "Anna", role: "guest" };
  const online = { type: "person.online", person: "p2", online: true };
  const muted = { type: "person.muted", person: "p2", muted: true };
  const renamed = { type: "person.renamed", person: "p2", name: "Ann" };
  const state = after(joined, online, muted, renamed);
  const ann = { id: "p2", name: "Ann", role: "guest", muted: true, online: true };
  assert.deepEqual(state.people.get("p2"), ann);
  const left = { seq: 99, type: "person.left", person: "p2", removed: true };
  assert.deepEqual([...reduceClass(state, left).people.keys()], ["p1"]);
});

test("the room changes, shows something and ends", () => {
  const state = after(
    { type: "room.changed", name: "Nets", policy: "watch", locked: true },
    { type: "room.shown", room: "abc", lab: "udp/hello" },
    { type: "room.closing", t: 100, in_s: 60, reason: "nobody is here" },
    { type: "peer.named", address: "127.0.0.1:6", name: "mine" },
    { type: "peer.named", address: "127.0.0.1:5", name: "" },
  );
  assert.deepEqual([state.name, state.policy, state.locked], ["Nets", "watch", true]);
  assert.deepEqual(state.shown, { room: "abc", lab: "udp/hello" });
  assert.deepEqual(state.closing, { at: 160, reason: "nobody is here" });
  assert.deepEqual([...state.peers], [["127.0.0.1:6", "mine"]]);
  assert.equal(reduceClass(state, { seq: 99, type: "room.shown" }).shown, null);
});

test("what the API has told already, and what is not of a class, changes nothing", () => {
  const before = classFrom(ROOM);
  assert.equal(reduceClass(before, { seq: 10, type: "person.left", person: "p1" }), before);
  assert.equal(reduceClass(before, { seq: 11, type: "output", run: "r1" }), before);
});

test("guests have desks where there are desks, and their pages are there", () => {
  const together = classFrom(ROOM);
  const desks = classFrom({ ...ROOM, policy: "own_desks" });
  const shown = classFrom({ ...ROOM, policy: "own_desks", shown: { room: "abc.p3" } });
  assert.deepEqual([deskOf(together, GUEST), deskOf(desks, HOST)], [null, null]);
  assert.equal(deskOf(desks, GUEST), "abc.p2");
  const place = (state, person, room, isLooking = false) =>
    placeOf(state, person, { room, isLooking });
  assert.equal(place(desks, GUEST, "abc"), "abc.p2");
  assert.equal(place(desks, GUEST, "abc", true), null);
  assert.equal(place(desks, GUEST, "abc.p2"), null);
  assert.equal(place(together, GUEST, "abc.p2"), "abc");
  assert.equal(place(together, GUEST, "abc"), null);
  assert.equal(place(desks, GUEST, "abc.p3"), "abc.p2");
  assert.equal(place(shown, GUEST, "abc.p3"), null);
  for (const room of ["abc", "abc.p2"]) assert.equal(place(desks, HOST, room), null);
});
