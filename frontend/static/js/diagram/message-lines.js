// A message above an arrow: in one line, or where that has no room in two. The address before a message is
// shortened to its port, or left out, before the message is cut. Pure.

import { cutTo, fits, mostIn, widthOf } from "./word-width.js";

const HOST = /\b\d+\.\d+\.\d+\.\d+(?=:\d+)/g;
const WHO = /^\d+\.\d+\.\d+\.\d+:\d+: +(?=.)/;
const LEAST = 0.4; // of a line that ends at the end of a word
const WORD = /[\s↵→,;!?)](?=[^\s])|(?<=\p{L})-(?=\p{L})/gu; // after which a line may end
// Where a word may be divided, in either language: after a syllable, before a consonant with its vowel;
// if need be between any two letters.
const SYLLABLE =
  /[аеёиоуыэюяaeiouy]\p{L}*(?<=\p{L}{2})\n[бвгджзклмнпрстфхцчшщbcdfghjklmnpqrstvwxz][аеёиоуыэюяaeiouy]/iu;
const LETTERS = /\p{L}{2}\n(?![ьъй])\p{L}{2}/iu;
const HYPHEN = "\u2010";
// A path, the name of a field, a file: a hyphen would be taken for one of its own.
const EXACT = /[\p{L}\d][/\\=_@.-][\p{L}\d]|[\s↵][/\\]/u;

/** The lines of a message that has so much room, at most one or two. */
export function messageLines(
  /** @type {string} */ text,
  /** @type {number} */ room,
  /** @type {number} */ most,
) {
  const said = shortened(text, room);
  if (most < 2 || fits(said, room, "mono")) return [cutTo(said, room, "mono")];
  const { end, sign } = endOfLine(said, mostIn(room, "mono"));
  const rest = said.slice(end).trimStart();
  return [said.slice(0, end).trimEnd() + sign, cutTo(rest, room, "mono")];
}

/** The least room in which a message stands in one line, uncut. */
export const roomForOne = (/** @type {string} */ text) =>
  Math.min(
    ...[text, text.replace(HOST, ""), text.replace(WHO, "")].map((each) => widthOf(each, "mono")),
  );

const shortened = (/** @type {string} */ text, /** @type {number} */ room) =>
  [text, text.replace(HOST, "")].find((each) => fits(each, room, "mono")) ?? text.replace(WHO, "");

// Where the first line ends: after its last word, or inside of a long one, or where its room does.
function endOfLine(/** @type {string} */ text, /** @type {number} */ most) {
  let end = 0;
  for (const { 0: sign, index } of text.slice(0, most + 2).matchAll(WORD)) {
    if (index + sign.trim().length <= most) end = index + 1; // a space has no width there
  }
  if (end >= most * LEAST) return { end, sign: "" };
  end = endInWord(text, most);
  if (end > 0 && !EXACT.test(wordAt(text, end))) return { end, sign: HYPHEN };
  return { end: /[\uD800-\uDBFF]/.test(text[most - 1]) ? most - 1 : most, sign: "" };
}

// The word around a place, with what stands before it.
const wordAt = (/** @type {string} */ text, /** @type {number} */ at) =>
  ` ${text.slice(0, at).match(/[^\s↵]*$/)?.[0]}${text.slice(at).match(/^[^\s↵]*/)?.[0]}`;

// A message that has room in two full lines is not cut for the sake of a hyphen.
function endInWord(/** @type {string} */ text, /** @type {number} */ most) {
  const least = text.length <= 2 * most ? text.length - most : 0;
  let found = 0;
  for (let end = most - 1; end >= Math.max(most * LEAST, least); end--) {
    const around = `${text.slice(0, end)}\n${text.slice(end, end + 2)}`;
    if (SYLLABLE.test(around)) return end;
    if (found === 0 && LETTERS.test(around)) found = end;
  }
  return found;
}
