// How wide the outer columns of a bench are: a share of its width, or folded away. The column between
// them has the rest.

/** @typedef {"read" | "do"} Name */
/** @typedef {{share: number | null, isFolded: boolean}} Column `share` null: as the sheet has it */
/** @typedef {Readonly<Record<Name, Column>>} Columns */

export const LEAST = 0.15;
export const MOST = 0.6;
const LEAST_BETWEEN = 0.2;

/** @type {Columns} */
export const AS_EVER = Object.freeze({
  read: { share: null, isFolded: false },
  do: { share: null, isFolded: false },
});

/**
 * The columns that a text tells of; as ever where it tells of none.
 * @param {string | null} text
 * @returns {Columns}
 */
export function columnsFrom(text) {
  try {
    const told = JSON.parse(text ?? "{}");
    return { read: columnFrom(told.read), do: columnFrom(told.do) };
  } catch {
    return AS_EVER;
  }
}

/** @returns {Column} */
function columnFrom(/** @type {any} */ told) {
  const share = Number(told?.share);
  const isOne = told?.share !== null && share >= LEAST && share <= MOST;
  return { share: isOne ? share : null, isFolded: told?.isFolded === true };
}

/**
 * Give a column a share, as far as the others have room; `other` is the share of the other outer one.
 * @param {Columns} columns
 * @param {Name} name
 * @param {number} share
 * @param {number} other
 * @returns {Columns}
 */
export function withShare(columns, name, share, other) {
  const most = Math.min(MOST, 1 - LEAST_BETWEEN - other);
  const fit = Math.round(Math.max(LEAST, Math.min(most, share)) * 1000) / 1000;
  return { ...columns, [name]: { share: fit, isFolded: false } };
}

/**
 * Fold a column away, or bring it back.
 * @param {Columns} columns
 * @param {Name} name
 * @returns {Columns}
 */
export function folded(columns, name) {
  return { ...columns, [name]: { ...columns[name], isFolded: !columns[name].isFolded } };
}
