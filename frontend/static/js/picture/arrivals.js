// What has come for a picture and is not in it yet. While somebody makes it larger or smaller, what comes
// waits a moment: most frames have the zoom alone to draw.

const APART_MS = 100; // what comes waits no longer
const STILL_MS = 150; // after a turn of the wheel somebody zooms no more

/** @template Event */
export class Arrivals {
  #take;
  /** @type {Event[]} */
  #waiting = [];
  #turnedAt = -Infinity;
  /** @type {number | undefined} */
  #timer;

  constructor(/** @type {(events: Event[]) => void} */ take) {
    this.#take = take;
  }

  /** Somebody zooms now. */
  turn() {
    this.#turnedAt = performance.now();
  }

  /** Take events, or let them wait. */
  add(/** @type {Event[]} */ events) {
    if (performance.now() - this.#turnedAt > STILL_MS) {
      this.flush();
      this.#take(events);
      return;
    }
    this.#waiting = this.#waiting.concat(events);
    this.#timer ??= setTimeout(() => this.flush(), APART_MS);
  }

  /** Take what waits. */
  flush() {
    const events = this.#waiting;
    this.clear();
    if (events.length > 0) this.#take(events);
  }

  /** Forget what waits. */
  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
