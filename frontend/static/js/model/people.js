// People on the wire: whose a client is, and what it is called after them. Pure.

/** @import { Client } from "./client-life.js" */

/**
 * The number of a client, "c3" is 3, or of a person: it gives them their colour.
 * @param {string | null | undefined} id
 */
export const numberOf = (id) => (id ? Number.parseInt(id.slice(1), 10) || null : null);

/**
 * Which of its owner's clients a new one is: the least number that none of their open ones has.
 * @param {string} owner
 * @param {Iterable<Client>} clients
 */
export function nthOf(owner, clients) {
  const taken = new Set();
  for (const client of clients) {
    if (client.owner === owner && client.state !== "closed") taken.add(client.nth);
  }
  let nth = 1;
  while (taken.has(nth)) nth += 1;
  return nth;
}

/**
 * What each person is called, by id; of those who share a name each has their number, too.
 * @param {ReadonlyMap<string, string>} people
 * @returns {Map<string, string>}
 */
export function peopleNames(people) {
  const counts = new Map();
  for (const name of people.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(
    [...people].map(([id, name]) => [id, counts.get(name) > 1 ? `${name} #${numberOf(id)}` : name]),
  );
}

/**
 * What a client is called after its owner: Anna; her second one at the same time is Anna 2.
 * @param {string} name
 * @param {number} nth
 */
export const ownedName = (name, nth) => (nth > 1 ? `${name} ${nth}` : name);

/**
 * The client that an address is of now, or was last.
 * @param {string} address
 * @param {readonly Client[]} clients
 */
export function clientAt(address, clients) {
  const there = clients.filter((client) => client.local === address);
  return there.findLast((client) => client.state !== "closed") ?? there.at(-1) ?? null;
}

/**
 * Whether anything is called otherwise now that may have been spoken of: a program at an address has
 * its name from when it was given one, all others have theirs from their beginning.
 * @param {ReadonlyMap<string, string>} before
 * @param {ReadonlyMap<string, string>} now
 */
export function isRenamed(before, now) {
  for (const [id, name] of before) if (now.get(id) !== name) return true;
  for (const id of now.keys()) if (id.includes(":") && !before.has(id)) return true;
  return false;
}

/**
 * What somebody is called in a chat that asks for a login; the clients of one page differ.
 * @param {string} name
 * @param {number} nth of that page
 */
export const loginOf = (name, nth) => name.replaceAll(":", "") + (nth > 1 ? ` ${nth}` : "");
