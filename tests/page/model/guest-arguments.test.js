// What guests may give a program: as backend/domain/arguments.py holds it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { notAllowed } from "../../../frontend/static/js/model/guest-arguments.js";

/** @type {import("../../../frontend/static/js/model/guest-arguments.js").Allowed} */
const ALLOWED = {
  interval: { kind: "number", min: 0.5, max: 60 },
  once: { kind: "flag" },
  message: { kind: "text", limit: 5 },
};

test("what the lab names may be given", () => {
  for (const line of ["", "--once", "--interval 0.5", "--interval=60", "hello", "--once hi"]) {
    assert.equal(notAllowed(line.split(" ").filter(Boolean), ALLOWED), null, line);
  }
});

test("anything else is the argument that is wrong", () => {
  /** @type {[string, string][]} */
  const wrong = [
    ["--interval 0.1", "--interval"],
    ["--interval", "--interval"],
    ["--interval=", "--interval="],
    ["--interval nan", "--interval"],
    ["--once=1", "--once=1"],
    ["-o", "-o"],
    ["--host ::", "--host"],
    ["--constructor", "--constructor"],
    ["hello you", "you"],
    ["too-long", "too-long"],
  ];
  for (const [line, arg] of wrong) assert.equal(notAllowed(line.split(" "), ALLOWED), arg, line);
});

test("a lab without a table takes nothing", () => {
  assert.equal(notAllowed(["--once"], {}), "--once");
  assert.equal(notAllowed([], {}), null);
});
