// The HTTP API of a room, as functions; every failure is an ApiError with a code.

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

/** Read a room: its runs, its clients, the number of its last event. */
export const readRoom = (room) => request("GET", roomPath(room));

/** Start a program of a lab; resolves once it listens or runs. */
export const startRun = (room, { lab, program, port = null, args = [] }) =>
  request("POST", `${roomPath(room)}/runs`, { lab, program, port, args });

/** Stop a run; resolves with the ended run. */
export const stopRun = (room, run) => request("DELETE", runPath(room, run));

/** Type text into a run. */
export const typeInto = (room, run, text) =>
  request("POST", `${runPath(room, run)}/stdin`, { text });

/** Close the input of a run, as Ctrl+D does in a terminal. */
export const endInput = (room, run) =>
  request("POST", `${runPath(room, run)}/stdin`, { eof: true });

const roomPath = (room) => `/api/rooms/${encodeURIComponent(room)}`;
const runPath = (room, run) => `${roomPath(room)}/runs/${encodeURIComponent(run)}`;

async function request(method, path, body) {
  const options = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (cause) {
    throw new ApiError("unreachable_backend", cause.message, { cause });
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

function parsed(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
