// The port that a server wanted and another program has: which one, whose, and what brings that
// program into the page. Pure.

import { traceCommand } from "./commands.js";
import { fileOf } from "./new-run.js";
import { isFirstVersion } from "./programs.js";
import { hasEnded } from "./room-state.js";

/** @import { Terminal } from "./commands.js" */
/** @import { LabView } from "./lab-view.js" */

/**
 * The port that was wanted and not to be had; `got` is the one that the server has instead, `name` what
 * the holder is called, if anybody knows, `run` the server's id that can be stopped for it: the one that
 * moved, or the lab's own that holds the port. `fixed` is the file in which the port stands, of a program
 * that takes no other. null: there is none.
 * @param {Pick<LabView, "main" | "active" | "names"> & {lab: {port?: number | null},
 *   failure: {code: string, port?: number | null, program?: string} | null}} view
 */
export function heldPort({ main, active, names, lab, failure }) {
  const live = main !== null && !hasEnded(main) ? main : null;
  const moved = live?.port && live.portTaken !== live.port ? (live.portTaken ?? null) : null;
  const refused = failure?.code === "port_in_use" ? (failure.port ?? lab.port ?? null) : null;
  const taken = refused ?? moved;
  if (taken === null) return null;
  const ours = refused === null ? null : (active.find(({ port }) => port === taken) ?? null);
  const address = `${main?.host ?? "127.0.0.1"}:${taken}`;
  const name = names.get(ours?.id ?? "") ?? names.get(address) ?? null;
  const got = refused === null ? (live?.port ?? null) : null;
  const program = refused === null ? null : (failure?.program ?? null);
  const fixed = isFirstVersion(program) ? fileOf({ program }) : null;
  return { taken, got, name, run: (got === null ? ours : live)?.id ?? null, fixed };
}

/** What another playground's program is, by its name (backend/domain/program_names.py). */
export const labElsewhere = (/** @type {string | null} */ name) =>
  name?.match(/^Socket Lab: (.+)/)?.[1];

/**
 * The command that starts a program of that name so that the page at `url` shows it; null for what is
 * no program in Python.
 * @param {string | null} name
 * @param {{url: string, terminal: Terminal | null}} where
 */
export function bringIn(name, where) {
  const [, module, file] = name?.match(/^python (?:-m (labs(?:\.\w+){3})|([^-\s]\S*\.py))$/) ?? [];
  const program = module ? `${module.replaceAll(".", "/")}.py` : file;
  return program ? traceCommand(program, { isOfLab: Boolean(module), ...where }) : null;
}
