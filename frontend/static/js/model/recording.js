// The file of a recording, read and checked line by line: a header, then events. Pure.
// A file may come from anywhere, so nothing reaches the views that has not the shape of an event.

import { faultOf, isNumber, isObject, isText, listOf } from "./event-shapes.js";

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

export const LIMITS = Object.freeze({
  bytes: 64 * 2 ** 20,
  events: 200_000,
  badLines: 20, // that are told one by one; the others are only counted
});

const VERSION = 1;

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
