// Keeps a scrolling box at its end while new lines come, unless a person has scrolled up.

const NEAR_PX = 24;

/** Follows the end of one element; `onchange(following)` runs when that starts or stops. */
export class FollowScroll {
  following = true;
  #element;
  #onchange;
  #placedAt = 0;
  #watching = false;
  #growth = new ResizeObserver(() => this.keep());

  constructor(element, { onchange = () => {} } = {}) {
    this.#element = element;
    this.#onchange = onchange;
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  /** Call after the content changed. */
  keep() {
    this.#watch();
    if (!this.following) return;
    this.#element.scrollTop = this.#element.scrollHeight;
    this.#placedAt = this.#element.scrollTop;
  }

  /** Go to the end and follow again. */
  toEnd() {
    this.#set(true);
    this.keep();
  }

  // Content that grows also fires "scroll"; only a move upwards is a person's.
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#element;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (atEnd) this.#set(true);
    else if (scrollTop < this.#placedAt - 1) this.#set(false);
    this.#placedAt = scrollTop;
  }

  // Rows get their true height only once they are in sight, and a hidden box has none at all.
  #watch() {
    if (this.#watching) return;
    this.#watching = true;
    for (const box of [this.#element, ...this.#element.children]) this.#growth.observe(box);
  }

  #set(following) {
    if (following === this.following) return;
    this.following = following;
    this.#onchange(following);
  }
}
