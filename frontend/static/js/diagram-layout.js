// Where everything stands. Downwards goes time: one row (a stop) for each moment at which something
// is drawn, strictly in order; idle time is compressed. A change moves only what is below it.

import { arrange, spread } from "./diagram-columns.js";
import { isShort } from "./diagram-model.js";

const TOP = 28; // above the first row
const LEAST = 9; // between two rows
const IDLE_S = 0.05; // from here on it is a pause, and has room of its own
const PAUSE = 16; // room in a pause, for "recvfrom() waits 4.2 s"
const DOUBT_S = 0.08;
const MANY = 100; // items that are forgotten in one go
const LOOK_BACK = 10; // rows above that may be in the way
const TICKS_IN_ROW = 4;
const WAITING = 40; // lines of what waits in the kernel that reach into view from above
const PLACES = 60; // rows in which the words of a bar look for a place
const DIRECT_S = 0.02; // what takes longer has waited in the kernel
export const FLIGHT = 12; // how much lower an arrow ends than it begins
export const LANDING = FLIGHT + 8; // from the beginning of a flight to the first read
export const STEEP = 46; // an arrow that would end lower waits beside the lifeline instead

const ALWAYS = new Set(["socket", "bind", "listen", "connect", "shutdown", "close"]);

/** Whether a transfer is drawn as one straight arrow; the others wait in the receiver's kernel. */
export function isDirect({ arrivals, sentT, what, to }) {
  if (sentT === null || to === null || isOutside(to)) return true;
  if (what === "fin" && arrivals.length === 0 && to.closedT !== Infinity) return true;
  if (arrivals.length !== 1) return false;
  const [arrival] = arrivals;
  if (what === "segment" && arrival.read?.links.length > 1) return false;
  return arrival.t - sentT < DIRECT_S;
}

// Somebody who tells nothing: what is sent there has just been sent.
const isOutside = (end) => !end.known && (end.party === null || end.party.kind === "peer");

export class DiagramLayout {
  columns = [];
  xs = [];
  width = 0;
  gap = 0;
  narrow = false;
  stops = []; // {t, y, above, below, lo, hi, needs: Map of item → need, head}, by time
  #model;
  #given = 0;
  #mode = "text";
  #byT = new Map();
  #dirty = 0; // stops before this one stand where they stand
  #anchors = new Map(); // item → times of its stops
  #open = new Set(); // items without an end yet
  #tall = new Set(); // items that may reach over many rows
  #columnOf = new Map();
  #doubtUntil = Infinity; // when it is sure who somebody is
  #lanes = new Map(); // party → bars of threads beside its lifeline

  constructor(model) {
    this.#model = model;
  }

