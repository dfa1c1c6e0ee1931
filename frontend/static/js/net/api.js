// The HTTP API of a room, as functions; every failure is an ApiError with a code.

import { at } from "./base.js";
import { tokenAt } from "./credentials.js";

/** @import { BrokenLab, RoomInfo, RunInfo } from "../model/types.d.ts" */

const JSON_TYPE = "application/json";

/** A request that the backend refused, or that never reached it (code "unreachable_backend"). */
export class ApiError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{status?: number, details?: Record<string, unknown>, cause?: unknown}} [more]
   */
  constructor(code, message, { status = 0, details = {}, cause } = {}) {
    super(message, { cause });
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/**
 * Read a room: its runs, its clients, the number of its last event.
 * @param {string} room
 * @returns {Promise<RoomInfo>}
 */
export const readRoom = (room) => request("GET", roomPath(room));

/**
 * Read which labs of one's own cannot be used as they are, and why; hosts may.
 * @param {string} room
 * @returns {Promise<{labs: BrokenLab[]}>}
 */
export const readBrokenLabs = (room) => request("GET", `${roomPath(room)}/broken-labs`);

/**
 * Read the answers to a lab's questions, as HTML by language; hosts may.
 * @param {string} room
 * @param {string} lab
 * @returns {Promise<{html: Record<string, string> | null}>}
 */
export const readAnswers = (room, lab) => request("GET", `${roomPath(room)}/labs/${lab}/answers`);

/**
 * Start a program of a lab; resolves once it listens or runs.
 * @param {string} room
 * @param {{lab: string, program: string, port?: number | null, args?: string[]}} order
 * @returns {Promise<RunInfo>}
 */
export const startRun = (room, { lab, program, port = null, args = [] }) =>
  request("POST", `${roomPath(room)}/runs`, { lab, program, port, args });

/**
 * Start once more what was asked for when a run was started.
 * @param {string} room
 * @param {string} run
 * @returns {Promise<RunInfo>}
 */
export const startAgain = (room, run) => request("POST", `${runPath(room, run)}/again`);

/**
 * Stop a run; resolves with the ended run.
 * @param {string} room
 * @param {string} run
 * @returns {Promise<RunInfo>}
 */
export const stopRun = (room, run) => request("DELETE", runPath(room, run));

/**
 * Type text into a run.
 * @param {string} room
 * @param {string} run
 * @param {string} text
 */
export const typeInto = (room, run, text) =>
  request("POST", `${runPath(room, run)}/stdin`, { text });

/**
 * Close the input of a run, as Ctrl+D does in a terminal.
 * @param {string} room
 * @param {string} run
 */
export const endInput = (room, run) =>
  request("POST", `${runPath(room, run)}/stdin`, { eof: true });

/**
 * Begin a take of a lab: its views are clear, its clients are counted from 1.
 * @param {string} room
 * @param {string} lab
 */
export const beginTake = (room, lab) => request("POST", `${roomPath(room)}/takes`, { lab });

/**
 * Give a program that has no name of its own one; the empty name takes it away.
 * @param {string} room
 * @param {string} address
 * @param {string} name
 */
export const namePeer = (room, address, name) =>
  request("PUT", `${roomPath(room)}/peers/${encodeURIComponent(address)}`, { name });

/** @param {string} room */
export const roomPath = (room) => at(`/api/rooms/${encodeURIComponent(room)}`);
/**
 * @param {string} room
 * @param {string} run
 */
const runPath = (room, run) => `${roomPath(room)}/runs/${encodeURIComponent(run)}`;

/**
 * Ask for something; resolves with the JSON that comes, null where there is none.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {{key?: string}} [more] `key` in place of the room's token
 */
export async function request(method, path, body, more = {}) {
  const written = body === undefined ? {} : { kind: JSON_TYPE, body: JSON.stringify(body) };
  const response = await send(method, path, { ...more, ...written });
  return parsed(await response.text());
}

/**
 * Make a request of this server; what is refused, or comes to nothing, is an ApiError.
 * @param {string} method
 * @param {string} path
 * @param {{body?: BodyInit | null, kind?: string, key?: string, signal?: AbortSignal | null,
 *   keepalive?: boolean, cache?: RequestCache}} [more] `kind` is what the body is, `key` stands in for the room's token
 */
export async function send(method, path, { body = null, kind = "", key = "", ...more } = {}) {
  /** @type {Record<string, string>} */
  const headers = { accept: JSON_TYPE };
  const token = key || tokenAt(path);
  if (token) headers.authorization = `Bearer ${token}`;
  if (kind) headers["content-type"] = kind;
  let response;
  try {
    response = await fetch(path, { method, headers, body, ...more });
  } catch (cause) {
    throw new ApiError("unreachable_backend", /** @type {Error} */ (cause).message, { cause });
  }
  if (response.ok) return response;
  const {
    code = `http_${response.status}`,
    message = response.statusText,
    ...details
  } = parsed(await response.text())?.error ?? {};
  throw new ApiError(code, message, { status: response.status, details });
}

/** @param {string} text */
function parsed(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
