// What scrolls is reached by keys, too: as a stop of the keyboard, while it has more than is in sight.

import { setAttribute } from "./markup.js";

const reached = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (!target.checkVisibility()) continue; // it will be as it was
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = target;
    const hasMore = scrollHeight > clientHeight || scrollWidth > clientWidth;
    setAttribute(target, "tabindex", hasMore ? "0" : null);
  }
});

/** Make of a box that has nothing to press a stop of the keyboard, while it scrolls. */
export const reach = (/** @type {Element} */ box) => reached.observe(box);
