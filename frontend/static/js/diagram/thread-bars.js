// How many bars of further threads stand beside each lifeline: that much of a gap is not there for words.

/** @import { Party } from "../model/diagram.d.ts" */
/** @import { Bar } from "../model/diagram-bars.js" */

const MOST = 3; // more stand one over the other

export class ThreadBars {
  /** @type {Map<Party, number>} */
  #lanes = new Map();
  #hasGrown = false;

  /** Make room for a bar. */
  put(/** @type {Bar} */ { party, lane }) {
    const lanes = Math.min(lane, MOST);
    if (lanes <= this.beside(party)) return;
    this.#lanes.set(party, lanes);
    this.#hasGrown = true;
  }

  /** How many stand beside the lifeline of a party. */
  beside(/** @type {Party} */ party) {
    return this.#lanes.get(party) ?? 0;
  }

  /** Whether there are more than when this was asked before. */
  takeGrown() {
    const hasGrown = this.#hasGrown;
    this.#hasGrown = false;
    return hasGrown;
  }
}
