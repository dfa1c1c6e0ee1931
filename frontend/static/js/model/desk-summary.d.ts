// The summaries of desks, as backend/domain/desk_summary.py writes them.

import type { RoomEvent, RunState } from "./types.d.ts";

export interface RunBrief {
  id: string;
  lab: string;
  program: string;
  state: RunState;
  error: string | null;
}

/** An event in brief: those of its fields that matter, and `at`, Unix time. */
export type EventBrief = RoomEvent & { at: number; run?: string; client?: string; name?: string };

export interface Wait {
  run: string;
  thread: string;
  what: string;
  object: number | null;
  since: number; // Unix time
  file: string | null;
  line: number | null;
}

export interface DeskSummary {
  desk: string;
  person: string;
  name: string;
  online: boolean;
  muted: boolean;
  runs: readonly RunBrief[];
  clients: number;
  last: EventBrief | null;
  waits: readonly Wait[];
  checks: { passed: number; total: number } | null;
  gone: boolean;
}
