// The commands of a task as they have to be typed here and now: with the port that the server really
// has, in the folder of the labs, by the interpreter that runs them. Pure.

import { hasEnded } from "./room-state.js";

/** @import { Lab } from "./lab-view.js" */
/** @import { Run } from "./room-state.js" */
/**
 * Where the labs are, what runs them, and our own command.
 * @typedef {{folder: string, python: string, socketlab: string}} Terminal
 */

const COMMAND = /^(?:python3?|nc|curl|printf|echo|ss|ps) /;
const PYTHON = /(^|[|(] ?)python(?= )/g;
// A lab's client: a module, or a file where the lab is one's own.
const OF_LAB = /(?:-m labs\.|\bpython )(\w+)[./](\w+)[./]client\b/;
// The labs' modules and files, a learner's copy of one, which is made beside them, and a line of Python.
const NEEDS_FOLDER = /\blabs\.|(^|[|(] ?)python ([\w/]+\.py\b|-c )/;
const BEFORE_PIPE = /^(?:[^|"']|"[^"]*"|'[^']*')*/; // and not within quotes
const PLAIN = /^[\w@%+=:,./-]+$/; // what a shell takes as it is

/**
 * The commands that a block of code consists of; null if it is no block of commands.
 * @param {string} text
 * @returns {string[] | null}
 */
export function commandsIn(text) {
  const lines = text.trimEnd().split("\n");
  return lines.every((line) => COMMAND.test(line)) ? lines : null;
}

/**
 * A command as one line that works when it is pasted. `run` is the server's; without `terminal` nobody
 * knows where a terminal is, and folder and interpreter stay what they are.
 * @param {string} command
 * @param {{lab: Pick<Lab, "id" | "port" | "server">, run: Pick<Run, "state" | "host" | "port"> | null,
 *   pageHost: string, terminal: Terminal | null}} here
 */
export function commandHere(command, { lab, run, pageHost, terminal }) {
  const isLive = run !== null && run.port !== null && !hasEnded(run);
  const reached = isLive ? withAddress(command, { lab, run, pageHost }) : command;
  return inFolder(reached, terminal);
}

/**
 * @param {string} command
 * @param {{lab: Pick<Lab, "id" | "port" | "server">, run: Pick<Run, "host" | "port">,
 *   pageHost: string}} where
 */
function withAddress(command, { lab, run, pageHost }) {
  if (!lab.port || / -l /.test(command)) return command; // who listens has a port of their own
  const bound = run.host ?? "127.0.0.1";
  const host = bound === "0.0.0.0" || bound === "::" ? pageHost : bound;
  const [, group, name] = command.match(OF_LAB) ?? [];
  const isOurs = `${group}/${name}` === lab.id || `${group}/${name}` === lab.server;
  if (isOurs && !/ --port /.test(command)) {
    const flags = host === "127.0.0.1" ? "" : ` --host ${host}`;
    return withFlags(command, `${flags}${run.port === lab.port ? "" : ` --port ${run.port}`}`);
  }
  return command
    .replaceAll(new RegExp(`127\\.0\\.0\\.1([ :]|', )${lab.port}\\b`, "g"), `${host}$1${run.port}`)
    .replaceAll(new RegExp(` :${lab.port}\\b`, "g"), ` :${run.port}`);
}

// A client with further flags: before a pipe that it writes to, where there is one.
function withFlags(/** @type {string} */ command, /** @type {string} */ flags) {
  const [client] = command.match(OF_LAB) ?? [""];
  const from = command.indexOf(client) + client.length;
  const [own] = command.slice(from).match(BEFORE_PIPE) ?? [""];
  const rest = command.slice(from + own.length);
  return `${command.slice(0, from)}${rest ? own.trimEnd() : own}${flags}${rest && ` ${rest}`}`;
}

/**
 * A command with the folder and the interpreter that it needs, as far as they are known.
 * @param {string} command
 * @param {Terminal | null} terminal
 */
export function inFolder(command, terminal) {
  if (!terminal || !NEEDS_FOLDER.test(command)) return command;
  const python = pathIn(terminal.folder, terminal.python);
  return `${into(terminal)}${command.replaceAll(PYTHON, (_, before) => before + python)}`;
}

/**
 * The command that traces a program into the page at `url`; a lab's own, in the folder of the labs.
 * @param {string} program
 * @param {{isOfLab: boolean, url: string, terminal: Terminal | null}} where
 */
export function traceCommand(program, { isOfLab, url, terminal }) {
  const words = `trace --room ${url} ${quoted(program)}`;
  if (!terminal) return `socketlab ${words}`;
  if (!isOfLab) return `${quoted(terminal.socketlab)} ${words}`;
  return `${into(terminal)}${pathIn(terminal.folder, terminal.socketlab)} ${words}`;
}

const into = (/** @type {Terminal} */ { folder }) => `cd ${quoted(folder)} && `;

/** A path as it is written from inside a folder. */
const pathIn = (/** @type {string} */ folder, /** @type {string} */ path) =>
  quoted(path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path);

/** A word as a POSIX shell takes it. */
const quoted = (/** @type {string} */ word) =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
