// Keeps a scrolling box at its end while new content comes, unless a person has scrolled back.

import { inFrame } from "./frame.js";

const NEAR_PX = 24;
const AXES = /** @type {const} */ ({
  down: { at: "scrollTop", size: "scrollHeight", sight: "clientHeight" },
  right: { at: "scrollLeft", size: "scrollWidth", sight: "clientWidth" },
});

/** Follows the end of one element; `onchange(following)` runs when that starts or stops. */
export class FollowScroll {
  following = true;
  #element;
  #axis;
  #onchange;
  #placedAt = 0;
  #watching = false;
  #end = 0; // how far it can be scrolled, in px, as it was measured in this frame
  #measuring = () => this.#measure();
  #placing = () => this.#place();
  #growth = new ResizeObserver(() => this.#resized());

  /**
   * `to` is where the end is.
   * @param {HTMLElement} element
   * @param {{to?: "down" | "right", onchange?: (following: boolean) => void}} [options]
   */
  constructor(element, { to = "down", onchange = () => {} } = {}) {
    this.#element = element;
    this.#axis = AXES[to];
    this.#onchange = onchange;
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /** Call after the content changed: in this frame the box is brought to its end. */
  keep() {
    this.#watch();
    if (this.following) inFrame("measure", this.#measuring);
  }

  /** Go to the end and follow again; where it was scrolled to before does not count any more. */
  toEnd() {
    this.#placedAt = -Infinity;
    this.#set(true);
    this.keep();
  }

  /** Stay where it is: somebody looks at something else. */
  leave() {
    this.#set(false);
  }

  // All boxes are measured before the first one is scrolled, and none that stands where it should.
  #measure() {
    if (!this.following) return;
    const { at, size, sight } = this.#axis;
    this.#end = this.#element[size] - this.#element[sight];
    if (Math.abs(this.#element[at] - this.#end) >= 1) inFrame("place", this.#placing);
    else this.#placedAt = this.#end;
  }

  #place() {
    if (!this.following) return;
    this.#element[this.#axis.at] = this.#end;
    this.#placedAt = this.#end;
  }

  // What a person scrolled has been told before the layout. Where the box stands further back now, its
  // content was shorter for a moment (rows get their true height), and nobody has scrolled.
  #resized() {
    if (this.following) this.#placedAt = Math.min(this.#placedAt, this.#element[this.#axis.at]);
    this.keep();
  }

  // Content that grows also fires "scroll"; only a move back is a person's.
  #scrolled() {
    const { at, size, sight } = this.#axis;
    const place = this.#element[at];
    const atEnd = this.#element[size] - place - this.#element[sight] < NEAR_PX;
    if (atEnd) this.#set(true);
    else if (place < this.#placedAt - 1) this.#set(false);
    this.#placedAt = place;
  }

  // Rows get their true height only once they are in sight, and a hidden box has none at all.
  #watch() {
    if (this.#watching) return;
    this.#watching = true;
    this.#tell(); // not before: a custom element that is being made has no attributes
    for (const box of [this.#element, ...this.#element.children]) this.#growth.observe(box);
  }

  /** @param {boolean} following */
  #set(following) {
    if (following === this.following) return;
    this.following = following;
    this.#tell();
    this.#onchange(following);
  }

  // A browser that keeps what is in sight where it is (overflow-anchor) scrolls back for it: here nobody
  // has done so.
  #tell() {
    this.#element.toggleAttribute("data-follows", this.following);
  }
}
