// What somebody has asked of the columns: who is called back of those that are folded away, and who is
// pinned, that is, never folded.

/** @import { Folded } from "./diagram-columns.js" */

export class Asked {
  /** @type {ReadonlySet<Folded>} */
  called = new Set();
  pinned;
  #onpin;

  /**
   * `pinned` are the keys of parties that are so already, `onpin` hears of all that are.
   * @param {ReadonlySet<string>} [pinned]
   * @param {(pinned: ReadonlySet<string>) => void} [onpin]
   */
  constructor(pinned = new Set(), onpin = () => {}) {
    this.pinned = pinned;
    this.#onpin = onpin;
  }

  /** Call back who is folded away, or fold them again. */
  fold(/** @type {Folded} */ what) {
    this.called = toggled(this.called, what);
  }

  /** Let a party keep its column, or no more. */
  pin(/** @type {string} */ key) {
    this.pinned = toggled(this.pinned, key);
    this.#onpin(this.pinned);
  }
}

/**
 * @template Element
 * @param {ReadonlySet<Element>} set
 * @param {Element} element
 */
function toggled(set, element) {
  const next = new Set(set);
  if (!next.delete(element)) next.add(element);
  return next;
}
