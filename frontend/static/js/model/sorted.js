// Lists in order: where in one a place is, and how new elements come into it.

/**
 * The number of the first element for which `test` holds; it has to hold for all after it, too.
 * The length of the list when it holds for none.
 * @template Item
 * @param {readonly Item[]} list
 * @param {(item: Item) => boolean} test
 */
export function firstWhere(list, test) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Put an element into a list that is in order, behind its equals. It nearly always belongs to the
 * end, so the place is looked for from there.
 * @template Item
 * @param {Item[]} list
 * @param {Item} item
 * @param {(a: Item, b: Item) => number} compare
 */
export function insert(list, item, compare) {
  let at = list.length;
  while (at > 0 && compare(list[at - 1], item) > 0) at -= 1;
  if (at === list.length) list.push(item);
  else list.splice(at, 0, item);
}

/**
 * Put many elements, themselves in any order, into a list that is in order. Only the end of the
 * list that is later than the first of them is moved. Returns the number of the first that moved.
 * @template Item
 * @param {Item[]} list
 * @param {readonly Item[]} items
 * @param {(a: Item, b: Item) => number} compare
 */
export function merge(list, items, compare) {
  if (items.length === 0) return list.length;
  const more = [...items].sort(compare);
  const from = firstWhere(list, (item) => compare(item, more[0]) > 0);
  const later = list.splice(from);
  let at = 0;
  for (const item of more) {
    while (at < later.length && compare(later[at], item) <= 0) list.push(later[at++]);
    list.push(item);
  }
  while (at < later.length) list.push(later[at++]);
  return from;
}
