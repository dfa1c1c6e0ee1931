// Text from outside, shown as it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parted, visible } from "../../../frontend/static/js/model/text.js";

for (const [text, shown] of [
  ["Привет, 👋🏽 ❤️", "Привет, 👋🏽 ❤️"],
  ["\0\x1b[31m\x7f", "\\x00\\x1b[31m\\x7f"],
  ["a\r\n\tb", "a\\r\\n\\tb"],
  ["\x85", "\\x85"],
  ["abc\u202egnp.exe", "abc⟨U+202E⟩gnp.exe"],
  ["a\u200bb\ufeff\u2066", "a⟨U+200B⟩b⟨U+FEFF⟩⟨U+2066⟩"],
  ["\u{e0041}", "⟨U+E0041⟩"],
  ["<b>&amp;", "<b>&amp;"],
]) {
  test(`what cannot be seen is shown: ${shown}`, () => assert.equal(visible(text), shown));
}

test("the number of a name, which tells it from others, stands apart", () => {
  assert.deepEqual(parted("Client 12"), ["Client", " 12"]);
  assert.deepEqual(parted("server.py #2"), ["server.py", " #2"]);
  assert.deepEqual(parted("Thread-3"), ["Thread", "-3"]);
  assert.deepEqual(parted("server.py"), ["server.py", ""]);
  assert.deepEqual(parted("python 31337"), ["python 31337", ""]);
});

test("where lines are shown newline and tab stay", () => {
  assert.equal(visible("a\r\n\tb", { lines: true }), "a\\r\n\tb");
});
