// A run before anything has happened to it, and what its events make of it. Pure.

import { visible } from "./text.js";

/** @import { Run } from "./room-state.js" */
/** @import { RunState } from "./types.d.ts" */

// The life of a run, as its events tell it (DESIGN.md, "How a run works").
/** @type {Readonly<Record<string, RunState>>} */
export const RUN_STATE_OF = Object.freeze({
  "run.started": "starting",
  "run.listening": "listening",
  "run.running": "running",
  "run.stopping": "stopping",
  "run.exited": "exited",
  "run.crashed": "crashed",
  "run.failed": "failed",
});

// What an event may tell anew of a run.
export const RUN_FIELDS = Object.freeze(
  "pid args host port transport exit_status error owner".split(" "),
);

/**
 * A run at its beginning, as the event tells of it.
 * @param {any} event
 * @returns {Omit<Run, "asOf">}
 */
export function newRun({ run, lab, program, pid, args, t }) {
  return {
    id: run,
    lab: lab ?? null,
    program: program ?? null,
    pid: pid ?? null,
    args: args ?? [],
    state: "starting",
    host: null,
    port: null,
    exit_status: null,
    error: null,
    startedT: t ?? null,
    portTaken: null, // the port that it did not get, because another socket has it
  };
}

/** The file of a run's program; one of somebody's own, without a lab, is told by its file's name. */
export const fileOf = (
  /** @type {{lab?: string | null, program?: string | null}} */ { lab, program },
) => visible(lab === "" ? (program ?? "") : `${program}.py`);

/** The port that a run was to have; of two equal options the last counts. */
export function wantedPort(/** @type {Run} */ { args }) {
  const at = args.lastIndexOf("--port");
  return at === -1 ? null : Number(args[at + 1]) || null;
}
