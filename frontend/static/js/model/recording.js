// The file of a recording, read and checked line by line: a header, then events. Pure.
// A file may come from anywhere, so nothing reaches the views that has not the shape of an event.

/** @import { RoomEvent, RunInfo } from "./types.d.ts" */
/**
 * What a file held: `bad` names the first lines that are no events, and why; `badCount` counts all.
 * @typedef {{header: Readonly<Header>, events: RoomEvent[], bad: {line: number, why: string}[],
 *   badCount: number, missed: number}} Recording
 */
/**
 * @typedef {{room: string, clockOffsetS: number, labIds: string[], runs: RunInfo[],
 *   lab: string | null, take: number | null}} Header `lab` and `take` are those of which alone it is
 */
/** @typedef {"empty" | "no_recording" | "version" | "too_big" | "too_many"} Code */
/** @typedef {(value: unknown) => boolean} Check */
/** @typedef {Record<string, unknown>} Json */

export const LIMITS = Object.freeze({
  bytes: 64 * 2 ** 20,
  events: 200_000,
  badLines: 20, // that are told one by one; the others are only counted
});

const VERSION = 1;

// name:type of each event, "?" where it may be absent. s text, n number, a texts, e error,
// b base64, i numbers, m udp|tcp|unix, v number or boolean, o stdout|stderr|stdin.
const CLIENT = "client:s run:s";
export const SHAPES = Object.freeze({
  "run.started": "run:s lab:s program:s pid:n args:a owner:s? name:s?",
  "run.listening": "run:s host:s port:n transport:m",
  "run.running": "run:s",
  "run.placed": "run:s lab:s",
  "run.slowed": "run:s slowed:v",
  "run.ending": "run:s in_s:n?",
  "run.stopping": "run:s by:s? why:e?",
  "run.exited": "run:s exit_status:n? error:e?",
  "run.crashed": "run:s exit_status:n error:e",
  "run.failed": "run:s error:e exit_status:n?",
  output: "run:s stream:o text:s",
  dropped: "what:s count:n bytes:n run:s? client:s?",
  call:
    "run:s call:s n:n socket:n transport:m thread:s tid:n phase:s? file:s? line:n? via:s? " +
    "local:s? peer:s? error:s? arguments:s? bytes:n? data:b? offset:n? accepted:n? address:s? " +
    "backlog:n? how:s? option:s? value:v? flags:s? held:n? full:v? " +
    "unseen:n? elsewhere:v? child:n?",
  thread:
    "run:s event:s thread:s tid:n other:s? ended:v? child:n? call:s? error:s? arguments:s? file:s? line:n?",
  sync:
    "run:s event:s thread:s tid:n object:n kind:s name:s? value:n? until:s? waiting:i? woke:i? " +
    "child:n? call:s? error:s? arguments:s? file:s? line:n?",
  "take.began": "lab:s take:n",
  "client.opened": `${CLIENT} transport:m local:s peer:s number:n? owner:s? name:s?`,
  "client.sent": `${CLIENT} bytes:n data:b`,
  "client.received": `${CLIENT} bytes:n data:b`,
  "client.eof": CLIENT,
  "client.shutdown": CLIENT,
  "client.failed": `${CLIENT} code:s message:s`,
  "client.closed": CLIENT,
});

/** @returns {value is string} */
const isText = (/** @type {unknown} */ value) => typeof value === "string";
/** @returns {value is number} */
const isNumber = (/** @type {unknown} */ value) =>
  typeof value === "number" && Number.isFinite(value);
