// Which rows of a long list are on the page next: a part of those that are wanted, without a gap, that
// grows from frame to frame until it is all. Before it may stand rows that were left behind when more came
// at once: they go in its place, so that the page need neither make nor remove others. Pure.

export const A_FRAME = 40; // rows that are new on the page in a frame, at most

/**
 * `before` are the rows on the page that still have a right to be there, `wanted` those that shall be there
 * in the end, both in order. Where the list `follows` its end, no more than `screen` rows come first when
 * many wait; in a flood no others do.
 * @template Row
 * @param {Row[]} before
 * @param {Row[]} wanted
 * @param {{compare: (a: Row, b: Row) => number, follows: boolean, isFlood: boolean, screen: number}} how
 * @returns {{rows: Row[], isAll: boolean}}
 */
export function nextRows(before, wanted, { compare, follows, isFlood, screen }) {
  const made = new Set(before);
  const end = wanted.findLastIndex((row) => made.has(row)) + 1;
  const isAnew = end === 0 || (follows && (isFlood || wanted.length - end > A_FRAME));
  const to = isAnew ? wanted.length : Math.min(wanted.length, end + A_FRAME);
  let from = isAnew ? Math.max(0, to - screen) : end;
  let filled = 0;
  while (!isAnew && from > 0) {
    const isNew = !made.has(wanted[from - 1]);
    if (isNew && filled >= A_FRAME - (to - end)) break;
    if (isNew) filled += 1;
    from -= 1;
  }
  const rows = wanted.slice(from, to);
  const older = rows.length > 0 ? before.filter((row) => compare(row, rows[0]) < 0) : before;
  const last = older.at(-1);
  const isLate = last !== undefined && from > 0 && compare(last, wanted[0]) < 0; // none of them is wanted
  if (isAnew && follows) filled = rows.filter((row) => !made.has(row)).length;
  else if (!isLate) filled = 0;
  const left = older.slice(0, Math.max(0, older.length - filled));
  return { rows: [...left, ...rows], isAll: from === 0 && to === wanted.length };
}
