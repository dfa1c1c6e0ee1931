// No words over others, none struck through by their own arrow: in recordings of all labs, at three
// widths, in each mode, in the middle and at the end. Boxes are those of the layout.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DiagramLayout } from "../../../frontend/static/js/diagram/diagram-layout.js";
import { shapesOf } from "../../../frontend/static/js/diagram/diagram-shapes.js";
import { shownFrom } from "../../../frontend/static/js/diagram/item-needs.js";
import { PartyColours } from "../../../frontend/static/js/diagram/party-colours.js";
import {
  boxOf,
  holdOf,
  linesOf,
  overlap,
  strikes,
  WordRoom,
} from "../../../frontend/static/js/diagram/word-room.js";
import { DiagramModel } from "../../../frontend/static/js/model/diagram-model.js";
import { RECORDED, recording } from "../events.js";

const WIDTHS = [378, 640, 1200];
const isWords = ([element]) => element === "text";

/** @type {Map<string, {model: DiagramModel, first: any}>} */
const models = new Map();

/** The model that has taken a recording, made once, and the first event of it. */
function told(name) {
  const known = models.get(name);
  if (known) return known;
  const model = new DiagramModel();
  const events = recording(name);
  model.append(events);
  const made = { model, first: events[0] };
  models.set(name, made);
  return made;
}

/**
 * What is drawn of a recording after a part of its time: the shapes of its items before and after their
 * words have found room.
 */
function drawn(name, width, mode, part = 1) {
  const { model, first } = told(name);
  const layout = new DiagramLayout(model);
  layout.resize(width);
  layout.setMode(mode);
  const now = first.t + part * (model.now - first.t);
  layout.update(part === 1 ? Infinity : now);
  const view = { layout, now, mode, names: new Map(), colours: new PartyColours() };
  const items = [...layout.itemsBetween(-100, 1e6)].filter(
    (item) => !layout.isHidden(item) && shownFrom(item) <= now,
  );
  const wanted = new Map(items.map((item) => [item, shapesOf(item, view)]));
  return { wanted, fitted: new WordRoom().fit(wanted), model };
}

const wordsOf = (shapes) => [...shapes.values()].flatMap((each) => each.filter(isWords));
const count = (all, is) => all.filter(is).length;
const isMessage = ([, { class: kind }]) => kind.includes("say--data");

describe("words keep clear of each other and of their own arrows", () => {
  for (const name of RECORDED) {
    for (const mode of ["text", "calls"]) {
      test(`${name}, ${mode}`, () => {
        for (const [width, part] of WIDTHS.flatMap((each) => [
          [each, 0.6],
          [each, 1],
        ])) {
          const { wanted, fitted } = drawn(name, width, mode, part);
          const words = wordsOf(fitted).map((shape) => ({ box: boxOf(shape), text: shape[2] }));
          words.sort((a, b) => a.box.top - b.box.top);
          const over = words.flatMap(({ box, text }, i) =>
            words
              .slice(i + 1, i + 30)
              .filter((other) => overlap(box, other.box))
              .map((other) => `${text} / ${other.text}`),
          );
          assert.deepEqual(over, []);
          const struck = [...fitted.values()].flatMap((shapes) => {
            const lines = shapes.flatMap(linesOf);
            const own = shapes.filter(isWords);
            return own.filter((shape) => lines.some((line) => strikes(line, boxOf(shape))));
          });
          assert.deepEqual(struck, []);
          // Room is made by moving, not by leaving out.
          const [asked, got] = [wordsOf(wanted), wordsOf(fitted)];
          assert.ok(got.length >= 0.9 * asked.length, `${got.length} of ${asked.length}`);
          if (width > 400) assert.equal(count(got, isMessage), count(asked, isMessage));
        }
      });
    }
  }
});

const isSaid = (shape) => isMessage(shape) || /say--(wait|call)/.test(shape[1].class);

// Whether words have to keep clear of the line of what waits: the words of a call that waits of what waits
// for the same program; a message that waits of the line of its client.
const keepsClear = (item, shapes, waiting) =>
  item.kind !== "transfer"
    ? waiting.to?.party === item.party
    : shapes.flatMap(holdOf).length > 0 && waiting.from.party === item.from.party;

