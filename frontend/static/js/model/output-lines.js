// What a run printed and what was typed into it: lines of parts {stream, text}; a line stays open
// until its newline comes. Lines are bounded, and what a bound costs is counted.

export const LIMITS = Object.freeze({
  outputCharacters: 200_000, // per run
  outputLines: 2_000, // per run
  lineCharacters: 4_000, // a longer line is shown as several
});

/** @typedef {"stdout" | "stderr" | "stdin"} Stream */
/**
 * A line: {id, parts, characters, ended}; `dropped` {count, bytes} is what was left out in its place.
 * @typedef {{id: number, parts: readonly {stream: Stream, text: string}[], characters: number,
 *   ended: boolean, dropped?: {count: number, bytes: number}}} Line
 */
/**
 * The output of one run: its last lines, how many characters they have, how many lines are gone.
 * @typedef {{lines: Line[], characters: number, forgotten: number, nextId: number}} Output
 */

/** @type {Readonly<{lines: readonly Line[], characters: number, forgotten: number, nextId: number}>} */
export const NO_OUTPUT = Object.freeze({
  lines: Object.freeze([]),
  characters: 0,
  forgotten: 0, // lines that the bound took away
  nextId: 1,
});

// Cut after each newline, and where a line is too long to show.
const PIECE = new RegExp(`[^\n]{0,${LIMITS.lineCharacters - 1}}(?:\n|[^])`, "gu");

/**
 * Add a text to an output that is ours to change.
 * @param {Output} output
 * @param {Stream} stream
 * @param {string} text
 */
export function addText(output, stream, text) {
  for (const piece of text.match(PIECE) ?? []) addPiece(output, stream, piece);
}

function addPiece(
  /** @type {Output} */ output,
  /** @type {Stream} */ stream,
  /** @type {string} */ piece,
) {
  const ended = piece.endsWith("\n");
  const text = ended ? piece.replace(/\r?\n$/, "") : piece;
  let last = output.lines.at(-1);
  if (!last || last.ended || last.dropped) {
    last = { id: output.nextId++, parts: [], characters: 0, ended: false };
    output.lines.push(last);
  }
  const parts = joined(last.parts, stream, text);
  const characters = last.characters + text.length;
  const full = characters >= LIMITS.lineCharacters;
  output.lines[output.lines.length - 1] = { ...last, parts, characters, ended: ended || full };
  output.characters += text.length;
}

/**
 * @param {Line["parts"]} parts
 * @param {Stream} stream
 * @param {string} text
 */
function joined(parts, stream, text) {
  const last = parts.at(-1);
  if (last?.stream !== stream) return text === "" ? parts : [...parts, { stream, text }];
  return [...parts.slice(0, -1), { stream, text: last.text + text }];
}

/**
 * Tell in an output that is ours to change that so many pieces and bytes of it were left out here.
 * @param {Output} output
 * @param {number} count
 * @param {number} bytes
 */
export function addDropped(output, count, bytes) {
  const last = output.lines.at(-1);
  if (last?.dropped) {
    const dropped = { count: last.dropped.count + count, bytes: last.dropped.bytes + bytes };
    output.lines[output.lines.length - 1] = { ...last, dropped };
    return;
  }
  const line = { id: output.nextId++, parts: [], characters: 0, ended: true };
  output.lines.push({ ...line, dropped: { count, bytes } });
}

/** The output within its bounds, never to be changed again. */
export function trimmed(/** @type {Output} */ output) {
  let first = Math.max(0, output.lines.length - LIMITS.outputLines);
  let characters = output.characters;
  for (let i = 0; i < first; i++) characters -= output.lines[i].characters;
  while (characters > LIMITS.outputCharacters && first < output.lines.length - 1) {
    characters -= output.lines[first].characters;
    first += 1;
  }
  return Object.freeze({
    ...output,
    lines: output.lines.slice(first),
    characters,
    forgotten: output.forgotten + first,
  });
}
