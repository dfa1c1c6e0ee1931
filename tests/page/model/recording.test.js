// The file of a recording, read and checked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf } from "../../../frontend/static/js/model/event-shapes.js";
import { readRecording } from "../../../frontend/static/js/model/recording.js";
import { EXAMPLE, parsed } from "../events.js";

const HEADER = {
  type: "recording",
  version: 1,
  room: "local",
  clock_offset_s: 2.5,
  lab_ids: ["udp/hello"],
  runs: [],
};
const RUNNING = { seq: 1, t: 1, type: "run.running", run: "r1" };

const lineOf = (line) => (typeof line === "string" ? line : JSON.stringify(line));

/** Read a file of these lines: texts, or values as JSON. */
const readLines = (header, ...lines) =>
  readRecording(`${[header, ...lines].map(lineOf).join("\n")}\n`);

const read = (...lines) => readLines(HEADER, ...lines);

test("the shipped example is whole", () => {
  const { bad, missed, events, header } = readRecording(EXAMPLE);
  assert.deepEqual([bad, missed], [[], 0]);
  assert.deepEqual(events, parsed(EXAMPLE.trimEnd().split("\n").slice(1)));
  assert.deepEqual(header.labIds, ["udp/transform"]);
});

test("bad lines are left out and named by their number", () => {
  const timeless = { ...RUNNING, seq: 2, t: null };
  const { events, bad } = read(RUNNING, "{", '"text"', timeless, "", RUNNING);
  assert.equal(events.length, 2);
  assert.deepEqual(bad, [
    { line: 3, why: "json" },
    { line: 4, why: "json" },
    { line: 5, why: "t" },
  ]);
});

test("of many bad lines all are counted and few are named", () => {
  const { badCount, bad } = read(...new Array(100).fill("{"));
  assert.deepEqual([badCount, bad.length], [100, 20]);
});

test("a gap says how many events are missing", () => {
  const gap = { type: "gap", after: 0, next: 8, missed: 7 };
  const { missed, events } = read(gap, { ...RUNNING, seq: 8 });
  assert.deepEqual([missed, events.length], [7, 1]);
});

test("lines may end as on Windows, and a byte order mark may come first", () => {
  const { events } = readLines(`\ufeff${lineOf(HEADER)}`, `${lineOf(RUNNING)}\r`);
  assert.deepEqual(events, [RUNNING]);
});

for (const [header, code] of [
  ["", "no_recording"],
  ["not json", "no_recording"],
  ["[]", "no_recording"],
  [RUNNING, "no_recording"],
  [{ ...HEADER, version: 2 }, "version"],
  [{ type: "recording" }, "version"],
]) {
  test(`a file that is no recording is refused: ${lineOf(header) || "an empty line"}`, () => {
    assert.throws(() => readLines(header, RUNNING), { code });
  });
}

test("an empty file is refused", () => {
  assert.throws(() => readRecording("\n"), { code: "empty" });
});

test("what a header lacks is left empty", () => {
  const bare = { type: "recording", version: 1, runs: [{ id: 1 }, null], lab_ids: [4] };
  const { header } = readLines(bare, RUNNING);
  const nothing = { room: "", clockOffsetS: 0, labIds: [], runs: [], lab: null, take: null };
  assert.deepEqual({ ...header }, nothing);
});

test("an unknown type passes and is left to the views", () => {
  assert.equal(faultOf({ seq: 1, t: 0, type: "weather.changed" }), null);
});

const OUTPUT = { type: "output", stream: "stdout", text: "" };
const SENT = { type: "client.sent", client: "c1", bytes: 1 };

for (const [change, why] of [
  [{ seq: 0 }, "seq"],
  [{ seq: 1.5 }, "seq"],
  [{ t: "1" }, "t"],
  [{ t: 1e300 }, "t"],
  [{ ...SENT, bytes: 1e300, data: "" }, "bytes"],
  [{ type: 3 }, "type"],
  [{ run: 7 }, "run"],
  [{ ...OUTPUT, stream: "stdlog" }, "stream"],
  [{ ...OUTPUT, text: ["x"] }, "text"],
  [{ ...SENT, data: "?" }, "data"],
  [{ ...SENT, data: "YQ=" }, "data"],
  [{ type: "run.failed", error: "port_in_use" }, "error"],
  [{ type: "run.failed", error: { code: "x" } }, "error"],
]) {
  test(`what a view could not show is no event: ${JSON.stringify(change)}`, () => {
    assert.equal(faultOf({ ...RUNNING, ...change }), why);
  });
}
