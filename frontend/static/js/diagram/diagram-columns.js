// Where the lifelines stand: a column for each who is there, and at the right one for all who are
// folded away: those who had ended when somebody new came, and where there are too many those who
// have ended, then those who have been silent longest: whoever of them goes on comes back for one who
// ends. It follows from the events up to the moment that is shown, so that live
// and replay agree. The place of a column never depends on who comes later.

import { roleOf } from "../model/programs.js";

/** @import { Party } from "../model/diagram.d.ts" */
/**
 * A column and who stands in it; `isRest`: all who are folded away.
 * @typedef {{isHub: boolean, isRest: boolean, parties: Party[]}} Column
 */
/** What is folded away by itself; and what somebody has called back. @typedef {"ended" | "others"} Folded */
/** @typedef {{party: Party, toldT: number}} Seat `toldT` is when it was last heard */

export const SEATS = Object.freeze({ least: 2, most: 12 }); // talkers with a column of their own
const LEFT_S = 0.1; // whoever left so long ago makes room

/**
 * Spread parties over columns, from left to right: the first talker, the servers, the other talkers.
 * @param {readonly Party[]} parties
 * @param {{now?: number, seats?: number, called?: ReadonlySet<Folded>, pinned?: ReadonlySet<string>}} [how]
 *   `seats` is how many talkers have room, `called` what is not to be folded, `pinned` the keys of
 *   parties that are never folded
 */
export function arrange(
  parties,
  { now = Infinity, seats = SEATS.most, called = NONE, pinned = NONE } = {},
) {
  const there = parties.filter((party) => !party.gone && party.bornT <= now);
  const most = (/** @type {number} */ n) => seated(there, now, n, { called, pinned });
  const restOf = (/** @type {Column[]} */ columns) => columns.find(({ isRest }) => isRest)?.parties;
  const isThere = (/** @type {Party} */ party) => !isOver(party, now);
  // One more takes no more room than the column of those who are folded away, or than one has to
  // scroll for, where it spares somebody who is there from being folded.
  const more = most(seats + 1);
  if (!restOf(more)) return more;
  const columns = most(seats);
  return restOf(columns)?.some(isThere) && !restOf(more)?.some(isThere) ? more : columns;
}

/** @type {ReadonlySet<any>} */
const NONE = new Set();

function seated(
  /** @type {Party[]} */ there,
  /** @type {number} */ now,
  /** @type {number} */ most,
  /** @type {{called: ReadonlySet<Folded>, pinned: ReadonlySet<string>}} */ { called, pinned },
) {
  const isCrowd = there.length > most; // or it does not matter who was heard
  const hubs = new Seats(pinned, called.has("ended"), Infinity);
  const talkers = new Seats(pinned, called.has("ended"), called.has("others") ? Infinity : most);
  for (const { t, party } of momentsOf(there, now, isCrowd)) {
    if (t > party.endT) {
      talkers.end(party, t);
      continue;
    }
    const isNew = t === party.bornT && !hubs.has(party) && !talkers.has(party);
    if (isNew) for (const each of [hubs, talkers]) each.leave(t);
    (isHub(party) ? hubs : talkers).tell(party, t);
  }
  /** @returns {Column} */
  const column = (/** @type {Party} */ party) => ({
    isHub: isHub(party),
    isRest: false,
    parties: [party],
  });
  const [first, ...others] = talkers.parties.map(column);
  const servers = hubs.parties.map(column);
  const columns = [...(first ? [first] : placeFor(hubs.parties)), ...servers, ...others];
  const shown = new Set(columns.flatMap((each) => each.parties));
  const folded = there.filter((party) => !shown.has(party));
  if (folded.length + called.size > 0)
    columns.push({ isHub: false, isRest: true, parties: folded });
  return columns;
}

// A server does not move when the first client comes.
/** @returns {Column[]} */
const placeFor = (/** @type {Party[]} */ hubs) =>
  hubs.some(({ program }) => roleOf(program) !== "demo")
    ? [{ isHub: false, isRest: false, parties: [] }]
    : [];

/** Whether a party is over at a time: such a one is counted as ended, not as silent. */
export const isOver = (/** @type {Party} */ { endT }, /** @type {number} */ now) =>
  endT <= now && endT !== Infinity;

/**
 * What of the columns rows depend on, beside the room that is given: who stands where, and who of the
 * folded ones is over.
 */
export const shapeOf = (/** @type {Column[]} */ columns, /** @type {number} */ now) =>
  columns
    .map(({ parties, isRest }) =>
      [
        isRest ? "…" : "",
        ...parties.map((party) => `${party.key}${isRest && isOver(party, now) ? "-" : ""}`),
      ].join(" "),
    )
    .join();

// Who sits where, one moment after the other.
class Seats {
  /** @type {(Seat | null)[]} null: nobody sits there any more */
  #seats = [];
  /** @type {Map<Party, Seat>} */
  #of = new Map();
  /** @type {Set<Party>} who had to leave for somebody, the last one last */
  #standing = new Set();
  #pinned;
  #keepsEnded;
  #most;

  constructor(
    /** @type {ReadonlySet<string>} */ pinned,
    /** @type {boolean} */ keepsEnded,
    /** @type {number} */ most,
  ) {
    this.#pinned = pinned;
    this.#keepsEnded = keepsEnded;
    this.#most = most;
  }

  get parties() {
    return this.#seats.flatMap((seat) => (seat ? [seat.party] : []));
  }

  has(/** @type {Party} */ party) {
    return this.#of.has(party);
  }