  /** Use so much room. Returns whether anything moves. */
  resize(width) {
    if (width === this.#given) return false;
    this.#given = width;
    this.#arrange();
    return true;
  }

  /** Show "text", "hex" or "calls". */
  setMode(mode) {
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#rebuild();
  }

  /** Take what has changed in the model. Returns the first y that has moved; Infinity: nothing. */
  update() {
    const changes = this.#model.drain();
    const { parties } = this.#model;
    if (parties.changed || this.#model.now >= this.#doubtUntil) {
      parties.changed = false;
      if (this.#arrange()) {
        this.#rebuild();
        return 0;
      }
    }
    const gone = [...changes].filter((item) => item.gone);
    if (gone.length > MANY) this.#forget(gone);
    for (const item of changes) this.#put(item);
    return this.#settle();
  }

  /** The column of a party; -1: it has none. */
  columnOf(party) {
    return this.#columnOf.get(party) ?? -1;
  }

  xOf(party) {
    return this.xs[this.columnOf(party)] ?? 0;
  }

  /** The place of a moment; between two rows by compressed time. */
  yAt(t) {
    const stop = this.#byT.get(t);
    if (stop) return stop.y;
    const i = this.indexAt(t);
    if (i < 0) return TOP;
    const before = this.stops[i];
    const next = this.stops[i + 1];
    const pause = t - before.t;
    const y = pause < IDLE_S ? before.y + grow(pause) : this.#bottomOf(i) + grow(pause) - LEAST;
    return next ? Math.min(y, next.y - 1) : y;
  }

  /** The number of the last stop at or before a moment; -1: none. */
  indexAt(t) {
    return firstWhere(this.stops, (stop) => stop.t > t) - 1;
  }

  /** The moment at a place: of the last row above it. */
  timeAt(y) {
    const i = firstWhere(this.stops, (stop) => stop.y > y) - 1;
    return this.stops[Math.max(0, i)]?.t ?? null;
  }

  stopAt(t) {
    return this.#byT.get(t) ?? null;
  }

  /** How far down the picture goes at that time. */
  heightAt(now) {
    return Math.max(this.yAt(now), TOP) + 34;
  }

  /** The items that touch the rows between two places. */
  itemsBetween(top, bottom) {
    const found = new Set();
    const { stops } = this;
    for (let i = firstWhere(stops, (stop) => stop.y >= top); i < stops.length; i++) {
      if (stops[i].y > bottom) break;
      for (const item of stops[i].needs.keys()) found.add(item);
    }
    const waiting = []; // transfers that were sent above and are not read yet
    for (const item of this.#tall) {
      const times = this.#anchors.get(item);
      const start = this.yAt(times[0]);
      const end = this.#open.has(item) ? Infinity : this.yAt(times.at(-1));
      if (start > bottom || end < top) continue;
      if (item.kind === "transfer" && start < top) waiting.push(item);
      else found.add(item);
    }
    for (const item of waiting.slice(-WAITING)) found.add(item);
    return found;
  }

  /** Items whose end is not known: they grow with time. */
  get openItems() {
    return this.#open;
  }

  /** Whether time alone changes the picture. */
  get isWaiting() {
    return this.#open.size > 0 || this.#doubtUntil !== Infinity;
  }

  /** Whether a tick, or a call that took no time, is shown. */
  showsTick(item) {
    if (this.#mode === "calls") return true;
    return item.kind === "tick" && ALWAYS.has(item.call);
  }

  /** The room that was given; the picture may be wider. */
  get given() {
    return this.#given;
  }

  /** How many bars of threads stand beside the lifeline of a party. */
  lanesOf(party) {
    return this.#lanes.get(party) ?? 0;
  }

  /** Where words about a row of a lifeline stand: at its right, if nothing is there. */
  beside(party, stop) {
    const isTaken = (side) => stop !== null && this.#hasArrow(stop, party, side);
    const place = this.#sideOf(party, isTaken, 90);
    const ends = stop !== null && [...stop.needs.keys()].some((item) => isInstant(item, party));
    return ends && place.drop > 0 ? { ...place, drop: place.drop + FLIGHT } : place;
  }

  #sideOf(party, isTaken, wanted) {
    const clear = 12;
    const column = this.columnOf(party);
    const x = this.xs[column] ?? 0;
    const last = column === this.xs.length - 1;
    const right = last ? this.width - x - clear - 4 : this.gap - clear - 16;
    const left = column === 0 ? x - clear - 4 : this.gap - clear - 16;
    const takesRight = isTaken(1);
    const takesLeft = isTaken(-1);
    const goesLeft = takesRight
      ? !takesLeft && left >= 40
      : right < wanted && left > right && !takesLeft;
    if (goesLeft && left >= Math.min(wanted, right)) {
      return { labelX: x - clear, anchor: "say--end", room: left, drop: 0 };
    }
    const more = this.lanesOf(party) * 9;
    const drop = takesRight ? 12 : 0; // under the arrow
    return { labelX: x + clear + more, anchor: "say--start", room: right - more, drop };
  }

  /** Where the words of a bar stand: in the widest pause that it covers; null: nowhere. */
  labelPlace(bar, end) {
    const from = this.indexAt(bar.t);
    const to = this.indexAt(end);
    let best = null;
    for (let i = Math.max(from, to - PLACES); i <= to; i++) {
      const next = this.stops[i + 1];
      const top = this.#bottomOf(i);
      const bottom = next && i < to ? next.y - next.above : this.yAt(end);
      const height = bottom - top;
      if (best === null || height > best.height) best = { top, height };
    }
    if (best === null) return null;
    const line = Math.min(bar.lane, 4);
    const needed = 12 + line * 13;
    if (best.height < needed) return null;
    const y = best.top + Math.min(needed, (best.height - line * 13) / 2 + 4 + line * 13);
    const column = this.columnOf(bar.party);
    // The words of a server stand at its right: its neighbour there keeps to its own right.
    const wanted = this.columns[column - 1]?.isHub ? 60 : 130;
    const isTaken = (side) => this.#holds(bar.party, side, y);
    const { labelX, anchor, room } = this.#sideOf(bar.party, isTaken, wanted);
    return { x: labelX, y, anchor, room };
  }

  // Whether something waits in the kernel at that side of a lifeline.
  #holds(party, side, y) {
    for (const item of this.#tall) {
      if (item.kind !== "transfer" || item.to?.party !== party || isDirect(item)) continue;
      if (Math.sign(this.xOf(item.from.party) - this.xOf(party)) !== side) continue;
      const times = this.#anchors.get(item);
      const bottom = this.#open.has(item) ? Infinity : this.yAt(times.at(-1)) + 8;
      if (this.yAt(times[0]) <= y && y <= bottom) return true;
    }
    return false;
  }

