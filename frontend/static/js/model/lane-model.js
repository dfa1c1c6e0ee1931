// The threads of programs over time: running, waiting (for what), holding (what); who let whom go
// on; how many permits a semaphore has, whether an event is set. A function of the events; what is
// open has end Infinity, so that it can be cut at any time. All of it is bounded: the oldest goes
// first, for all threads at the same moment, and what is not there any more is counted.

import { insertByTime } from "./by-time.js";
import { Counts } from "./counts.js";
import { inOrder } from "./event-order.js";
import { Holds } from "./holds.js";
import { Seen } from "./seen.js";
import { insert } from "./sorted.js";
import { endsRun, isShort, tellsLoss, Waits } from "./waits.js";
import { Wakes } from "./wakes.js";

/** @import { Hold } from "./holds.js" */
/** @import { RoomEvent, Sync, Thread } from "./types.d.ts" */
/** @import { Deed, RunEnd, Wait } from "./waits.js" */
/** @import { Wake } from "./wakes.js" */
/**
 * A thread: its name, when it began and ended (seconds), what it waited for and held, by time.
 * @typedef {{key: string, run: string, tid: number, thread: string, bornT: number, endT: number,
 *   toldT: number, waits: Wait[], holds: Hold[]}} Lane
 */
/** @typedef {{t: number, end?: number, toT?: number}} Timed */
/** @typedef {{t: number, count: number, events: RoomEvent[]}} Break */

export const LIMITS = Object.freeze({
  seen: 40_000, // numbers of events kept to know one that comes twice
  pieces: 20_000, // waits, holds, wakes, steps and breaks kept
  forgotten: 2_000, // how many go at once when there are more
  ended: 200, // threads kept after their end
  lanes: 10_000, // threads kept in all; only losses make as many seem to live
  slack: 50, // how many more threads there may be before some go
});

export class LaneModel {
  /** @type {Lane[]} by birth */
  lanes = [];
  /** @type {Wake[]} by time */
  wakes = [];
  /** @type {Break[]} where events are missing */
  breaks = [];
  now = -Infinity;
  start = Infinity;
  keptFrom = -Infinity; // what ended before this time is not kept
  waits = new Waits();
  holds = new Holds();
  counts = new Counts();
  /** @type {Map<string, Lane>} */
  #lanes = new Map();
  /** @type {Lane[]} by end */
  #ended = [];
  #wakes = new Wakes();
  #seen = new Seen(LIMITS.seen);
  #pieces = 0;
  #folded = 0; // threads that are not kept
  /** @type {number} */
  #most = LIMITS.pieces;
  #changes = 0;

