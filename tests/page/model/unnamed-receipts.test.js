// What recv() takes of a socket that is not connected: it does not say who has sent it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { A, B, SERVER } from "../events.js";
import { arrows, picture, udpServer } from "./drawn.js";

const other = (story, run, local) => {
  story.run(run, "client");
  story.call(run, "bind", 0.3, { local, address: local });
};
const send = (story, run, local, t, payload) =>
  story.call(run, "sendto", t, { local, peer: SERVER, payload, offset: 0 });
const take = (story, t, payload, more = {}) =>
  story.call("s", "recv", t, { local: SERVER, payload, offset: 0, ...more });

test("a datagram that recv() has taken has arrived, whoever sent it", () => {
  const story = udpServer();
  other(story, "a", A);
  other(story, "b", B);
  send(story, "a", A, 1, "same");
  send(story, "b", B, 1.01, "same");
  send(story, "b", B, 1.02, "more");
  for (const [i, payload] of ["same", "same", "more"].entries()) take(story, 2 + i, payload);
  const drawn = picture(story.events, { advance: 9 });
  assert.deepEqual(arrows(drawn), [
    ["run:a", "run:s", "same", "arrived"],
    ["run:b", "run:s", "same", "arrived"],
    ["run:b", "run:s", "more", "arrived"],
  ]);
  assert.deepEqual(
    drawn.transfers.map(({ arrivals }) => arrivals[0][0]),
    [2, 3, 4],
  );
});

test("its sender may tell of it later", () => {
  const story = udpServer();
  other(story, "a", A);
  take(story, 1.001, "late");
  take(story, 1.003, "from nobody who tells");
  send(story, "a", A, 1, "late");
  const drawn = picture(story.events, { advance: 9 });
  assert.deepEqual(arrows(drawn), [["run:a", "run:s", "late", "arrived"]]);
});

test("what was sent before the one that it took is lost", () => {
  const story = udpServer();
  other(story, "a", A);
  send(story, "a", A, 1, "lost");
  send(story, "a", A, 1.5, "found");
  take(story, 1.6, "found", { enter: 0.5 });
  const drawn = picture(story.events, { advance: 9 });
  assert.deepEqual(
    arrows(drawn).map(([, , data, state]) => [data, state]),
    [
      ["lost", "lost"],
      ["found", "arrived"],
    ],
  );
});
