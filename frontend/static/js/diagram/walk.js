// Where the arrow keys lead: from one thing to the next, in the order of time.

import { shownFrom } from "./item-needs.js";

/** @import { DiagramLayout } from "./diagram-layout.js" */

/** How many steps a key goes. @type {Readonly<Record<string, number>>} */
export const MOVES = Object.freeze({
  ArrowDown: 1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowLeft: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
});

/** The things that are drawn at a time, each one once. */
export function thingsToWalk(/** @type {DiagramLayout} */ layout, /** @type {number} */ now) {
  return layout.stops
    .flatMap(({ t: time, needs }) =>
      [...needs.keys()].filter((item) => {
        const isSent = item.kind === "transfer" && item.sentT === time;
        return isSent || shownFrom(item) === time;
      }),
    )
    .filter((item) => shownFrom(item) <= now && !layout.isHidden(item));
}
