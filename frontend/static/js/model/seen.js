// Which events have been taken: one that is told twice counts once.

export class Seen {
  last = 0; // the greatest number
  #limit;
  #from = 0; // what is older counts as taken
  /** @type {Set<number>} */
  #numbers = new Set();

  /** Remember so many numbers. */
  constructor(limit) {
    this.#limit = limit;
  }

  /** Note an event by its number; false when it was taken before, or is too old to know. */
  note(seq) {
    if (seq < this.#from || this.#numbers.has(seq)) return false;
    this.#numbers.add(seq);
    this.last = Math.max(this.last, seq);
    if (this.#numbers.size > this.#limit) this.#forget();
    return true;
  }

  #forget() {
    this.#from = this.last - this.#limit / 2;
    for (const seq of this.#numbers) if (seq < this.#from) this.#numbers.delete(seq);
  }
}
