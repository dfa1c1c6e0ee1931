// What somebody new does first in a lab: starts its server, talks to it, looks at what that was. Pure.

/** @import { LabView } from "./lab-view.js" */
/** @import { LabSummary } from "./types.d.ts" */
/** @typedef {"start" | "talk" | "look"} Step */

/**
 * The step that comes next; null: none.
 * @param {Pick<LabView, "main" | "clients"> & {lab: Pick<LabSummary, "client">}} view
 * @returns {Step | null}
 */
export function firstStep({ main, clients, lab }) {
  if (main === null) return "start";
  if (main.state !== "listening" || lab.client.kind === "none") return null;
  const mine = clients.filter(({ run }) => run === main.id);
  const isOneWay = "one_way" in lab.client && lab.client.one_way;
  if (mine.some(({ sent, received }) => received > 0 || (isOneWay && sent > 0))) return "look";
  return mine.some(({ sent }) => sent > 0) ? null : "talk";
}
