// Text from people, programs and sockets, made safe to look at: what would be invisible
// or would turn the line around (Unicode TR 36, "bidirectional text spoofing") is shown.

const EMOJI_SELECTORS = "\\uFE0E\\uFE0F";
const HIDDEN = new RegExp(
  `[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]|(?![${EMOJI_SELECTORS}])\\p{Default_Ignorable_Code_Point}`,
  "gu",
);

/** @type {Record<number, string | undefined>} */
const NAMED = { 9: "\\t", 10: "\\n", 13: "\\r" };

/**
 * Show every control, bidi and invisible character: \r, \x1b as Python writes them, ⟨U+202E⟩.
 * With `lines` newline and tab stay as they are: for places that show lines.
 */
export function visible(/** @type {string} */ text, { lines = false } = {}) {
  return text.replace(HIDDEN, (character) =>
    lines && (character === "\n" || character === "\t") ? character : sign(character),
  );
}

/** A text of at most so many characters, the last one a sign for the rest. */
export const cut = (/** @type {string} */ text, /** @type {number} */ most) =>
  text.length > most ? `${whole(text.slice(0, most - 1))}…` : text;

/** A name in two parts: the number at its end, which tells it from others, is never cut. */
export function parted(/** @type {string} */ name) {
  const number = /[\s-]#?\d{1,4}$/.exec(name)?.[0] ?? "";
  return [name.slice(0, name.length - number.length), number];
}

/** Without half of a character that was cut in two. */
const whole = (/** @type {string} */ text) => text.replace(/[\uD800-\uDBFF]$/, "");

function sign(/** @type {string} */ character) {
  const code = character.codePointAt(0) ?? 0;
  const named = NAMED[code];
  if (named) return named;
  const hex = code.toString(16).toUpperCase();
  return code < 0xa0 ? `\\x${hex.toLowerCase().padStart(2, "0")}` : `⟨U+${hex.padStart(4, "0")}⟩`;
}
