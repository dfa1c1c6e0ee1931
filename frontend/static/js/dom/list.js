// The one list reconciler: makes the children of an element equal to a list of items.

/** @type {WeakMap<Element, Map<unknown, {node: any, item: unknown}>>} */
const shown = new WeakMap(); // parent → Map of key → {node, item}

/**
 * Show `items` as the children of `parent`, in order. `key(item)` names an item for good,
 * `create(item)` makes its node, `update(node, item)` runs for each new or changed item
 * (an item counts as unchanged when it is the same object). Focus and scroll stay. With `reuses` a
 * new item takes the node of one that has gone in its place: `update` writes all of it then.
 * @template Item
 * @template {Element} Made
 * @param {Element} parent
 * @param {Item[]} items
 * @param {{key: (item: NoInfer<Item>) => unknown, create: (item: NoInfer<Item>) => Made,
 *   update?: (node: Made, item: NoInfer<Item>) => void, reuses?: boolean}} how
 */
export function reconcile(parent, items, { key, create, update = () => {}, reuses = false }) {
  const before = shown.get(parent) ?? new Map();
  const after = new Map();
  const gone = new Set();
  for (const item of items) {
    const name = key(item);
    after.set(name, before.get(name) ?? { node: null });
  }
  for (const [name, { node }] of before) if (!after.has(name)) gone.add(node);
  if (!reuses) for (const node of gone) node.remove();

  /** @type {any} */
  let next = parent.firstChild;
  for (const item of items) {
    const entry = after.get(key(item));
    if (entry.node === null && gone.delete(next)) entry.node = next;
    while (entry.node !== null && gone.delete(next)) {
      const node = next;
      next = node.nextSibling;
      node.remove();
    }
    entry.node ??= create(item);
    if (entry.item !== item) update(entry.node, item);
    entry.item = item;
    if (entry.node === next) next = entry.node.nextSibling;
    else parent.insertBefore(entry.node, next);
  }
  for (const node of gone) node.remove();
  shown.set(parent, after);
}
