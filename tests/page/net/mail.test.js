// The messages of clients over plain HTTP: fetched for all of them at once, each told once.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { mailAt } from "../../../frontend/static/js/net/mail.js";

let answers; // what the next requests get; then they wait until they are called off
let asked;
let told;

beforeEach(() => {
  answers = [];
  asked = [];
  told = [];
  globalThis.fetch = (url, { signal }) => {
    asked.push(url.split("?")[1]);
    const answer = answers.shift();
    if (answer !== undefined) return Promise.resolve(Response.json(answer));
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("called off")));
    });
  };
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

const box = (name, after = 2) => ({
  after,
  take: ({ n }) => told.push([name, n]),
  lost: () => told.push([name, "lost"]),
});

const mail = (id, ...numbers) => ({
  id,
  messages: numbers.map((n) => ({ n, type: "credit", bytes: 1 })),
});

test("what comes twice is told once", async () => {
  answers = [{ clients: [mail("c1", 3, 4)] }, { clients: [mail("c1", 3, 4, 5)] }];
  const room = mailAt("/one");
  room.open("c1", box("c1"));
  await settled();
  room.close("c1");
  assert.deepEqual(told, [
    ["c1", 3],
    ["c1", 4],
    ["c1", 5],
  ]);
  assert.deepEqual(asked, ["after=c1:2&wait_s=20", "after=c1:4&wait_s=20", "after=c1:5&wait_s=20"]);
});

test("one request asks for all clients, and a new one is not kept waiting", async () => {
  const room = mailAt("/two");
  room.open("c1", box("c1"));
  room.open("c2", box("c2", 7));
  await settled();
  assert.equal(asked.at(-1), "after=c1:2&after=c2:7&wait_s=20");
  room.close("c1");
  await settled();
  assert.equal(asked.at(-1), "after=c2:7&wait_s=20");
  room.close("c2");
});

test("a client that the server has closed is lost, the others go on", async () => {
  answers = [{ clients: [{ id: "c1", messages: null }, mail("c2", 3)] }];
  const room = mailAt("/three");
  room.open("c2", box("c2"));
  await settled();
  answers = [{ clients: [{ id: "c1", messages: null }, mail("c2", 4)] }];
  room.open("c1", box("c1"));
  await settled();
  room.close("c2");
  assert.deepEqual(told, [
    ["c2", 3],
    ["c1", "lost"],
    ["c2", 4],
  ]);
});
