// HTTP/1.1 messages as bytes (RFC 9112): writes a request, takes a response apart.

/**
 * @typedef {{head: string, body: Uint8Array<ArrayBuffer>, status: number | null, reason: string,
 *   headers: Map<string, string>, isHttp: boolean}} Response
 */

/** Write a request as people read it: lines that end with "\n" here and with CR LF on the wire. */
export function requestText(
  /** @type {{method: string, path: string, host: string}} */ { method, path, host },
) {
  return `${method} ${path} HTTP/1.1\nHost: ${host}\nConnection: close\n\n`;
}

/** The bytes of such a request. */
export function requestBytes(/** @type {string} */ text) {
  return new TextEncoder().encode(text.replace(/\r?\n/g, "\r\n"));
}

/**
 * Take a response apart: {head, body, status, reason, headers, isHttp}. `head` is its text
 * without the empty line, `body` its bytes. What is not HTTP is all body.
 * @returns {Response}
 */
export function parseResponse(/** @type {Uint8Array<ArrayBuffer>} */ bytes) {
  const end = endOfHead(bytes);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, end.at));
  const [statusLine, ...lines] = head.split(/\r?\n/);
  const [, status, reason] = /^HTTP\/\d\.\d (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  if (status === undefined) {
    return { head: "", body: bytes, status: null, reason: "", headers: new Map(), isHttp: false };
  }
  const headers = new Map(lines.flatMap(fieldOf));
  const body = bytes.subarray(Math.min(end.at + end.length, bytes.length));
  return { head, body, status: Number(status), reason, headers, isHttp: true };
}

/** The text of a body, in the character set that its Content-Type names (UTF-8 without one). */
export function bodyText(/** @type {Uint8Array<ArrayBuffer>} */ body, contentType = "") {
  const [, charset = "utf-8"] = /charset="?([^\s;"]+)/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/** @returns {[string, string][]} none, or one */
function fieldOf(/** @type {string} */ line) {
  const colon = line.indexOf(":");
  return colon > 0 ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]] : [];
}

// The empty line: CR LF CR LF, or LF LF from servers that are not so exact.
function endOfHead(/** @type {Uint8Array} */ bytes) {
  for (let at = 0; at < bytes.length - 1; at++) {
    if (bytes[at] !== 0x0a) continue;
    if (bytes[at + 1] === 0x0a) return { at, length: 2 };
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) {
      return { at: bytes[at - 1] === 0x0d ? at - 1 : at, length: bytes[at - 1] === 0x0d ? 4 : 3 };
    }
  }
  return { at: bytes.length, length: 0 };
}