  append(/** @type {RoomEvent[]} */ events) {
    for (const event of inOrder(events)) if (this.#seen.note(event.seq)) this.#take(event);
  }

  /** Say what time it is, when no event tells. */
  advance(/** @type {number} */ t) {
    if (t > this.now) this.now = t;
  }

  /** Say that events are missing here. */
  missed(count = 0) {
    if (this.now === -Infinity) return;
    this.waits.lose(null);
    this.holds.lose(null);
    this.#break(this.now, count, []);
  }

  /** Another one: other lanes, semaphores or events. */
  get rowsVersion() {
    return this.#changes + this.counts.version + this.holds.forgotten;
  }

  /** How many are not kept any more: threads, semaphores and events, holds that are not followed. */
  get forgotten() {
    const { folded: objects } = this.counts;
    return { threads: this.#folded, objects, holds: this.holds.forgotten };
  }

  /** The semaphores and events. */
  get objects() {
    return this.counts.all;
  }

  /** The lane of a thread; undefined: none, or not kept. */
  laneOf(/** @type {string} */ run, /** @type {number} */ tid) {
    return this.#lanes.get(`${run}/${tid}`);
  }

  #take(/** @type {RoomEvent} */ event) {
    const { type } = event;
    if (type === "take.began") return this.#begin(event.t);
    const isOfThread = type === "thread" || type === "sync" || type === "call";
    if (!isOfThread && !tellsLoss(event) && !endsRun(event)) return;
    this.advance(event.t);
    this.start = Math.min(this.start, event.t);
    if (tellsLoss(event)) {
      this.#break(event.t, event.count, [event]);
      this.holds.lose(event.run ?? null);
    }
    const lane = isOfThread ? this.#lane(event) : null;
    const { began, ended } = this.waits.take(event);
    if (began) this.#addWait(began);
    for (const wait of ended) this.#endWait(wait, event);
    if (endsRun(event)) this.#endRun(/** @type {RunEnd} */ (event));
    else if (lane && type === "thread") this.#takeThread(lane, event);
    else if (lane && type === "sync") this.#takeSync(lane, event);
    this.#foldLanes();
    if (this.#pieces > this.#most) this.#forget();
  }

  // A take begins: what is over goes; who lives does so from here on.
  #begin(/** @type {number} */ t) {
    const isOpen = (/** @type {Timed & {end: number}} */ piece) => piece.end === Infinity;
    this.lanes = this.lanes.filter(({ endT }) => endT === Infinity);
    this.#lanes = new Map(this.lanes.map((lane) => [lane.key, lane]));
    for (const lane of this.lanes) {
      lane.bornT = t;
      lane.waits = lane.waits.filter(isOpen);
      lane.holds = lane.holds.filter(isOpen);
      for (const piece of [...lane.waits, ...lane.holds]) piece.t = t;
    }
    this.counts.begin(t, new Set(this.lanes.map(({ run }) => run)));
    this.wakes = [];
    this.breaks = [];
    this.#ended = [];
    this.#folded = 0;
    this.start = this.lanes.length > 0 ? t : Infinity; // where nothing lives, with what comes
    this.keptFrom = -Infinity;
    this.advance(t);
    this.#pieces = this.#ends().length;
    this.#changes += 1;
  }

  #break(/** @type {number} */ t, /** @type {number} */ count, /** @type {RoomEvent[]} */ events) {
    this.breaks.push({ t, count, events });
    this.#pieces += 1;
  }

  // Threads.

