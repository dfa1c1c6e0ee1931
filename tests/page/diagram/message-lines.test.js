// What an arrow says of a message: all of it where it has room, else as much as two lines hold.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DiagramLayout } from "../../../frontend/static/js/diagram/diagram-layout.js";
import { messageLines } from "../../../frontend/static/js/diagram/message-lines.js";
import { widthOf } from "../../../frontend/static/js/diagram/word-width.js";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { itemTitle, transferNotes } from "../../../frontend/static/js/words/diagram-words.js";
import { shapesOf } from "../../../frontend/static/js/diagram/diagram-shapes.js";
import { PartyColours } from "../../../frontend/static/js/diagram/party-colours.js";
import { A, SERVER, Story } from "../events.js";

const room = (characters) => widthOf("x".repeat(characters), "mono");

describe("the lines of a message", () => {
  test("one that has room stands in a line", () => {
    assert.deepEqual(messageLines("Hello, server", room(13), 2), ["Hello, server"]);
  });

  test("one that has not stands in two, which end after words", () => {
    assert.deepEqual(messageLines("Hello, dear server", room(13), 2), ["Hello, dear", "server"]);
    assert.deepEqual(messageLines("один↵два↵три", room(9), 2), ["один↵два↵", "три"]);
    assert.deepEqual(messageLines("Anna, 21:47:17", room(9), 2), ["Anna,", "21:47:17"]);
  });

  test("a word that is longer than a line is divided, unless that costs some of it", () => {
    assert.deepEqual(messageLines("Здравствуйте", room(11), 2), ["Здравствуй‐", "те"]);
    assert.deepEqual(messageLines("Здравствуйте всем", room(9), 2), ["Здравств‐", "уйте всем"]);
    assert.deepEqual(messageLines("ok transformation", room(13), 2), ["ok transfor‐", "mation"]);
    assert.deepEqual(messageLines("transformations in words", room(10), 2), [
      "transfor‐",
      "mations i…",
    ]);
    assert.deepEqual(messageLines("abcdefghijklmnop", room(8), 2), ["abcdefgh", "ijklmnop"]);
    for (const text of ["aaaaaaaaaaaaaaaa", "0123456789012345", "bcdfghklmnprstvw"])
      assert.deepEqual(messageLines(text, room(8), 2), [text.slice(0, 8), text.slice(8)]);
  });

  test("no hyphen comes into what is to be read as it is", () => {
    const said = "GET /nothing-here HTTP/1.1";
    assert.deepEqual(messageLines(said, room(14), 2), ["GET /nothing-", "here HTTP/1.1"]);
    assert.deepEqual(messageLines(said, room(11), 2), ["GET /nothin", "g-here HTT…"]);
    assert.deepEqual(messageLines("/transformations", room(9), 2), ["/transfor", "mations"]);
    assert.deepEqual(messageLines("name=transformations", room(11), 2), [
      "name=transf",
      "ormations",
    ]);
  });

  test("what has no room in them is cut at its end", () => {
    assert.deepEqual(messageLines("one two three four", room(8), 2), ["one two", "three f…"]);
    assert.deepEqual(messageLines("one two three four", room(8), 1), ["one two…"]);
  });

  test("an address before it gives way first", () => {
    const said = "127.0.0.1:40000: hello to all";
    assert.deepEqual(messageLines(said, room(20), 2), [":40000: hello to all"]);
    assert.deepEqual(messageLines(said, room(13), 2), ["hello to all"]);
    assert.deepEqual(messageLines(said, room(8), 2), ["hello to", "all"]);
  });

  test("no character is cut in two", () => {
    for (const characters of [5, 6, 7]) {
      const lines = messageLines("abcd👋👋👋👋👋👋", room(characters), 2);
      assert.ok(
        lines.every((line) => line.isWellFormed()),
        lines.join("/"),
      );
    }
  });
});

const LONG = "A longer message, so that one sees what is cut of it and what is not";

function sent(text) {
  const story = new Story();
  story.run("s");
  story.call("s", "bind", 0, { local: SERVER });
  story.client("c1", "opened", 1, { transport: "udp", local: A, peer: SERVER });
  story.client("c1", "sent", 2, { payload: text });
  const model = new DiagramModel();
  model.append(story.events);
  return { model, item: model.items.find(({ kind }) => kind === "transfer") };
}

test("a row has room for the second line, where there is one", () => {
  const rise = (text, width) => {
    const { model, item } = sent(text);
    const layout = new DiagramLayout(model);
    layout.resize(width);
    layout.update();
    return { lines: layout.linesOf(item), y: layout.yAt(item.sentT) };
  };
  const [short, long] = [rise("Hello", 300), rise(LONG, 300)];
  assert.deepEqual([short.lines, long.lines], [1, 2]);
  assert.ok(long.y - short.y >= 15);
  assert.equal(rise(LONG, 1600).lines, 2);
  assert.equal(rise("A message, a bit longer", 300).lines, 2);
  assert.equal(rise("A message, a bit longer", 1600).lines, 1);
});

test("a card is headed by the beginning of a message, not by all of it", () => {
  const { model, item } = sent(LONG);
  const title = itemTitle(item, new Map(), model.now);
  assert.match(title, /A longer message, so that one sees/);
  assert.match(title, /… · /);
  assert.doesNotMatch(title, /what is not/);
});

test("a call that failed is told of once", () => {
  const story = new Story();
  story.run("s");
  story.call("s", "bind", 1, { local: SERVER, error: "EADDRINUSE" });
  story.call("s", "recv", 2, { local: SERVER, error: "EAGAIN" });
  const model = new DiagramModel();
  model.append(story.events);
  const layout = new DiagramLayout(model);
  layout.resize(600);
  layout.setMode("calls");
  layout.update();
  const view = { layout, now: 3, mode: "calls", names: new Map(), colours: new PartyColours() };
  const said = model.items
    .flatMap((item) => shapesOf(item, view))
    .flatMap(([element, , text]) => (element === "text" ? [text] : []));
  assert.deepEqual(said, ["bind → EADDRINUSE", "recv → EAGAIN"]);
});

test("where there is little room a note is shorter, and says what it is about", () => {
  const story = new Story();
  story.run("s");
  story.call("s", "listen", 0, { local: SERVER, transport: "tcp" });
  story.client("c1", "opened", 1, { transport: "tcp", local: A, peer: SERVER });
  const model = new DiagramModel();
  model.append(story.events);
  const shake = model.items.find(({ what }) => what === "connect");
  assert.deepEqual(transferNotes(shake, 2).at(-1), "in backlog");
});
