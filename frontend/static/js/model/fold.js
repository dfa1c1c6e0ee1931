// A long text folded: its first and last lines, which say enough to know it by. Pure.

const FOLDED = Object.freeze({ lines: 12, characters: 600 }); // what is longer than this
const FIRST = Object.freeze({ lines: 6, characters: 240 });
const LAST = Object.freeze({ lines: 3, characters: 120 });

/**
 * What stays of a text that is too long to be shown at once; null: it is not.
 * @param {string} text
 * @returns {{first: string, last: string} | null}
 */
export function fold(text) {
  const lines = text.split("\n");
  if (lines.length <= FOLDED.lines && text.length <= FOLDED.characters) return null;
  const [first, last] = lines.length <= FOLDED.lines ? [lines, lines] : ends(lines);
  const start = whole(first.join("\n").slice(0, FIRST.characters));
  const end = whole(last.join("\n").slice(-LAST.characters));
  return { first: start, last: end };
}

const ends = (/** @type {string[]} */ lines) => [
  lines.slice(0, FIRST.lines),
  lines.slice(-LAST.lines),
];

// Without half of a character that was cut in two.
const whole = (/** @type {string} */ text) =>
  text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
