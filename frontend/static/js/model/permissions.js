// Who may do what in a class: the server's table (backend/domain/permissions.py), which a page gets
// with its data, read as the server reads it. What it refuses, the server refuses, too. Pure.

/** @typedef {"watch" | "together" | "own_desks"} Policy */
/** @typedef {"host" | "guest" | "owner" | "other"} Standing */
/** @typedef {"look" | "connect" | "send" | "start" | "stop" | "type" | "trace" | "keep" | "name_peer" | "clear" | "manage"} Action */
/** @typedef {{allowed: Record<Policy, Record<Standing, Action[]>>, muted: Action[]}} Permissions */
/** @typedef {{policy: Policy, standing: Standing, isMuted?: boolean, isShown?: boolean}} Where */

/**
 * Whether somebody who stands there may do this.
 * @param {Permissions} table
 * @param {Action} action
 * @param {Where} where
 */
export function may(table, action, { policy, standing, isMuted = false, isShown = false }) {
  if (isMuted && standing !== "host" && table.muted.includes(action)) return false;
  return table.allowed[policy][standing].includes(action) || (isShown && action === "look");
}

/**
 * Where somebody of a class stands in a room of it.
 * @param {{id: string, role: "host" | "guest"}} person
 * @param {string} room the class's own, or a desk, ROOM.PERSON
 * @returns {Standing}
 */
export function standingIn({ id, role }, room) {
  if (role === "host") return "host";
  const [, owner] = room.split(".");
  if (owner === undefined) return "guest";
  return owner === id ? "owner" : "other";
}
