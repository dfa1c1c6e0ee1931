// What of a room belongs to one lab: its runs, the one in front, the names of the others.

import { fileOf } from "./new-run.js";
import { numberOf, ownedName, peopleNames } from "./people.js";
import { roleOf } from "./programs.js";
import { hasEnded } from "./room-state.js";
import { FIRST, isBefore } from "./takes.js";
import { count } from "./tally.js";
import { visible } from "./text.js";

/** @import { Client } from "./client-life.js" */
/** @import { Run, State } from "./room-state.js" */
/** @import { Take } from "./takes.js" */

/**
 * What has to be known of a lab here, whether this playground has it or a recording names it.
 * @typedef {{id: string, programs: readonly string[], server: string | null, transport: string | null,
 *   port?: number | null, is_own?: boolean, client: {kind: string}}} Lab
 */
/**
 * `main` is the run in front, `active` are those of its program that have not ended. `names` has what
 * runs, clients of people and named addresses are called; `owners` whose runs and clients are;
 * `numbers` those that a client is known by, which gives it its colour, too. `board` is the lab whose
 * takes these are, `take` the one that all of it is of: what has ended before is not here.
 * @typedef {{runs: Run[], main: Run | null, active: Run[], clients: Client[],
 *   names: Map<string, string>, owners: Map<string, string>, numbers: Map<string, number>,
 *   board: string, take: Take}} LabView
 */

/** Which lab's server this lab talks to: its own, or the one that it names. */
export const serverLab = (/** @type {Lab} */ lab) => lab.server ?? lab.id;

/** The program that "Start" starts: server, or the demo of a thread lab. */
export const mainProgram = (/** @type {Pick<Lab, "programs">} */ lab) =>
  lab.programs.includes("demo") ? "demo" : "server";

/**
 * Choose what a lab's page shows of the room's state. `chosen` is the id of a run that a person
 * chose; without it, or once that one ended and another is active, the newest active one is shown.
 * @param {State} state
 * @param {Lab} lab
 * @param {string | null} [chosen]
 * @returns {LabView}
 */
export function labView(state, lab, chosen = null) {
  const board = serverLab(lab);
  const take = takesOf(state, lab).at(-1) ?? FIRST;
  const runs = [...state.runs.values()].filter(
    (run) => belongs(run, lab) && !(hasEnded(run) && isBefore(take, run.asOf)),
  );
  const mains = runs.filter((run) => roleOf(run.program) === mainProgram(lab));
  const active = mains.filter((run) => !hasEnded(run));
  const wanted = mains.find((run) => run.id === chosen && (!hasEnded(run) || active.length === 0));
  const main = wanted ?? active.at(-1) ?? mains.at(-1) ?? null;
  const ids = new Set(runs.map((run) => run.id));
  const clients = [...state.clients.values()].filter(
    (client) => ids.has(client.run) && !(client.state === "closed" && isBefore(take, client.asOf)),
  );
  const owners = ownersOf([...runs, ...clients]);
  const names = namesOf(runs, clients, state);
  const numbers = numbersOf(clients);
  return { runs, main, active, clients, owners, names, numbers, board, take };
}

/**
 * The takes of a lab that are known, the present one last; a lab that talks to another one's server
 * shares them.
 * @param {Pick<State, "takes">} state
 * @param {Lab} lab
 */
export const takesOf = ({ takes }, lab) => takes.get(serverLab(lab)) ?? [FIRST];

// A client has its owner's number, or its own in the take; where nobody told that, the one of its id.
/** @returns {Map<string, number>} */
function numbersOf(/** @type {readonly Client[]} */ clients) {
  const numbers = new Map();
  for (const { id, owner, number } of clients) {
    numbers.set(id, numberOf(owner) ?? number ?? numberOf(id));
  }
  return numbers;
}

function belongs(/** @type {Run} */ run, /** @type {Lab} */ lab) {
  // Somebody's own program, told by `socketlab trace --room`, is everywhere until it is known where.
  if (run.lab === "") return [undefined, lab.id, lab.server].includes(run.placed);
  return run.lab === lab.id || (run.lab === lab.server && roleOf(run.program) === "server");
}

