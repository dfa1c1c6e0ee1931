import assert from "node:assert/strict";
import { test } from "node:test";
import { roleOf } from "../../../frontend/static/js/model/programs.js";

test("a first version does what the finished program does", () => {
  for (const role of ["server", "client", "demo"]) {
    assert.equal(roleOf(role), role);
    assert.equal(roleOf(`first_${role}`), role);
  }
});

test("another program is none of them", () => {
  assert.equal(roleOf("first_aid.py"), "first_aid.py");
  assert.equal(roleOf(null), "");
});
