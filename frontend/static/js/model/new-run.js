// A run before anything has happened to it. Pure.

/** @import { Run } from "./room-state.js" */

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
) => (lab === "" ? (program ?? "") : `${program}.py`);

/** The port that a run was to have; of two equal options the last counts. */
export function wantedPort(/** @type {Run} */ { args }) {
  const at = args.lastIndexOf("--port");
  return at === -1 ? null : Number(args[at + 1]) || null;
}