/** Whether one of these runs, which was everywhere, is known now to be of another lab. */
export const isElsewhere = (
  /** @type {readonly string[]} */ ids,
  /** @type {Pick<State, "runs">} */ { runs },
  /** @type {Lab} */ lab,
) =>
  ids.some((id) => {
    const run = runs.get(id);
    return run !== undefined && !belongs(run, lab);
  });

/** Whether an event is of one of the lab's runs, or of a client of one. */
export const belongsHere = (
  /** @type {{type: string, run?: string | null, lab?: string | null}} */ event,
  /** @type {Pick<LabView, "names" | "runs" | "board">} */ { names, runs, board },
) => {
  if (event.run) return names.has(event.run);
  if (event.type === "take.began") return event.lab === board;
  return runs.length > 0 && !event.type.startsWith("person.");
};

/** @returns {Map<string, string>} */
function ownersOf(/** @type {readonly (Run | Client)[]} */ things) {
  const owners = new Map();
  for (const { id, owner } of things) if (owner) owners.set(id, owner);
  return owners;
}

// Programs `client` are numbered as they come; of servers and demos the newest one has the plain name.
/**
 * @param {Run[]} runs
 * @param {Client[]} clients
 * @param {Pick<State, "people" | "peers">} known
 */
function namesOf(runs, clients, { people, peers }) {
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const [address, name] of peers) names.set(address, visible(name));
  const called = peopleNames(people);
  for (const [id, name] of called) names.set(id, visible(name));
  for (const { id, owner, nth } of clients) {
    const name = called.get(owner ?? "");
    if (name) names.set(id, visible(ownedName(name, nth)));
  }
  const counts = new Map();
  const newest = new Map(runs.map((run) => [run.program, run.id]));
  for (const run of runs) {
    const n = count(counts, run.program);
    const plain = roleOf(run.program) !== "client" && newest.get(run.program) === run.id;
    names.set(run.id, plain ? fileOf(run) : `${fileOf(run)} #${n}`);
  }
  return names;
}

const LOOPBACK = /^(127\.|localhost$|\[?::1\]?$)/;

/**
 * Whether a run that listens on the server's loopback is on another computer than this page: then no
 * terminal here reaches it, and browsers do through the page alone.
 * @param {Run | null} run
 * @param {{pageHost?: string}} [where]
 */
export function isFarAway(run, { pageHost = "127.0.0.1" } = {}) {
  if (!run?.port || !run.host || hasEnded(run)) return false;
  return LOOPBACK.test(run.host) && !LOOPBACK.test(pageHost);
}

/**
 * The commands that reach a lab from a terminal, as they have to be typed.
 * @param {Lab} lab
 * @param {Run | null} run
 * @param {{pageHost?: string}} [where]
 */
export function terminalCommands(lab, run, { pageHost = "127.0.0.1" } = {}) {
  const python = (/** @type {string} */ program) =>
    lab.is_own
      ? `python ${lab.id}/${program}.py`
      : `python -m labs.${lab.id.replaceAll("/", ".")}.${program}`;
  if (mainProgram(lab) === "demo") return [python("demo")];
  if (!run?.port || hasEnded(run) || isFarAway(run, { pageHost })) return [];
  const host = run.host === "0.0.0.0" || run.host === "::" ? pageHost : run.host;
  const commands = [];
  if (lab.programs.includes("client")) {
    const flags = host === "127.0.0.1" ? "" : ` --host ${host}`;
    const port = run.port === lab.port ? "" : ` --port ${run.port}`;
    commands.push(`${python("client")}${flags}${port}`);
  }
  if (lab.client.kind === "browser") commands.push(`curl -i http://${host}:${run.port}/`);
  else commands.push(`nc ${lab.transport === "udp" ? "-u " : ""}${host} ${run.port}`);
  return commands;
}

/** Split what a person typed as arguments, as a shell does: spaces part, quotes join. */
export function splitArguments(/** @type {string} */ text) {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((/** @type {string} */ word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
