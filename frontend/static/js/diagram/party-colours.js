// The colour of each lifeline: browser clients have that of their card (their
// owner's, where people have names), the others what is left.

import { numberOf } from "../model/people.js";
import { roleOf } from "../model/programs.js";

/** @import { Party } from "../model/diagram.d.ts" */

const COLOURS = 8; // --c1 to --c8
const OTHERS = [5, 4, 6, 8, 7, 3, 2, 1]; // for those that are no browser clients

export class PartyColours {
  /** @type {Map<Party, number>} the number of its colour */
  #numbers = new Map();

  of(/** @type {Party | null | undefined} */ party) {
    if (!party || (party.kind === "run" && roleOf(party.program) !== "client"))
      return "var(--ink-hub)";
    let number = this.#numbers.get(party);
    if (number === undefined) {
      number =
        party.kind === "client"
          ? (((numberOf(party.owner) ?? party.number ?? numberOf(party.client) ?? 1) - 1) %
              COLOURS) +
            1
          : this.#next();
      this.#numbers.set(party, number);
    }
    return `var(--c${number})`;
  }

  #next() {
    const used = [...this.#numbers.values()];
    return OTHERS.find((each) => !used.includes(each)) ?? OTHERS[used.length % OTHERS.length];
  }
}
