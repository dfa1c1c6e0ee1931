// Whether more comes than anybody can read: so many at once, or a second for longer; and when what comes
// then is shown: a few times a second, in frames that have little else to do. Pure; times are in ms.

const READ_PER_S = 200;
const AT_ONCE = 100;
const MOST = 160; // that count: 0.3 s after the last one a flood is over
const PACE_MS = 150; // from one drawing to the next
const SLACK_MS = 50; // so much later, if something comes in the frame that would be the next

export class Flood {
  #level = 0;
  #heardAt = 0;
  #drawnAt = -Infinity;
  #hasCome = false; // in this frame

  /**
   * Hear that so many have come.
   * @param {number} count
   * @param {number} now
   */
  hear(count, now) {
    this.#level = Math.min(MOST, this.#levelAt(now) + count);
    this.#heardAt = now;
    this.#hasCome = true;
  }

  isOn(/** @type {number} */ now) {
    return this.#levelAt(now) > AT_ONCE;
  }

  /** Whether it is drawn in this frame. */
  isDue(/** @type {number} */ now) {
    const late = now - this.#drawnAt - PACE_MS;
    const hasCome = this.#hasCome;
    this.#hasCome = false;
    return !this.isOn(now) || late >= (hasCome ? SLACK_MS : 0);
  }

  /** Hear that it has been drawn. */
  drawn(/** @type {number} */ now) {
    this.#drawnAt = now;
  }

  #levelAt(/** @type {number} */ now) {
    return Math.max(0, this.#level - ((now - this.#heardAt) / 1000) * READ_PER_S);
  }
}
