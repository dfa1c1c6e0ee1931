// Lists by time: where in one a moment is, and where a new element belongs.

const timeOf = (item) => item.t;

/**
 * The number of the first element that is later than `t`, in a list by time.
 * @template Item
 * @param {Item[]} list
 * @param {number} t
 * @param {(item: Item) => number} [time]
 */
export function firstAfter(list, t, time = timeOf) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time(list[middle]) > t) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Put an element where it belongs by time; it is nearly always the last.
 * @template Item
 * @param {Item[]} list
 * @param {Item} item
 * @param {(item: Item) => number} [time]
 */
export function insertByTime(list, item, time = timeOf) {
  let at = list.length;
  while (at > 0 && time(list[at - 1]) > time(item)) at -= 1;
  if (at === list.length) list.push(item);
  else list.splice(at, 0, item);
}