  #lane(/** @type {Deed} */ { run, tid, thread, t }) {
    const key = `${run}/${tid}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = { key, run, tid, thread, bornT: t, endT: Infinity, toldT: t, waits: [], holds: [] };
      this.#lanes.set(key, lane);
      insert(this.lanes, lane, (a, b) => a.bornT - b.bornT);
      this.#changes += 1;
    }
    lane.thread = thread;
    lane.toldT = t;
    return lane;
  }

  #takeThread(/** @type {Lane} */ lane, /** @type {Thread} */ event) {
    if (event.event === "starts") this.#wakes.start(event, lane);
    if (event.event === "began") this.#addWake(this.#wakes.begin(event, lane));
    if (event.event === "joined") {
      this.#addWake(this.#wakes.join(event, lane, this.#joinedBy(event)));
    }
    if (event.event !== "ended") return;
    lane.endT = Math.max(event.t, lane.bornT);
    this.#ended.push(lane);
    this.holds.endThread(event);
  }

  // Of several with that name: whoever ended last before that.
  #joinedBy(/** @type {Thread} */ { run, other, t }) {
    return this.#ended.findLast(
      (lane) => lane.run === run && lane.thread === other && lane.endT <= t,
    );
  }

  #endRun(/** @type {RunEnd} */ event) {
    this.holds.endRun(event);
    this.#wakes.endRun(event);
    for (const lane of this.lanes) {
      if (lane.run !== event.run || lane.endT !== Infinity) continue;
      lane.endT = Math.max(event.t, lane.bornT);
      this.#ended.push(lane);
    }
  }

  // What threads do to locks, semaphores, events, conditions.

  #takeSync(/** @type {Lane} */ lane, /** @type {Sync} */ event) {
    this.#pieces += this.counts.take(event);
    const inWait = this.waits.current(event.run, event.tid)?.what.until === "notify";
    const { began } = this.holds.take(event, { inWait });
    if (began) this.#addPiece(lane.holds, began);
    this.#addWake(this.#wakes.note(event, lane));
  }

  #addWait(/** @type {Wait} */ wait) {
    const lane = this.laneOf(wait.run, wait.tid);
    if (lane) this.#addPiece(lane.waits, wait);
  }

  #endWait(/** @type {Wait} */ wait, /** @type {RoomEvent} */ event) {
    const lane = this.laneOf(wait.run, wait.tid);
    if (!lane) return;
    if (wait.what.kind === "call" && isShort(wait)) {
      lane.waits.splice(lane.waits.lastIndexOf(wait), 1);
      this.#pieces -= 1;
    } else if (event.type === "sync") this.#addWake(this.#wakes.goOn(event, lane, wait));
  }

  #addWake(/** @type {Wake | null} */ wake) {
    if (wake) this.#addPiece(this.wakes, wake);
  }

  /**
   * @template {{t: number}} Piece
   * @param {Piece[]} list
   * @param {Piece} piece
   */
  #addPiece(list, piece) {
    insertByTime(list, piece);
    this.#pieces += 1;
  }

  // Bounds.

  // Of those that have ended the first ones go, then those of which nothing was told for longest.
  #foldLanes() {
    if (this.#ended.length > LIMITS.ended + LIMITS.slack) {
      this.#fold(new Set(this.#ended.splice(0, this.#ended.length - LIMITS.ended)));
    }
    if (this.lanes.length > LIMITS.lanes + LIMITS.slack) {
      const living = this.lanes.filter(({ endT }) => endT === Infinity);
      living.sort((a, b) => a.toldT - b.toldT);
      this.#fold(new Set(living.slice(0, this.lanes.length - LIMITS.lanes)));
    }
  }

  #fold(/** @type {Set<Lane>} */ gone) {
    if (gone.size === 0) return;
    for (const lane of gone) {
      this.#lanes.delete(lane.key);
      this.#pieces -= lane.waits.length + lane.holds.length;
    }
    this.lanes = this.lanes.filter((lane) => !gone.has(lane));
    const wakes = this.wakes.length;
    this.wakes = this.wakes.filter(({ from, to }) => !gone.has(from) && !gone.has(to));
    this.#pieces -= wakes - this.wakes.length;
    this.#folded += gone.size;
    this.#changes += 1;
  }

  // What ended first goes, in all lanes up to the same moment.
  #forget() {
    const cut = this.#ends().sort()[LIMITS.forgotten];
    const stays = (/** @type {Timed} */ piece) => endOf(piece) >= cut;
    for (const lane of this.lanes) {
      lane.waits = lane.waits.filter(stays);
      lane.holds = lane.holds.filter(stays);
    }
    this.counts.forget(cut);
    this.wakes = this.wakes.filter(stays);
    this.breaks = this.breaks.filter(stays);
    this.keptFrom = Math.max(this.keptFrom, cut);
    this.#ended = this.#ended.filter(({ endT }) => endT >= cut);
    this.#fold(new Set(this.lanes.filter(({ endT }) => endT < cut)));
    this.#pieces = this.#ends().length;
    this.#most = Math.max(LIMITS.pieces, this.#pieces + LIMITS.forgotten / 2);
  }

  // When each piece ended: of numbers alone, or sorting them would cost more than a frame.
  #ends() {
    /** @type {Timed[][]} */
    const lists = [this.wakes, this.breaks, ...this.objects.map(({ steps }) => steps)];
    for (const { waits, holds } of this.lanes) lists.push(waits, holds);
    const ends = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
    let i = 0;
    for (const list of lists) for (const piece of list) ends[i++] = endOf(piece);
    return ends;
  }
}

const endOf = (/** @type {Timed} */ piece) => piece.end ?? piece.toT ?? piece.t;