  /** Somebody comes at that time: who has ended makes room. */
  leave(/** @type {number} */ t) {
    if (this.#keepsEnded) return;
    this.#seats.forEach((seat, i) => {
      const isOver = seat && seat.party.endT + LEFT_S < t;
      if (isOver && !this.#pinned.has(seat.party.key)) this.#empty(i);
    });
  }

  /** A party is heard: it has a seat now. */
  tell(/** @type {Party} */ party, /** @type {number} */ t) {
    const known = this.#of.get(party);
    if (known) {
      known.toldT = t;
      return;
    }
    if (party.endT < t && !this.#keepsEnded) return; // it was folded when it had ended
    let place = this.#seats.indexOf(null);
    if (place < 0) place = this.#seats.length;
    const leaves = this.#takenAt(t) >= this.#most ? this.#nextToLeave(t) : -1;
    if (leaves >= 0) {
      place = leaves;
      this.#empty(place);
    }
    this.#standing.delete(party);
    const seat = { party, toldT: t };
    this.#seats[place] = seat;
    this.#of.set(party, seat);
  }

  /** A party has ended: whoever left last for somebody, and goes on, sits in its place. */
  end(/** @type {Party} */ party, /** @type {number} */ t) {
    const seat = this.#of.get(party);
    if (!seat || this.#keepsEnded || this.#pinned.has(party.key)) return;
    const next = [...this.#standing].findLast(({ endT }) => endT >= t);
    if (!next) return;
    this.#empty(this.#seats.indexOf(seat));
    this.tell(next, t);
  }

  #empty(/** @type {number} */ i) {
    const seat = this.#seats[i];
    if (seat) {
      this.#of.delete(seat.party);
      this.#standing.add(seat.party);
    }
    this.#seats[i] = null;
  }

  // Those who have ended and were called back take nobody's place.
  #takenAt(/** @type {number} */ t) {
    return this.#seats.filter((seat) => seat && !(this.#keepsEnded && seat.party.endT < t)).length;
  }

  // The place of one that has ended, else of the one that has been silent longest; nobody's that is
  // pinned or called back: -1 where there is no other.
  #nextToLeave(/** @type {number} */ t) {
    const places = [...this.#seats.keys()].filter((i) => {
      const party = this.#seats[i]?.party;
      return party && !this.#pinned.has(party.key) && !(this.#keepsEnded && party.endT < t);
    });
    const last = (/** @type {number} */ i) => {
      const { party, toldT } = /** @type {Seat} */ (this.#seats[i]);
      return party.endT < t ? -Infinity : toldT;
    };
    const least = Math.min(...places.map(last));
    return places.find((i) => last(i) === least) ?? -1;
  }
}

function momentsOf(
  /** @type {Party[]} */ parties,
  /** @type {number} */ now,
  /** @type {boolean} */ withTalks,
) {
  return parties
    .flatMap((party) => {
      const end = party.endT === Infinity ? [] : [party.endT + LEFT_S];
      return [party.bornT, ...(withTalks ? [...party.talks, ...end] : [])].map((t) => ({
        t,
        party,
      }));
    })
    .filter(({ t, party }) => t <= now && t >= party.bornT)
    .sort((a, b) => a.t - b.t || (a.party.key < b.party.key ? -1 : 1));
}

const isHub = (/** @type {Party} */ party) =>
  party.listens || ["server", "demo"].includes(roleOf(party.program));

/** How many talkers have room beside a server and those who are folded away. */
export function seatsIn(/** @type {number} */ width) {
  const fits = Math.floor((width - 2 * EDGE.most) / LEAST) - 1; // and two columns more
  return Math.min(SEATS.most, Math.max(SEATS.least, fits));
}

const NARROW = 480;
const LEAST = 116; // between two lifelines
const MOST = 400;
const TIGHT = 76; // the same on a phone, where who is folded away is to be in sight, too
const EDGE = Object.freeze({ least: 46, narrow: 62, most: 76 }); // half a head, and some air
const WORDS = 110; // at the right of a program, for what it waits for

/** What stands in the last column: {hasRest, hasWords}, as spread() takes it. */
export function endOf(/** @type {readonly Column[]} */ columns) {
  const { isRest = false, parties = [] } = columns.at(-1) ?? {};
  return { hasRest: isRest, hasWords: !isRest && parties[0]?.kind === "run" };
}

/**
 * Give columns their places: {xs, width, gap}, where `gap` is the room between two lifelines.
 * @param {number} count
 * @param {number} width
 * @param {{hasRest?: boolean, hasWords?: boolean}} [how] `hasRest`: the last is of those who are folded
 *   away; `hasWords`: it is a program, which has words at its right
 */
export function spread(count, width, { hasRest = false, hasWords = false } = {}) {
  const narrow = width < NARROW;
  const wanted = Math.min(narrow ? EDGE.narrow : EDGE.most, width / Math.max(1, count) / 2);
  const least = narrow && hasRest && count <= SEATS.least + 2 ? TIGHT : LEAST;
  // Where one has to scroll for some of it, a head has all of its room.
  const isWide = 2 * Math.max(EDGE.least, wanted) + least * (count - 1) > width;
  const edge = Math.max(isWide ? EDGE.narrow : EDGE.least, wanted);
  const right = hasWords && !narrow ? WORDS : edge;
  const room = Math.max(width - edge - right, 0);
  const gap = count > 1 ? Math.max(least, Math.min(MOST, room / (count - 1))) : 0;
  const used = edge + right + gap * Math.max(0, count - 1);
  const left = edge + Math.max(0, width - used) / 2; // in the middle of more room than they need
  const xs = Array.from({ length: count }, (_, i) => Math.round(left + i * gap));
  return { xs, width: Math.max(width, used), gap: gap || Math.min(200, width - left), narrow };
}
