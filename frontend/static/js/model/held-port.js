// The port that a server wanted and another program has: which one, whose, and what brings that
// program into the page. Pure.

import { traceCommand } from "./commands.js";
import { hasEnded } from "./room-state.js";

/** @import { Terminal } from "./commands.js" */
/** @import { LabView } from "./lab-view.js" */

/**
 * The port that was wanted and not to be had; `got` is the one that the server has instead, `name` what
 * the holder is called, if anybody knows. null: there is none.
 * @param {Pick<LabView, "main" | "names"> & {lab: {port?: number | null},
 *   failure: {code: string, port?: number | null} | null}} view
 */
export function heldPort({ main, names, lab, failure }) {
  const live = main !== null && !hasEnded(main) ? main : null;
  const moved = live?.port && live.portTaken !== live.port ? (live.portTaken ?? null) : null;
  const refused = failure?.code === "port_in_use" ? (failure.port ?? lab.port ?? null) : null;
  const taken = refused ?? moved;
  if (taken === null) return null;
  const name = names.get(`${main?.host ?? "127.0.0.1"}:${taken}`) ?? null;
  return { taken, got: refused === null ? (live?.port ?? null) : null, name };
}

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
