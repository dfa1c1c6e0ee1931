// Bytes as people read them: base64 of the timeline, UTF-8 with its broken parts shown, hex.

import { visible } from "./text.js";

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Encode text as UTF-8. */
export const encode = (/** @type {string} */ text) => encoder.encode(text);

/** Decode the base64 `data` of an event into bytes. */
export function fromBase64(/** @type {string | undefined} */ data) {
  const binary = atob(data ?? "");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/**
 * Decode UTF-8 for the eye: bytes that are not UTF-8, or half of a character at the end of
 * a piece, are shown as \xD0, a carriage return as \r. Newlines and tabs stay.
 */
export function readable(/** @type {Uint8Array} */ bytes) {
  try {
    return shown(bytes);
  } catch {
    return readableBroken(bytes);
  }
}

// CR LF is so common in protocols that its CR gets a sign which every font has.
function shown(/** @type {Uint8Array} */ bytes) {
  return visible(strictDecoder.decode(bytes).replaceAll("\r", "\\r"), { lines: true });
}

function readableBroken(/** @type {Uint8Array} */ bytes) {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      text += `\\x${hexByte(bytes[at]).toUpperCase()}`;
      at += 1;
    } else {
      text += shown(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

// How many bytes the UTF-8 character at this place has (RFC 3629, section 4); 0: none is here.
function characterLength(/** @type {Uint8Array} */ bytes, /** @type {number} */ at) {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strictDecoder.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** Write bytes as a hex dump: offset, 16 bytes a line (or fewer), and their ASCII. */
export function hexDump(/** @type {Uint8Array} */ bytes, { width = 16 } = {}) {
  const lines = [];
  for (let offset = 0; offset < bytes.length; offset += width) {
    const row = [...bytes.subarray(offset, offset + width)];
    const hex = row
      .map(hexByte)
      .join(" ")
      .padEnd(width * 3 - 1);
    const ascii = row.map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·",
    );
    lines.push(`${offset.toString(16).padStart(4, "0")}  ${hex}  ${ascii.join("")}`);
  }
  return lines.join("\n");
}

/** Read bytes typed in hex ("d0 9f 0a", "0xd0,0x9f"); null where it is not hex. */
export function parseHex(/** @type {string} */ text) {
  const digits = text.replace(/0x/gi, "").replace(/[\s,:]/g, "");
  if (digits.length % 2 === 1 || /[^0-9a-f]/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function hexByte(/** @type {number} */ byte) {
  return byte.toString(16).padStart(2, "0");
}