  // Whether an arrow of a row begins or ends at that side of a lifeline: 1 right, -1 left.
  #hasArrow(stop, party, side) {
    const column = this.columnOf(party);
    for (const item of stop.needs.keys()) {
      if (item.kind !== "transfer") continue;
      const [from, to] = [item.from?.party, item.to?.party];
      if (from !== party && to !== party) continue;
      const other = this.columnOf(from === party ? to : from);
      const isRight = other > column || (other < 0 && column < this.xs.length - 1);
      if (isRight === side > 0) return true;
    }
    return false;
  }

  // Columns.

  #arrange() {
    const columns = arrange(this.#model.parties.all.filter((party) => !this.#isDoubtful(party)));
    const doubtful = this.#model.parties.all.filter((party) => this.#isDoubtful(party));
    this.#doubtUntil = Math.min(...doubtful.map((party) => party.bornT + DOUBT_S));
    const shape = columns.map(({ parties }) => parties[0].key).join();
    const moved = shape !== this.columns.map(({ parties }) => parties[0].key).join();
    this.columns = columns;
    this.#columnOf = new Map();
    columns.forEach(({ parties }, i) => {
      for (const party of parties) this.#columnOf.set(party, i);
    });
    Object.assign(this, spread(columns.length, this.#given));
    return moved;
  }

  // Who seems to be outside may turn out to be one of ours, told a moment later.
  #isDoubtful(party) {
    return party.kind === "peer" && this.#model.now - party.bornT < DOUBT_S;
  }

  #rebuild() {
    this.stops = [];
    this.#byT.clear();
    this.#anchors.clear();
    this.#open.clear();
    this.#tall.clear();
    this.#dirty = 0;
    for (const item of this.#model.items) this.#put(item);
    this.#settle();
  }

  // Items: each asks for room at its moments.

  #put(item) {
    const needs = item.gone ? [] : this.#needsOf(item);
    if (!this.#isSame(item, needs)) this.#takeAway(item);
    if (needs.length === 0) return;
    if (!this.#anchors.has(item)) {
      this.#anchors.set(
        item,
        needs.map((need) => need.t),
      );
      for (const need of needs) this.#stopFor(need.t).needs.set(item, need);
    }
    const times = this.#anchors.get(item);
    if (isOpen(item)) this.#open.add(item);
    else this.#open.delete(item);
    if (isOpen(item) || times.at(-1) - times[0] > IDLE_S) this.#tall.add(item);
  }

  // The oldest items are forgotten at once: what is left moves up as it is.
  #forget(gone) {
    const dirtyT = this.stops[this.#dirty]?.t ?? Infinity;
    for (const item of gone) {
      for (const t of this.#anchors.get(item) ?? []) this.#byT.get(t)?.needs.delete(item);
      this.#anchors.delete(item);
      this.#open.delete(item);
      this.#tall.delete(item);
    }
    for (const [t, stop] of this.#byT) if (stop.needs.size === 0) this.#byT.delete(t);
    this.stops = this.stops.filter((stop) => stop.needs.size > 0);
    const up = (this.stops[0]?.y ?? 0) - TOP - 20;
    for (const stop of this.stops) stop.y -= up;
    this.#dirty = Math.max(0, this.indexAt(dirtyT));
  }

  #isSame(item, needs) {
    const times = this.#anchors.get(item);
    return (
      times?.length === needs.length &&
      needs.every((need, i) => {
        const known = this.#byT.get(need.t)?.needs.get(item);
        return (
          known &&
          times[i] === need.t &&
          known.above === need.above &&
          known.below === need.below &&
          known.lo === need.lo &&
          known.hi === need.hi
        );
      })
    );
  }

  #takeAway(item) {
    const times = this.#anchors.get(item);
    if (!times) return;
    this.#anchors.delete(item);
    this.#open.delete(item);
    this.#tall.delete(item);
    for (const t of times) {
      const stop = this.#byT.get(t);
      if (!stop) continue;
      stop.needs.delete(item);
      const i = this.indexAt(t);
      if (stop.needs.size === 0) {
        this.stops.splice(i, 1);
        this.#byT.delete(t);
      }
      this.#dirty = Math.min(this.#dirty, i);
    }
  }

  #stopFor(t) {
    const known = this.#byT.get(t);
    const i = known || this.stops.length > 0 ? this.indexAt(t) : -1;
    if (known) {
      this.#dirty = Math.min(this.#dirty, i);
      return known;
    }
    const stop = { t, y: 0, above: 0, below: 0, lo: 0, hi: 0, needs: new Map(), head: null };
    this.#byT.set(t, stop);
    if (i === this.stops.length - 1) this.stops.push(stop);
    else this.stops.splice(i + 1, 0, stop);
    this.#dirty = Math.min(this.#dirty, i + 1);
    return stop;
  }

  #needsOf(item) {
    if (item.kind === "transfer") return this.#needsOfTransfer(item);
    if (item.kind === "break") {
      return [{ t: item.t, above: 13, below: 13, lo: -1, hi: this.columns.length }];
    }
    const column = this.columnOf(item.party);
    const beside = { lo: column - 1, hi: column };
    if (item.what === "born" && this.columns[column]?.parties[0] === item.party) return [];
    if (item.kind === "mark") {
      return [{ t: item.t, above: 9, below: item.what === "error" ? 24 : 9, ...beside }];
    }
    if (item.kind === "tick" || isShort(item)) {
      if (!this.showsTick(item)) return [];
      const t = item.kind === "tick" ? item.t : item.end;
      return [{ t, above: 8, below: 8, ...beside, tick: true }];
    }
    const lanes = Math.min(item.lane, 3);
    if (lanes > this.lanesOf(item.party)) this.#lanes.set(item.party, lanes);
    const nowhere = { above: 3, below: 3, lo: Infinity, hi: -Infinity }; // it stands in nobody's way
    const needs = [{ t: item.t, ...nowhere }];
    if (item.end !== Infinity) needs.push({ t: item.end, ...nowhere });
    return needs;
  }

  #needsOfTransfer(item) {
    const { lo, hi } = this.#spanOf(item);
    const { arrivals, sentT } = item;
    const small = item.what !== "datagram" && item.what !== "segment";
    const label = small ? 15 : 20;
    const size = small && item.lostT === Infinity ? 3 : 15;
    if (sentT === null) {
      return [{ t: arrivals[0].t, above: label + FLIGHT, below: size, lo, hi, carries: true }];
    }
    if (isDirect(item) && arrivals.length > 0) {
      const until = arrivals[0].t;
      // Should something else come before its arrival, it is drawn as a flight and a wait.
      const start = {
        t: sentT,
        above: label,
        below: 4,
        lo,
        hi,
        carries: true,
        until,
        belowFar: FLIGHT + size,
      };
      const end = { t: until, above: 8, below: size, lo, hi };
      if (end.t === start.t) return [{ ...start, below: FLIGHT + size }];
      return [start, end];
    }
    const atOnce = arrivals.some((arrival) => arrival.t === sentT) ? LANDING : 0;
    /** @type {{t: number, above: number, below: number, lo: number, hi: number, carries?: boolean}[]} */
    const needs = [
      { t: sentT, above: label + atOnce, below: FLIGHT + size, lo, hi, carries: true },
    ];
    if (isDirect(item)) return needs;
    const to = this.columnOf(item.to?.party);
    const side = to > lo ? { lo: to - 1, hi: to - 1 } : { lo: to, hi: to };
    for (const t of new Set(arrivals.map((arrival) => arrival.t))) {
      if (t !== sentT) needs.push({ t, above: 8, below: 6, ...side });
    }
    return needs;
  }

  #spanOf(item) {
    const a = this.columnOf(item.from?.party);
    const b = this.columnOf(item.to?.party);
    if (a < 0 || b < 0) {
      const one = Math.max(a, b);
      return one === 0 || this.columns.length < 2
        ? { lo: one, hi: one }
        : { lo: one - 1, hi: one - 1 };
    }
    return { lo: Math.min(a, b), hi: Math.max(a, b) - 1 };
  }

  // Rows: from the first one that changed downwards.

  #settle() {
    const { stops } = this;
    const first = Math.min(this.#dirty, stops.length);
    this.#dirty = Infinity;
    let from = Math.max(0, first - 1);
    while (from > 0 && stops[from]?.head) from -= 1; // a row of ticks is laid as a whole
    for (let i = from; i < stops.length; i++) this.#place(i);
    return first >= stops.length ? Infinity : (stops[from]?.y ?? 0);
  }

  // How far down the words of a row, and of those right above it, reach.
  #bottomOf(i) {
    let bottom = 0;
    for (let k = i; k >= 0 && k > i - 5; k--) {
      bottom = Math.max(bottom, this.stops[k].y + this.stops[k].below);
    }
    return bottom;
  }

  #place(i) {
    const stop = this.stops[i];
    sum(stop);
    const before = this.stops[i - 1];
    stop.head = tickHead(stop, before);
    if (stop.head) {
      stop.y = before.y;
      stop.head.row.push(stop);
      return;
    }
    stop.row = [stop];
    if (!before) {
      stop.y = TOP + stop.above;
      return;
    }
    const pause = stop.t - before.t;
    let y = before.y + grow(pause);
    if (pause >= IDLE_S) y = this.#bottomOf(i - 1) + grow(pause) - LEAST + stop.above + PAUSE;
    for (let k = i - 1; k >= 0 && k > i - LOOK_BACK; k--) {
      const other = this.stops[k];
      if (other.lo <= stop.hi && stop.lo <= other.hi) {
        y = Math.max(y, other.y + below(other, stop) + stop.above);
      }
    }
    stop.y = Math.round(y);
  }
}

