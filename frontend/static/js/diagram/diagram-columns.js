// Where the lifelines stand: a column for each, taken over by the next once somebody has left.
// The servers in the middle while there is room around them, at the left when there are many.

/** @import { Party } from "../model/diagram.d.ts" */
/**
 * A column: who has stood in it one after the other, until `endT` (seconds) so far.
 * @typedef {{isHub: boolean, kind: string, parties: Party[], endT: number}} Column
 */

const SIDES_LIMIT = 4; // talkers around the servers; with more they all stand at the right
const LEFT_S = 0.1; // whoever left so long ago makes room

/**
 * Spread parties over columns, from left to right.
 * @param {Party[]} parties
 */
export function arrange(parties) {
  /** @type {Column[]} */
  const hubs = [];
  /** @type {Column[]} */
  const talkers = [];
  for (const party of [...parties].sort(byBirth)) {
    if (party.gone) continue;
    const columns = isHub(party) ? hubs : talkers;
    const free = columns.filter((column) => column.endT + LEFT_S < party.bornT);
    const column = free.find((each) => each.kind === party.kind) ?? free[0];
    if (column) {
      column.parties.push(party);
      column.endT = party.endT;
    } else {
      columns.push({ isHub: isHub(party), kind: party.kind, parties: [party], endT: party.endT });
    }
  }
  if (talkers.length > SIDES_LIMIT) return [...hubs, ...talkers];
  const left = talkers.filter((_, i) => i % 2 === 0).reverse();
  const right = talkers.filter((_, i) => i % 2 === 1);
  return [...left, ...hubs, ...right];
}

const isHub = (/** @type {Party} */ party) =>
  party.listens || party.program === "server" || party.program === "demo";
const byBirth = (/** @type {Party} */ a, /** @type {Party} */ b) =>
  a.bornT - b.bornT || (a.key < b.key ? -1 : 1);

/** Give columns their places: {xs, width, gap}, where `gap` is the room between two lifelines. */
export function spread(/** @type {number} */ count, /** @type {number} */ width) {
  const narrow = width < 480;
  const edge = narrow ? 54 : 76;
  const right = narrow ? 62 : count > 3 ? 84 : 110;
  const least = 112;
  const room = Math.max(width - edge - right, 0);
  const gap = count > 1 ? Math.max(least, Math.min(220, room / (count - 1))) : 0;
  const used = edge + right + gap * Math.max(0, count - 1);
  const start = edge + Math.max(0, (width - used) * 0.4);
  const xs = Array.from({ length: count }, (_, i) => Math.round(start + i * gap));
  return { xs, width: Math.max(width, used), gap: gap || Math.min(200, width - edge), narrow };
}
