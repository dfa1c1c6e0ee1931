// Counts by name.

/**
 * Count a name once more; returns how often it has been counted.
 * @template Name
 * @param {Map<Name, number>} counts
 * @param {Name} name
 */
export function count(counts, name) {
  const n = (counts.get(name) ?? 0) + 1;
  counts.set(name, n);
  return n;
}
