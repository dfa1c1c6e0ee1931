// The HTTP API of a room, as functions; every failure is an ApiError with a code.

import { at } from "./base.js";

/** @import { RoomInfo, RunInfo } from "../model/types.d.ts" */

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
 * Start a program of a lab; resolves once it listens or runs.
 * @param {string} room
 * @param {{lab: string, program: string, port?: number | null, args?: string[]}} order
 * @returns {Promise<RunInfo>}
 */
export const startRun = (room, { lab, program, port = null, args = [] }) =>
  request("POST", `${roomPath(room)}/runs`, { lab, program, port, args });

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

/** @param {string} room */
const roomPath = (room) => at(`/api/rooms/${encodeURIComponent(room)}`);
/**
 * @param {string} room
 * @param {string} run
 */
const runPath = (room, run) => `${roomPath(room)}/runs/${encodeURIComponent(run)}`;

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function request(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const written = body === undefined ? null : JSON.stringify(body);
  let response;
  try {
    response = await fetch(path, { method, headers, body: written });
  } catch (cause) {
    throw new ApiError("unreachable_backend", /** @type {Error} */ (cause).message, { cause });
  }
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok) return answer;
  const {
    code = `http_${response.status}`,
    message = response.statusText,
    ...details
  } = answer?.error ?? {};
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
