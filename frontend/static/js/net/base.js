// Where this server's addresses begin: the page says it, as data-base of <html>, when a proxy has the
// playground under a path. Every address of ours is made here (a test looks for others).

const BASE = globalThis.document?.documentElement.dataset.base ?? "";

/**
 * The address of a path of this server: at("/api/labs").
 * @param {string} path
 */
export const at = (path) => `${BASE}${path}`;

/** The path that all addresses here have in common, for cookies. */
export const root = () => BASE || "/";

/**
 * The address of a WebSocket of this page's own server.
 * @param {string} path
 * @param {{protocol: string, host: string}} [origin]
 */
export function socketAt(path, origin = location) {
  const scheme = origin.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${origin.host}${at(path)}`;
}
