import assert from "node:assert/strict";
import { test } from "node:test";
import {
  emptyReport,
  LIMITS,
  readReport,
  recordingIn,
  writeReport,
} from "../../../frontend/static/js/model/report.js";
import { fc } from "../properties.js";

const WORDS = Object.freeze({
  report: "Report",
  by: "Your name",
  answers: "Answers",
  none: "Not answered.",
  notes: "Notes",
  moments: "Moments",
  programs: "Programs",
  recording: "Recording",
  save: "Save",
  replay: "Replay",
});

function written(report, more = {}) {
  return writeReport({
    lang: "en",
    title: "Echo",
    made: "today",
    questions: ["Why?", "How?"],
    report: { ...emptyReport(), ...report },
    recording: null,
    recordingName: "echo.jsonl",
    words: WORDS,
    ...more,
  });
}

const tagsOf = (html) => html.match(/<\/?[a-z!][^>]*>/g) ?? [];

test("a report has each question with its answer, and says where there is none", () => {
  const html = written({ name: "Anna", answers: ["Because\nof it"], notes: "I saw" });
  assert.match(html, /^<!doctype html>[\s\S]*<html lang="en">/);
  assert.match(html, /Anna · today/);
  assert.match(html, /Why\?<\/p><p class="said">Because\nof it<\/p>/);
  assert.match(html, /How\?<\/p><p class="none">Not answered\.<\/p>/);
  assert.match(html, /<h2>Notes<\/h2>\n<p class="said">I saw<\/p>/);
  assert.doesNotMatch(html, /Moments|Programs|Recording/);
});

test("code in a question stays code, and nothing else", () => {
  const html = written({}, { questions: ["What does `a < b` say? `"] });
  assert.match(html, /What does <code>a &lt; b<\/code> say\? `<\/p>/);
});

test("nothing in a report runs, loads, or is sent", () => {
  const moments = [{ svg: "<svg xmlns='http://www.w3.org/2000/svg'/>", caption: "" }];
  const html = written({ moments }, { recording: "QQ==" });
  assert.match(html, /content="default-src 'none'; img-src data:;[^"]*form-action 'none'"/);
  assert.doesNotMatch(html, /<script|<link|<iframe|<form|https?:/);
  for (const [, target] of html.matchAll(/(?:src|href)="([^"]*)/g)) assert.match(target, /^data:/);
});

test("whatever is written into a report, it stays text", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "</p><script>alert(1)</script>",
      `" onload="alert(1)`,
      "' autofocus '",
      "</style></title><img src=x onerror=alert(1)>",
      "<!--",
      "]]>\u0000\u202e",
      "`<b>` `",
    ),
  );
  // Code is all that a text can make, out of what stands between backquotes in a question.
  const isCode = (tag) => /^<\/?code>$/.test(tag);
  const bare = (html) =>
    tagsOf(html)
      .filter((tag) => !isCode(tag))
      .map((tag) => tag.replace(/="[^"]*"/g, "="));
  const plain = bare(hostileReport("x"));
  fc.assert(
    fc.property(hostile, (text) => {
      assert.deepEqual(bare(hostileReport(`x${text}`)), plain);
    }),
  );
});

function hostileReport(text) {
  return written(
    {
      name: text,
      notes: text,
      answers: [text, text],
      moments: [{ svg: text, caption: text }],
      programs: [{ name: text, text }],
    },
    { title: text, questions: [text, text], recordingName: text, made: text, recording: "QQ==" },
  );
}

test("a recording is taken out as it was put in, whatever stands before it", () => {
  const trap = 'href="data:application/x-ndjson;base64,TRAP"';
  assert.equal(recordingIn(written({ notes: trap }, { recording: "QUJD" })), "QUJD");
  assert.equal(recordingIn(written({ notes: trap })), null);
  assert.equal(recordingIn('{"type": "recording"}'), null);
  assert.equal(recordingIn(`${trap}`), null);
});

test("what was kept is read again; what is no report counts as nothing", () => {
  const report = {
    name: "Anna",
    notes: "n",
    answers: ["", "two"],
    moments: [{ svg: "<svg/>", caption: "c" }],
    programs: [{ name: "a.py", text: "pass" }],
  };
  assert.deepEqual(readReport(JSON.stringify(report)), report);
  for (const kept of [null, "", "null", "[]", "{", '{"answers": 5, "moments": [null]}']) {
    const read = readReport(kept);
    assert.deepEqual({ ...read, moments: [] }, emptyReport());
  }
});

test("what was kept is bounded", () => {
  const long = "x".repeat(LIMITS.answer + 1);
  const moments = Array.from({ length: LIMITS.moments + 1 }, () => ({ svg: "", caption: long }));
  const read = readReport(JSON.stringify({ notes: long, answers: [long], moments }));
  assert.equal(read.notes.length, LIMITS.answer);
  assert.equal(read.answers[0].length, LIMITS.answer);
  assert.equal(read.moments.length, LIMITS.moments);
  assert.equal(read.moments[0].caption.length, LIMITS.caption);
});
