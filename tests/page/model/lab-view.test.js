// What of a room belongs to one lab.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isElsewhere, labView } from "../../../frontend/static/js/model/lab-view.js";
import { initial, reduceAll } from "../../../frontend/static/js/model/room-state.js";

test("a program of one's own stands with its lab, by its file's name", () => {
  const own = { type: "run.started", run: "r9", lab: "", program: "lost.py", pid: 1, args: [] };
  const begun = reduceAll(initial(), [{ ...own, seq: 1, t: 1 }]);
  const placed = reduceAll(begun, [
    { type: "run.placed", run: "r9", lab: "tcp/echo", seq: 2, t: 1 },
  ]);
  const lab = { programs: ["server", "client"], server: null, client: { kind: "none" } };
  const seen = (state, id, server = null) =>
    [...labView(state, { ...lab, id, server }).names.values()].join();
  assert.equal(seen(begun, "udp/hello"), "lost.py"); // nobody knows yet
  assert.equal(seen(placed, "tcp/echo"), "lost.py");
  assert.equal(seen(placed, "udp/hello"), "");
  assert.equal(seen(placed, "tcp/again", "tcp/echo"), "lost.py"); // whose server that lab uses
  // Pictures that have told of it begin anew without it.
  const isLost = (state, id) => isElsewhere(["r9", "r8"], state, { ...lab, id });
  assert.ok(isLost(placed, "udp/hello"));
  assert.ok(!isLost(placed, "tcp/echo"));
  assert.ok(!isLost(begun, "udp/hello"));
});
