// Words and numbers in both languages of the page.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { clockTime, number, t, tn } from "../../../frontend/static/js/words/i18n.js";

const RUSSIAN = {
  "{n} byte": ["{n} байт", "{n} байта", "{n} байт"],
  "{n} line": ["one", "few", "many"],
  "Port {port}": "Порт {port}",
};

test("without a catalogue the words are English", () => {
  const bytes = (n) => tn("{n} byte", "{n} bytes", n);
  assert.deepEqual(
    [t("Port {port}", { port: 12345 }), bytes(1), bytes(2)],
    ["Port 12345", "1 byte", "2 bytes"],
  );
});

test("a time of day is written as Intl writes it, in both languages", () => {
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const options = { ...parts, fractionalSecondDigits: 3, hourCycle: "h23" };
  for (const each of [0, 0.0004, 86_399.999, 1_700_000_000.5, 1_764_508_999.0619, 1e9 + 0.12]) {
    const written = clockTime(each);
    assert.equal(written, new Intl.DateTimeFormat("en", options).format(each * 1000));
    assert.equal(
      written.replace(".", ","),
      new Intl.DateTimeFormat("ru", options).format(each * 1000),
    );
  }
});

test("a number is written as Intl writes it, and needs no format of it", (context) => {
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
  const fractions = [
    [0, 1],
    [1, 1],
    [0, 2],
    [0, 3],
    [0, 0],
    [3, 3],
  ];
  for (const [minimumFractionDigits, maximumFractionDigits] of fractions) {
    const options = { minimumFractionDigits, maximumFractionDigits };
    const format = new make("en", options);
    for (const each of [0, 0.04, 0.08, 0.96, 4.2, 9.999, 59.97, -3.14, 1234.56, 99_999.96, 12])
      assert.equal(number(each, options), format.format(each));
  }
  assert.equal(made, 0);
  assert.equal(number(1e21), new make("en").format(1e21));
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

  test("the form of a number is the one that Intl would choose", () => {
    const of = new Intl.PluralRules("ru");
    const counts = Array.from({ length: 1_130 }, (_, n) => n);
    for (const n of [...counts, 0.5, 1.5, 11.25, -1, -12, -22]) {
      const form = of.select(n);
      assert.equal(russian.tn("{n} line", "{n} lines", n), form === "other" ? "few" : form, `${n}`);
    }
  });

  test("a value that is put in is not read as a template", () => {
    assert.equal(russian.t("Port {port}", { port: "{port} $&" }), "Порт {port} $&");
  });

  test("a message that is not translated stays English", () => {
    assert.deepEqual([russian.t("New"), russian.t("constructor")], ["New", "constructor"]);
  });
});