/** How much room a time takes: 0.08 ms and 4 s are both to be seen. */
function grow(seconds) {
  if (seconds < IDLE_S) return LEAST + 1.5 * Math.log2(1 + seconds / 0.001);
  return LEAST + 8 + 7 * Math.log2(1 + seconds / IDLE_S);
}

// How much a row keeps free below it, seen from another row.
function below(stop, next) {
  let most = stop.below;
  if (stop.hasFlights && next.hasTransfers) {
    for (const { until, belowFar } of stop.needs.values()) {
      if (until !== undefined && until !== next.t) most = Math.max(most, belowFar);
    }
  }
  return most;
}

function sum(stop) {
  stop.above = stop.below = 0;
  stop.hasFlights = stop.hasTransfers = false;
  stop.lo = Infinity;
  stop.hi = -Infinity;
  for (const need of stop.needs.values()) {
    stop.above = Math.max(stop.above, need.above);
    stop.below = Math.max(stop.below, need.below);
    stop.lo = Math.min(stop.lo, need.lo);
    stop.hi = Math.max(stop.hi, need.hi);
    if (need.until !== undefined) stop.hasFlights = true;
    if (need.carries) stop.hasTransfers = true;
  }
}

// Calls of one lifeline right after each other share a row: socket() · bind() · listen().
function tickHead(stop, before) {
  if (!before || stop.t - before.t >= IDLE_S || !isTicks(stop) || !isTicks(before)) return null;
  const head = before.head ?? before;
  const party = partyOf(stop);
  return head.row.length < TICKS_IN_ROW && partyOf(before) === party ? head : null;
}

const isTicks = (stop) => stop.needs.size === 1 && [...stop.needs.values()][0].tick === true;
const partyOf = (stop) => [...stop.needs.keys()][0].party;

// Whether a transfer ends at a party in the same moment in which it begins: it is drawn below.
function isInstant({ kind, to, sentT, arrivals }, party) {
  return kind === "transfer" && to?.party === party && arrivals[0]?.t === sentT;
}

function isOpen(item) {
  if (item.kind === "bar") return item.end === Infinity;
  if (item.kind !== "transfer" || item.sentT === null || item.lostT !== Infinity) return false;
  if (item.uncertain || item.skipped) return false; // what came of it was not told
  if (item.to === null || isOutside(item.to)) return false; // nobody there tells of its arrival
  if (item.what === "segment") {
    return item.arrivals.reduce((left, { from, to }) => left - (to - from), item.bytes) > 0;
  }
  return item.arrivals.length === 0;
}

// The number of the first element for which `test` holds; all after it do, too.
function firstWhere(list, test) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