/** @returns {value is Json} */
const isObject = (/** @type {unknown} */ value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {<Item>(check: (item: unknown) => item is Item) => (value: unknown) => value is Item[]} */
const listOf = (check) => (value) => Array.isArray(value) && value.every(check);

/** @type {Readonly<Record<string, Check>>} */
const CHECKS = Object.freeze({
  s: isText,
  n: isNumber,
  a: listOf(isText),
  i: listOf(isNumber),
  v: (value) => isNumber(value) || typeof value === "boolean",
  o: (value) => isText(value) && ["stdout", "stderr", "stdin"].includes(value),
  m: (value) => isText(value) && ["udp", "tcp", "unix"].includes(value),
  b: (value) => isText(value) && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  e: (value) => isObject(value) && isText(value.code) && isText(value.message),
});

const FIELDS = new Map(
  Object.entries(SHAPES).map(([type, shape]) => [
    type,
    shape.split(" ").map((field) => {
      const [name, kind, optional] = field.split(/:(\w)/);
      return { name, check: CHECKS[kind], optional: optional === "?" };
    }),
  ]),
);

/** A file that is no recording, or none that this page can read; `code` says why. */
export class RecordingError extends Error {
  /**
   * @param {Code} code
   * @param {Record<string, string | number>} [values] for the words of the code
   */
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/**
 * Read the text of a file: {header, events, bad: [{line, why}], badCount, missed}.
 * `events` are as they stand in the file; lines that are no events are left out and counted.
 * Throws RecordingError.
 * @param {string} text
 * @returns {Recording}
 */
export function readRecording(text) {
  if (text.trim() === "") throw new RecordingError("empty");
  const lines = text.split("\n");
  const header = readHeader(lines[0].replace(/^\uFEFF/, ""));
  /** @type {Recording} */
  const recording = { header, events: [], bad: [], badCount: 0, missed: 0 };
  for (let at = 1; at < lines.length; at++) {
    if (lines[at].trim() !== "") takeLine(recording, lines[at], at + 1);
  }
  return recording;
}

function readHeader(/** @type {string} */ line) {
  const header = parsed(line);
  if (!isObject(header) || header.type !== "recording") throw new RecordingError("no_recording");
  if (header.version !== VERSION) {
    throw new RecordingError("version", { version: String(header.version), known: VERSION });
  }
  const { room, clock_offset_s: offset, lab_ids: labs, runs, lab, take } = header;
  return Object.freeze({
    room: isText(room) ? room : "",
    clockOffsetS: isNumber(offset) ? offset : 0,
    labIds: listOf(isText)(labs) ? labs : [],
    runs: Array.isArray(runs) ? runs.filter(isRun) : [],
    lab: isText(lab) ? lab : null,
    take: isNumber(take) ? take : null,
  });
}

/** @returns {run is RunInfo} */
const isRun = (/** @type {unknown} */ run) =>
  isObject(run) && [run.id, run.lab, run.program].every(isText) && run.id !== "";

/**
 * @param {Recording} recording
 * @param {string} line
 * @param {number} number of the line, from 1
 */
function takeLine(recording, line, number) {
  const event = parsed(line);
  if (isObject(event) && event.type === "gap") {
    recording.missed += isNumber(event.missed) ? Math.max(0, event.missed) : 0;
    return;
  }
  const why = faultOf(event);
  if (why !== null) {
    recording.badCount += 1;
    if (recording.bad.length < LIMITS.badLines) recording.bad.push({ line: number, why });
    return;
  }
  if (recording.events.length >= LIMITS.events) {
    throw new RecordingError("too_many", { limit: LIMITS.events });
  }
  recording.events.push(/** @type {RoomEvent} */ (event));
}

/** @returns {unknown} */
function parsed(/** @type {string} */ line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What is wrong with an event: "json", or the name of a field; null when nothing is. */
export function faultOf(/** @type {unknown} */ event) {
  if (!isObject(event)) return "json";
  if (!isText(event.type)) return "type";
  if (!isNumber(event.seq) || !Number.isSafeInteger(event.seq) || event.seq < 1) return "seq";
  if (!isNumber(event.t)) return "t";
  for (const { name, check, optional } of FIELDS.get(event.type) ?? []) {
    if (!Object.hasOwn(event, name)) {
      if (!optional) return name;
    } else if (!check(event[name]) && !(optional && event[name] === null)) return name;
  }
  return null; // of a type that is not known the views say so themselves
}
