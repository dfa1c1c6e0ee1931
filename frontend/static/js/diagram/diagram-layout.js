// Where everything stands: lifelines in columns from left to right, and downwards the rows of time.
// It takes what has changed in the model, and knows which items are in view. It is asked for each
// batch of events and for each frame, so a change must cost what it moves, not what there is.

import { arrange, endOf, isOver, seatsIn, shapeOf, spread } from "./diagram-columns.js";
import { Asked } from "./asked.js";
import { isShort } from "../model/waits.js";
import { isOpen, needsOf } from "./item-needs.js";
import { lastOf, Rows } from "./rows.js";
import { ThreadBars } from "./thread-bars.js";

/** @import { Item, Party } from "../model/diagram.d.ts" */
/** @import { DiagramModel } from "../model/diagram-model.js" */
/** @import { Mode } from "../words/diagram-words.js" */
/** @import { Column } from "./diagram-columns.js" */
/** @import { Place } from "./item-needs.js" */
/** @import { Stop } from "./stop.js" */

const DOUBT_S = 0.08;
const MANY = 100; // items that are forgotten in one go
const BEHIND = 34; // px that the lifelines go on below now
const WAITING = 40; // lines of what waits in the kernel that reach into view from above

export class DiagramLayout {
  /** @type {Column[]} */
  columns = [];
  /** @type {number[]} */
  xs = [];
  width = 0;
  gap = 0;
  narrow = false;
  #model;
  #rows = new Rows();
  #given = 0;
  /** @type {Mode} */
  #mode = "text";
  /** @type {Set<Item>} without an end yet */
  #open = new Set();
  /** @type {Set<Item>} that may reach over many rows */
  #tall = new Set();
  /** @type {Map<Party, number>} */
  #columnOf = new Map();
  #doubtUntil = Infinity; // when it is sure who somebody is
  #moment = Infinity;
  #shape = "";
  #asked;
  #bars = new ThreadBars();

  constructor(/** @type {DiagramModel} */ model, asked = new Asked()) {
    this.#model = model;
    this.#asked = asked;
  }

