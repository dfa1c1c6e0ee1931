// Who is connected to a server: the connections that it has accepted and not closed, and the clients of
// pages, of which one may still wait to be accepted: in the backlog. Pure.

/** @import { Client } from "./client-life.js" */
/** @typedef {ReadonlyMap<number, string>} Accepted the other ends, by the server's own sockets */

/**
 * The connections of a run after a call of its program; null: that has changed nothing.
 * @param {Accepted | undefined} before
 * @param {any} event
 * @returns {Accepted | null}
 */
function acceptedAfter(before, { call, accepted, peer, socket, elsewhere }) {
  if (call === "accept" && accepted !== undefined) return new Map(before).set(accepted, peer ?? "");
  if (call !== "close" || elsewhere || !before?.has(socket)) return null;
  const after = new Map(before);
  after.delete(socket);
  return after;
}

/**
 * What a call of a run's program changes of the run: whom it has accepted, or where it is itself since
 * it is connected (`at`); null: nothing.
 * @param {{accepted?: Accepted}} run
 * @param {any} event
 * @returns {{accepted: Accepted} | {at: string} | null}
 */
export function connectionsAfter(run, event) {
  const { call, phase, error, local } = event;
  if (call === "connect" && phase !== "enter" && !error && local) return { at: local };
  const accepted = acceptedAfter(run.accepted, event);
  return accepted && { accepted };
}

/**
 * Whether a client waits in the backlog of a run, which serves somebody else. Nothing is said of a run
 * of which something was not told: it may have been this one's accept().
 * @param {{accepted?: Accepted, isUntold?: boolean}} run
 * @param {Pick<Client, "transport" | "state" | "local">} client
 */
export function isInBacklog({ accepted = new Map(), isUntold = false }, client) {
  const { transport, state, local } = client;
  const isOpen = transport === "tcp" && (state === "open" || state === "finished");
  return isOpen && !isUntold && accepted.size > 0 && ![...accepted.values()].includes(local ?? "");
}

/**
 * How many are connected to a run.
 * @param {{id: string, accepted?: Accepted}} run
 * @param {readonly Pick<Client, "id" | "run" | "state" | "local">[]} clients
 */
export function countConnected({ id, accepted }, clients) {
  const open = clients.filter((client) => client.run === id && client.state !== "closed");
  return new Set([
    ...open.map((client) => client.local ?? client.id),
    ...(accepted?.values() ?? []),
  ]).size;
}
