// Which events have been taken: one that is told twice counts once.

export class Seen {
  last = 0; // the greatest number
  #limit;
  #from = 0; // what is older counts as taken
  #began = 0; // the greatest number when the newer numbers began
  /** @type {Set<number>} */
  #newer = new Set();
  /** @type {Set<number>} */
  #older = new Set();

  /** Remember up to so many numbers, and at least half as many. */
  constructor(/** @type {number} */ limit) {
    this.#limit = limit;
  }

  /** Note an event by its number; false when it was taken before, or is too old to know. */
  note(/** @type {number} */ seq) {
    if (seq < this.#from || this.#newer.has(seq) || this.#older.has(seq)) return false;
    this.#newer.add(seq);
    this.last = Math.max(this.last, seq);
    if (this.#newer.size > this.#limit / 2) this.#forgetOlder();
    return true;
  }

  // The older half goes as a whole: one by one it would cost more than a frame.
  #forgetOlder() {
    this.#from = this.#began;
    this.#began = this.last;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}
