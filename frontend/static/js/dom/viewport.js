// What of a scrolling box is in sight, known without measuring: the box tells when it changes.

import { inFrame } from "./frame.js";

export class Viewport {
  width = 0; // px, 0 while the box is not shown
  height = 0;
  left = 0;
  top = 0;
  #box;
  #resizes;

  /**
   * `onresize()` and `onscroll()` run after the fields have changed.
   * @param {HTMLElement} box
   * @param {{onresize: () => void, onscroll: () => void}} hears
   */
  constructor(box, { onresize, onscroll }) {
    this.#box = box;
    this.#resizes = new ResizeObserver(() => {
      this.width = box.clientWidth;
      this.height = box.clientHeight;
      this.#measureScroll();
      onresize();
    });
    box.addEventListener(
      "scroll",
      () => {
        this.#measureScroll();
        onscroll();
      },
      { passive: true },
    );
  }

  get isShown() {
    return this.width > 0;
  }

  /**
   * Scroll in this frame to {left, top}: what is not given stays.
   * @param {{left?: number, top?: number}} place
   */
  scrollTo({ left = this.left, top = this.top }) {
    Object.assign(this, { left, top });
    inFrame("place", () => this.#box.scrollTo({ left, top, behavior: "instant" }));
  }

  watch() {
    this.#resizes.observe(this.#box);
  }

  unwatch() {
    this.#resizes.disconnect();
  }

  #measureScroll() {
    this.left = this.#box.scrollLeft;
    this.top = this.#box.scrollTop;
  }
}
