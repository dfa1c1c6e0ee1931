// Words and numbers in both languages of the page.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { number, t, tn } from "../../../frontend/static/js/words/i18n.js";

const RUSSIAN = {
  "{n} byte": ["{n} байт", "{n} байта", "{n} байт"],
  "Port {port}": "Порт {port}",
};

test("without a catalogue the words are English", () => {
  const bytes = (n) => tn("{n} byte", "{n} bytes", n);
  assert.deepEqual(
    [t("Port {port}", { port: 12345 }), bytes(1), bytes(2)],
    ["Port 12345", "1 byte", "2 bytes"],
  );
});

test("formats of numbers are made once, and a whole number needs none", (context) => {
  const make = Intl.NumberFormat;
  let made = 0;
  context.mock.property(
    Intl,
    "NumberFormat",
    class extends make {
      constructor(...args) {
        super(...args);
        made += 1;
      }
    },
  );
  const whole = [0, 7, 999, 1000, 65_535, 123_456_789];
  const written = whole.map((each) => number(each));
  assert.equal(made, 0);
  assert.deepEqual(
    written,
    whole.map((each) => new make("en").format(each)),
  );
  const spaced = whole.map((each) => number(each).replaceAll(",", "\u00a0"));
  assert.deepEqual(
    spaced,
    whole.map((each) => new make("ru").format(each)),
  );
  const options = { maximumFractionDigits: 3 };
  const said = Array.from({ length: 50 }, () =>
    [number(1234.5), number(0.1266, options)].join(" "),
  );
  assert.deepEqual([...new Set(said)], ["1,234.5 0.127"]);
  assert.equal(made, 2);
});

describe("with a Russian catalogue", () => {
  let russian;

  before(async () => {
    // All that i18n.js asks of a page is its language and the text of one element.
    globalThis.document = {
      documentElement: { lang: "ru" },
      getElementById: () => ({ textContent: JSON.stringify(RUSSIAN) }),
    };
    russian = await import("../../../frontend/static/js/words/i18n.js?russian");
    delete globalThis.document;
  });

  test("Russian counts in three forms", () => {
    assert.deepEqual(
      [1, 2, 5, 11, 21, 104, 2.5].map((n) => russian.tn("{n} byte", "{n} bytes", n)),
      ["1 байт", "2 байта", "5 байт", "11 байт", "21 байт", "104 байта", "2,5 байта"],
    );
  });

  test("a value that is put in is not read as a template", () => {
    assert.equal(russian.t("Port {port}", { port: "{port} $&" }), "Порт {port} $&");
  });

  test("a message that is not translated stays English", () => {
    assert.deepEqual([russian.t("New"), russian.t("constructor")], ["New", "constructor"]);
  });
});
