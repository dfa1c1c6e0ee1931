// A recording of what a page knows, as the server writes them (backend/domain/recording.py): for a
// history that the server has no more. Pure.

/** @import { History } from "./history.js" */

/**
 * The text of the file.
 * @param {Pick<History, "events" | "forgotten" | "present">} history
 * @param {{room: string, clockOffsetS: number}} where
 */
export function writeRecording({ events, forgotten, present }, { room, clockOffsetS }) {
  const runs = [...present.runs.values()];
  const header = {
    type: "recording",
    version: 1,
    room,
    clock_offset_s: clockOffsetS,
    lab_ids: [...new Set(runs.map(({ lab }) => lab).filter(Boolean))],
    runs,
  };
  const beginning = forgotten > 0 ? [{ type: "gap", missed: forgotten }] : [];
  const told = events.map((event) =>
    event.type === "gap" ? { type: "gap", missed: event.missed } : event,
  );
  return [header, ...beginning, ...told].map((line) => `${JSON.stringify(line)}\n`).join("");
}
