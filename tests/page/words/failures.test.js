// What is said of an end is what happened: by whom, and in the language of the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tickLabel, markLabel } from "../../../frontend/static/js/words/diagram-words.js";
import { describe as told } from "../../../frontend/static/js/words/event-words.js";
import { learn } from "../../../frontend/static/js/words/i18n.js";
import { errorWord, stopWords } from "../../../frontend/static/js/words/format.js";
import { waitLabel } from "../../../frontend/static/js/words/lane-words.js";

import { runFailure } from "../../../frontend/static/js/words/failure-words.js";

const IDLE = { code: "idle", message: "Nobody." };
const RESTARTED = { code: "restarted", message: "Anew." };

test("who asked a run to stop is said", () => {
  const names = new Map([["p1", "Anna"]]);
  assert.equal(stopWords({ by: "p1" }, names), "asked to stop by Anna");
  assert.equal(stopWords({}, names), "asked to stop, with the Stop button");
  assert.equal(stopWords({ why: IDLE }, names), "asked to stop: nobody uses it");
  assert.equal(stopWords({ why: RESTARTED }, names), "asked to stop: Socket Lab is shutting down");
  const stopping = { type: "run.stopping", seq: 1, t: 1, run: "r1", by: "p1" };
  const mark = { what: "stopping", events: [stopping] };
  assert.equal(markLabel(mark, names), "asked to stop by Anna");
  assert.equal(told(stopping, { names }).what, "asked to stop by Anna");
});

test("who ended well without listening is said so, with what it printed, in the words of the page", () => {
  const failed = (/** @type {string} */ said) => {
    const message = `The program did not come to listen. It ended with status 0. ${said}`;
    return runFailure({ code: "start_failed", message });
  };
  const { what, meaning } = failed("It printed: usage: it");
  assert.equal(what, "The program exited normally, without listening.");
  assert.equal(meaning, "It printed:\nusage: it");
  assert.equal(failed("Its last words: (it said nothing)").meaning, "It printed nothing.");
});

test("an ordinary stop interrupts a call, and nothing is called a KeyboardInterrupt", () => {
  const event = { type: "call", call: "recvfrom", phase: "return", error: "KeyboardInterrupt" };
  const item = {
    call: "recvfrom",
    name: "recvfrom",
    error: event.error,
    events: [event],
    what: "error",
  };
  assert.equal(tickLabel(item, "text"), "recvfrom → interrupted");
  assert.equal(markLabel(item), "recvfrom → interrupted");
  const said = told(event, { names: new Map() });
  assert.deepEqual([said.what, said.tone], ["recvfrom() → interrupted", "code"]);
});

test("a wait whose time was over says so, and one that got what it wanted does not", () => {
  const wait = { t: 1, end: 3, what: { kind: "Event", object: 2, until: "set" }, events: [] };
  assert.match(waitLabel({ ...wait, how: "timeout" }, 9), /2\.0 s · timeout$/);
  assert.match(waitLabel({ ...wait, how: "granted" }, 9), /2\.0 s$/);
});

test("codes are said in the language of the page, an errno by its own name", () => {
  learn({ refused: "отвергнута", timeout: "время вышло" }); // the last test here: it stays
  const words = ["refused", "timeout", "ECONNREFUSED"].map(errorWord);
  assert.deepEqual(words, ["отвергнута", "время вышло", "ECONNREFUSED"]);
});
