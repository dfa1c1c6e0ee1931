// The lines of a chat as they are read: who speaks on is named once, and what the server says of who
// came and went is one line, however many they were. Pure.

/** @import { Client } from "./client-life.js" */
/**
 * `notice`: said by the server, `note`: by this page. `at` is Unix time in seconds; `speaker` is who
 * it is, once that is known.
 * @typedef {{id: number, kind: "own" | "other" | "notice" | "note", who: string, text: string,
 *   at: number, speaker: Speaker | null}} Line
 */
/** Who speaks: a name, and the number of their colour; null: they have none. @typedef {{name: string, number: number | null}} Speaker */
/** @typedef {{id: string, line: Line, goesOn: boolean} | {id: string, notices: Line[]}} Item */
/** @typedef {{clients: readonly Client[], names: ReadonlyMap<string, string>, owners: ReadonlyMap<string, string>}} Known */

import { clientAt, numberOf } from "./people.js";

const FOLDED_FROM = 3; // notices in a row
const PAUSE_S = 120; // after so long a speaker is named again

/**
 * What is shown of lines.
 * @param {readonly Line[]} lines
 * @returns {Item[]}
 */
export function grouped(lines) {
  /** @type {Item[]} */
  const items = [];
  for (let i = 0; i < lines.length; ) {
    const end = endOfNotices(lines, i);
    if (end - i >= FOLDED_FROM) {
      items.push({ id: `fold:${lines[i].id}`, notices: lines.slice(i, end) });
      i = end;
    } else {
      items.push({ id: `${lines[i].id}`, line: lines[i], goesOn: goesOn(lines[i - 1], lines[i]) });
      i += 1;
    }
  }
  return items;
}

/** @param {readonly Line[]} lines @param {number} from */
function endOfNotices(lines, from) {
  let end = from;
  while (lines[end]?.kind === "notice") end += 1;
  return end;
}

/** @param {Line | undefined} before @param {Line} line */
function goesOn(before, { kind, who, at }) {
  if (before === undefined || (kind !== "own" && kind !== "other")) return false;
  return before.kind === kind && before.who === who && at - before.at < PAUSE_S;
}

/**
 * Who speaks from an address, or by the name that they gave: null where nobody knows.
 * @param {string} who
 * @param {Known} known
 * @returns {Speaker | null}
 */
export function speakerOf(who, { clients, names, owners }) {
  const client = clientAt(who, clients);
  const id = client?.id ?? [...names].find(([each, name]) => owners.has(each) && name === who)?.[0];
  if (id && !owners.has(id)) return null; // its address says more than its number
  const name = names.get(id ?? who);
  if (name === undefined) return null;
  return { name, number: numberOf(owners.get(id ?? "")) };
}
