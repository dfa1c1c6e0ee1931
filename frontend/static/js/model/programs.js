// What a lab's programs are called, and what they do in it. Pure.

/** What a program does in its lab: a first version does what the finished one does. */
export const roleOf = (/** @type {string | null | undefined} */ program) =>
  (program ?? "").replace(/^first_(?=(server|client|demo)$)/, "");

/** Whether a program is a first version: it runs as it stands there, on the port that stands in it. */
export const isFirstVersion = (/** @type {string | null | undefined} */ program) =>
  roleOf(program) !== (program ?? "");
