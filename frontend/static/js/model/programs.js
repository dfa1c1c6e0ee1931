// What a lab's programs are called, and what they do in it. Pure.

/** What a program does in its lab: a first version does what the finished one does. */
export const roleOf = (/** @type {string | null | undefined} */ program) =>
  (program ?? "").replace(/^first_(?=(server|client|demo)$)/, "");
