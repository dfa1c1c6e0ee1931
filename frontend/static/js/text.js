// Text from people, programs and sockets, made safe to look at: what would be invisible
// or would turn the line around (Unicode TR 36, "bidirectional text spoofing") is shown.

const EMOJI_SELECTORS = "\\uFE0E\\uFE0F";
const HIDDEN = new RegExp(
  `[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]|(?![${EMOJI_SELECTORS}])\\p{Default_Ignorable_Code_Point}`,
  "gu",
);

/**
 * Show every control, bidi and invisible character: ␀ for C0, \x85 for C1, ⟨U+202E⟩ for the rest.
 * With `lines` newline and tab stay as they are: for places that show lines.
 */
export function visible(text, { lines = false } = {}) {
  return text.replace(HIDDEN, (character) =>
    lines && (character === "\n" || character === "\t") ? character : sign(character),
  );
}

function sign(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  const hex = code.toString(16).toUpperCase();
  return code < 0xa0 ? `\\x${hex.toLowerCase()}` : `⟨U+${hex.padStart(4, "0")}⟩`;
}