  /** Use so much room. Returns whether anything moves. */
  resize(/** @type {number} */ width) {
    if (width === this.#given) return false;
    this.#given = width;
    const { gap } = this;
    if (this.#arrange()) this.#rebuild();
    else if (this.gap !== gap) this.#fitAnew(gap);
    return true;
  }

  /** Show "text", "hex" or "calls". */
  setMode(/** @type {Mode} */ mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#rebuild();
  }

  get called() {
    return this.#asked.called;
  }

  get pinned() {
    return this.#asked.pinned;
  }

  /** Take up what somebody asks of the columns. */
  hear(/** @type {(asked: Asked) => void} */ ask) {
    ask(this.#asked);
    if (this.#arrange()) this.#rebuild();
  }

  /**
   * Take what has changed in the model. `moment` is the one that is shown; Infinity: now. Returns the
   * first y that has moved; Infinity: nothing.
   */
  update(moment = Infinity) {
    const changes = this.#model.drain();
    const { parties } = this.#model;
    if (parties.changed || this.#model.now >= this.#doubtUntil || moment !== this.#moment) {
      parties.changed = false;
      this.#moment = moment;
      if (this.#arrange()) {
        this.#rebuild();
        return 0;
      }
    }
    const gone = [...changes].filter((item) => item.gone);
    if (gone.length > MANY) this.#rows.forget(gone);
    const place = this.#place;
    for (const item of changes) this.#put(item, place);
    return this.#rows.settle();
  }

  /** The column of a party; -1: it has none. */
  columnOf(/** @type {Party | null | undefined} */ party) {
    return party ? (this.#columnOf.get(party) ?? -1) : -1;
  }

  /** Whether a party is folded away. */
  isFolded(/** @type {Party | null | undefined} */ party) {
    return this.columns[this.columnOf(party)]?.isRest ?? false;
  }

  /** Whether an item is folded away with its party. */
  isHidden(/** @type {Item} */ item) {
    return this.#rows.isGhost(item);
  }

  xOf(/** @type {Party | null} */ party) {
    return this.xs[this.columnOf(party)] ?? 0;
  }

  /** How many lines the message of an item may have. */
  linesOf(/** @type {Item} */ item) {
    return this.#rows.needOf(item)?.lines ?? 1;
  }

  // The rows, by moment and by place.

  get stops() {
    return this.#rows.stops;
  }

  stopAt(/** @type {number} */ t) {
    return this.#rows.stopAt(t);
  }

  indexAt(/** @type {number} */ t) {
    return this.#rows.indexAt(t);
  }

  yAt(/** @type {number} */ t) {
    return this.#rows.yAt(t);
  }

  bottomOf(/** @type {number} */ i) {
    return this.#rows.bottomOf(i);
  }

  upFrom(/** @type {Stop} */ stop) {
    return this.#rows.upFrom(stop);
  }

  /** How far down the picture goes at that time. */
  heightAt(/** @type {number} */ now) {
    return this.yAt(now) + BEHIND;
  }

  /** From where to where an item reaches: {top, bottom}; without an end, down for ever. */
  extentOf(/** @type {Item} */ item) {
    const times = /** @type {number[]} */ (this.#rows.timesOf(item));
    const bottom = this.#open.has(item) ? Infinity : this.yAt(lastOf(times));
    return { top: this.yAt(times[0]), bottom };
  }

  /** The items that touch the rows between two places. */
  itemsBetween(/** @type {number} */ top, /** @type {number} */ bottom) {
    /** @type {Set<Item>} */
    const found = new Set();
    const { stops } = this;
    for (let i = this.#rows.indexBelow(top); i < stops.length && stops[i].y <= bottom; i++) {
      for (const item of stops[i].needs.keys()) found.add(item);
    }
    const waiting = []; // transfers that were sent above and are not read yet
    for (const item of this.#tall) {
      const extent = this.extentOf(item);
      if (extent.top > bottom || extent.bottom < top) continue;
      if (item.kind === "transfer" && extent.top < top) waiting.push(item);
      else found.add(item);
    }
    for (const item of waiting.slice(-WAITING)) found.add(item);
    return found;
  }

  /** Items whose end is not known: they grow with time. */
  get openItems() {
    return this.#open;
  }

  /** Items that may reach over many rows. */
  get tallItems() {
    return this.#tall;
  }

  /** Whether time alone changes the picture. */
  get isWaiting() {
    return this.#open.size > 0 || this.#doubtUntil !== Infinity;
  }

  /** The room that was given; the picture may be wider. */
  get given() {
    return this.#given;
  }

  /** How many bars of threads stand beside the lifeline of a party. */
  lanesOf(/** @type {Party} */ party) {
    return this.isFolded(party) ? 0 : this.#bars.beside(party);
  }

  // Columns.

  #arrange() {
    const { all } = this.#model.parties;
    const doubtful = new Set(all.filter((party) => this.#isDoubtful(party)));
    const columns = arrange(
      all.filter((party) => !doubtful.has(party)),
      { ...this.#asked, now: this.#moment, seats: seatsIn(this.#given) },
    );
    this.#doubtUntil = Math.min(...[...doubtful].map((party) => party.bornT + DOUBT_S));
    this.columns = columns;
    this.#columnOf = new Map();
    columns.forEach(({ parties }, i) => {
      for (const party of parties) this.#columnOf.set(party, i);
    });
    Object.assign(this, spread(columns.length, this.#given, endOf(columns)));
    const shape = shapeOf(columns, this.#moment);
    const moved = shape !== this.#shape;
    this.#shape = shape;
    return moved;
  }

  // Who seems to be outside may turn out to be one of ours, told a moment later.
  #isDoubtful(/** @type {Party} */ party) {
    return party.kind === "peer" && this.#model.now - party.bornT < DOUBT_S;
  }

  // Items: each asks for room at its moments.

  #rebuild() {
    this.#rows.clear();
    this.#open.clear();
    this.#tall.clear();
    const place = this.#place;
    for (const item of this.#model.items) this.#put(item, place);
    this.#rows.settle();
  }

  // Between columns that stand further apart than `before`, or closer, few items need other room: it
  // is asked for in each frame in which somebody zooms.
  #fitAnew(/** @type {number} */ before) {
    if (this.#bars.takeGrown()) {
      const place = this.#place;
      for (const item of this.#model.items) this.#put(item, place);
    } else this.#rows.fit(this.gap, before);
    this.#rows.settle();
  }

  #put(/** @type {Item} */ item, /** @type {Place} */ place) {
    const needs = item.gone ? [] : needsOf(item, place);
    this.#rows.put(item, needs);
    const isShown = needs.length > 0 && !needs[0].isGhost;
    toggle(this.#open, item, isShown && isOpen(item));
    toggle(this.#tall, item, isShown && (isOpen(item) || this.#rows.isTall(item)));
    if (isShown && item.kind === "bar" && !isShort(item)) this.#bars.put(item);
  }

  // What the items have to know of the columns.
  /** @returns {Place} */
  get #place() {
    const { columns, gap } = this;
    return {
      columns,
      gap,
      mode: this.#mode,
      columnOf: (party) => this.columnOf(party),
      lanesOf: (party) => this.lanesOf(party),
      isSilent: (party) => (party ? this.isFolded(party) && !isOver(party, this.#moment) : false),
    };
  }
}

/** Have an item in a set, or not: one that stays keeps its place in the order. */
function toggle(
  /** @type {Set<Item>} */ set,
  /** @type {Item} */ item,
  /** @type {boolean} */ belongs,
) {
  if (belongs) set.add(item);
  else set.delete(item);
}