describe("words keep clear of what waits in the kernel", () => {
  for (const [name, mode] of RECORDED.flatMap((each) => [
    [each, "text"],
    [each, "calls"],
  ])) {
    test(`${name}, ${mode}`, () => {
      const over = [342, 378, 440, 640].flatMap((width) => {
        const all = [0.6, 0.7, 0.8, 1].flatMap((part) => {
          const { fitted } = drawn(name, width, mode, part);
          const holds = [...fitted].flatMap(([item, shapes]) =>
            shapes.flatMap(holdOf).map((line) => ({ line, item })),
          );
          return [...fitted].flatMap(([item, shapes]) => {
            const near = holds.filter((hold) => keepsClear(item, shapes, hold.item));
            return shapes
              .filter((shape) => isWords(shape) && isSaid(shape))
              .filter((shape) => near.some(({ line }) => strikes(line, boxOf(shape))));
          });
        });
        return all.map(([, , text]) => `${width}: ${text}`);
      });
      assert.deepEqual(over, []);
    });
  }
});

test("a message stands beside a line of what waits where its arrow is long enough", () => {
  for (const [name, widths] of [
    ["lab_http_page", [560, 640, 800]],
    ["lab_chat_numbered", [500, 560]],
    ["lab_tcp_time", [560]],
  ]) {
    for (const [width, part] of widths.flatMap((each) =>
      [0.3, 0.5, 0.7, 1].map((at) => [each, at]),
    )) {
      const { fitted } = drawn(name, width, "text", part);
      const holds = [...fitted.values()].flat().flatMap(holdOf);
      const messages = wordsOf(fitted).filter(isMessage);
      const struck = messages.filter((shape) => holds.some((line) => strikes(line, boxOf(shape))));
      assert.deepEqual(struck, [], `${name}, ${width}`);
    }
  }
});

test("a message that waits is cut only where two lines have no room for it", () => {
  for (const name of ["lab_chat_log", "log2", "lab_tcp_echo", "lab_chat_window", "lab_http_page"]) {
    for (let width = 360; width < 700; width += 4) {
      const { fitted } = drawn(name, width, "text");
      for (const shapes of fitted.values()) {
        const said = shapes.filter(isWords).filter(isMessage);
        if (said.length === 1) assert.doesNotMatch(said[0][2], /…$/, `${name}, ${width}`);
      }
    }
  }
});

test("beside the last lifeline a call is read whole where an arrow begins at its left", () => {
  for (const name of RECORDED) {
    for (const width of [302, 342, 378]) {
      const said = wordsOf(drawn(name, width, "text").fitted).map(([, , text]) => text);
      assert.deepEqual(
        said.filter((text) => /^(c|cl|clo|clos|close|close\()…$/.test(text)),
        [],
        `${name}, ${width}`,
      );
    }
  }
});

const saidIn = (name, width) =>
  wordsOf(drawn(name, width, "text").fitted).map(([, , text]) => text);

test("calls in a row are cut between two of them", () => {
  for (const name of RECORDED) {
    for (let width = 302; width < 700; width += 18) {
      const cut = saidIn(name, width).filter((text) => /\(\) · .*…$/.test(text));
      assert.deepEqual(
        cut.filter((text) => !text.endsWith("() …")),
        [],
        `${name}, ${width}`,
      );
    }
  }
});

test("the calls of a server are whole where they can cross the lifeline of a client", () => {
  for (const name of ["lab_tcp_echo", "lab_tcp_time", "lab_tcp_trapezoid", "lab_chat_threads"]) {
    const said = saidIn(name, 426);
    assert.ok(said.includes("socket() · bind() · listen()"), `${name}: ${said}`);
  }
});

test("what is said of a wait in the backlog stands apart from the message below it", () => {
  const found = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9].flatMap((part) => {
    const words = wordsOf(drawn("lab_chat_log", 440, "text", part).fitted);
    const messages = words.filter(isMessage);
    return words
      .filter(([, , text]) => text.includes("backlog"))
      .flatMap((note) => messages.map((other) => other[1].y - note[1].y));
  });
  const below = found.filter((by) => by > 0);
  assert.ok(below.length > 0);
  assert.ok(Math.min(...below) >= 18, `${Math.min(...below)}`);
});

test("nothing leaves before its sender is there", () => {
  for (const name of RECORDED) {
    for (const item of drawn(name, 640, "text").model.items) {
      if (item.kind !== "transfer" || !item.from.party) continue;
      assert.ok((item.sentT ?? item.arrivals[0].t) >= item.from.party.bornT, `${name} ${item.id}`);
    }
  }
});

test("where there is little room an arrow shortens the address, not the message", () => {
  const { fitted } = drawn("lab_chat_threads", 640, "text");
  const said = wordsOf(fitted)
    .filter(isMessage)
    .map((shape) => shape[2]);
  assert.ok(said.some((text) => /^message \d/.test(text)));
  assert.deepEqual(
    said.filter((text) => /^127.*…$/.test(text)),
    [],
  );
});
