// The rows of the lanes, from top to bottom: semaphores and events, a line for what is not kept,
// and the threads. Very many fit: only those in view are drawn.

/** @import { Counted } from "../model/counts.js" */
/** @import { Lane, LaneModel } from "../model/lane-model.js" */
/** @typedef {{object: Counted, top: number, height: number}} ObjectRow */

export const AXIS = 24; // height of the time axis, in px
export const ROW = 52; // of a thread
const FOLD = 30; // of the line for what is not kept
const STRIP = 36; // of an event
const STEP = 16; // of one permit of a semaphore
const STEPS = 5; // with more permits they stand closer
const BETWEEN = 6;

export class LaneRows {
  /** @type {ObjectRow[]} */
  objects = [];
  /** @type {number | null} where the line stands that counts what is not kept; null: there is none */
  foldTop = null;
  height = 0; // of all
  longest = ""; // of the threads' names
  isMixed = false; // whether the threads are of several programs
  #lanes;
  #lanesTop;
  /** @type {Map<Lane, number>} */
  #numbers = new Map();

  constructor(/** @type {LaneModel} */ { lanes, objects, forgotten }) {
    let y = AXIS + BETWEEN;
    for (const object of objects) {
      const permits = Math.min(object.most, STEPS) * STEP + 22;
      const height = object.kind === "Event" ? STRIP : permits;
      this.objects.push({ object, top: y, height });
      y += height;
    }
    if (objects.length > 0) y += BETWEEN;
    if (forgotten.threads + forgotten.objects + forgotten.holds > 0) {
      this.foldTop = y;
      y += FOLD;
    }
    this.#lanes = lanes;
    this.#lanesTop = y;
    this.isMixed = lanes.some(({ run }) => run !== lanes[0].run);
    for (const [i, lane] of lanes.entries()) {
      this.#numbers.set(lane, i);
      if (lane.thread.length > this.longest.length) this.longest = lane.thread;
    }
    this.height = y + lanes.length * ROW + 8;
  }

  /** The top of a thread's row; undefined: it has none. */
  topOf(/** @type {Lane} */ lane) {
    const number = this.#numbers.get(lane);
    return number === undefined ? undefined : this.#lanesTop + number * ROW;
  }

  /** The rows that reach between two places. */
  between(/** @type {number} */ top, /** @type {number} */ bottom) {
    const first = Math.max(0, Math.floor((top - this.#lanesTop) / ROW));
    const after = Math.max(0, Math.ceil((bottom - this.#lanesTop) / ROW));
    return {
      objects: this.objects.filter((row) => row.top <= bottom && row.top + row.height >= top),
      lanes: this.#lanes.slice(first, after),
    };
  }
}
