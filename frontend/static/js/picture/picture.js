// What the pictures of the See column have in common: their events and their clock, the moment and the
// line that they show, the thing that a person has chosen and its card, one drawing a frame.

import { FollowScroll } from "../dom/follow-scroll.js";
import { inFrame } from "../dom/frame.js";
import { Arrivals } from "./arrivals.js";
import { ItemCard } from "./item-card.js";
import { hearItems } from "./item-layer.js";
import { ask, h, setText } from "../dom/markup.js";
import { Viewport } from "../dom/viewport.js";
import { network } from "../net/network.js";

const TICK_MS = 100; // how often "waits… 4.2 s" is counted on

/** @import { Facts } from "./event-card.js" */
/** @import { Explain } from "./item-card.js" */
/** @import { RoomEvent } from "../model/types.d.ts" */
/** @typedef {any} Thing what a picture is made of: each kind of picture has its own */
/** @typedef {{run?: string, file?: string, line?: number, n?: number}} Placed an event that may have a line */
/**
 * What a picture keeps of its events. `now` is the latest time that is known of, in seconds.
 * @typedef {{now: number, append(events: RoomEvent[]): void, missed(count?: number): void,
 *   advance(t: number): void}} Model
 */
/** @typedef {{run: string, file: string, line: number}} Site */

/**
 * A picture of events that grows at its end. Event: "show-call" {run, file, line, n}.
 * @template {Model} Kept
 */
export class Picture extends HTMLElement {
  /** @type {((item: any, now: number) => any) | null} words of the page for an item; null: ours */
  explain = null;
  /** @type {number | null} what to add to the time of an event for the clock on the wall, in s */
  clockOffsetS = null;
  /** @type {any} the thing that a person has chosen */
  chosen = null;
  arrivals = new Arrivals((/** @type {RoomEvent[]} */ events) => this.#append(events));
  /** @type {Kept} */
  #model;
  #makeModel;
  #toldAt = 0; // performance.now() of the last events
  #toldT = -Infinity; // the time of the last event
  /** @type {number | null} */
  #until = null;
  /** @type {Site | null} */
  #highlight = null;
  /** @type {number | undefined} */
  #timer;
  #painting = () => this.paint();

  /**
   * `end` is where the newest stands, `toEnd` leads there; `makeModel` makes what keeps the events.
   * @param {{label: string, title: string, text: string, end: "down" | "right", toEnd: string,
   *   makeModel: () => Kept}} how
   */
  constructor({ label, title, text, end, toEnd, makeModel }) {
    super();
    this.#makeModel = makeModel;
    this.#model = makeModel();
    const group = { role: "group", tabindex: "0", "aria-label": label };
    this.box = h("div", { class: "diagram__scroll", ...group });
    this.empty = h(
      "div",
      { class: "diagram__empty" },
      h("p", { class: "diagram__empty-title" }, title),
      h("p", {}, text),
    );
    this.toEnd = h("button", { class: "button diagram__end", type: "button", hidden: true }, toEnd);
    this.card = new ItemCard({
      tell: (/** @type {Thing} */ item, explain) => this.factsOf(item, explain),
      place: (/** @type {Thing} */ item) => this.placeOf(item),
      onhide: () => this.cardHidden(),
      onleave: () => this.box.focus({ preventScroll: true }),
    });
    this.follow = new FollowScroll(this.box, { to: end, onchange: () => this.#offerEnd() });
    this.viewport = new Viewport(this.box, {
      onresize: () => this.viewport.isShown && this.resized(),
      onscroll: () => this.scrolled(),
    });
  }

  connectedCallback() {
    if (!this.firstChild) this.#fill();
    this.viewport.watch();
    const goesOn = () => this.isLive && network.lostAt === null; // of what is lost nothing is known
    this.#timer = setInterval(() => goesOn() && this.tick(), TICK_MS);
    this.draw();
  }

  disconnectedCallback() {
    this.viewport.unwatch();
    clearInterval(this.#timer);
  }

  /** Take new events of the room. */
  take(/** @type {RoomEvent[]} */ events) {
    this.arrivals.add(events);
  }

  #append(/** @type {RoomEvent[]} */ events) {
    this.#model.append(events);
    this.#toldAt = performance.now();
    this.#toldT = this.#model.now;
    this.draw();
  }

  /** Mark that events are missing here. */
  missed(/** @type {number} */ count) {
    this.arrivals.flush();
    this.#model.missed(count);
    this.draw();
  }

  /** Forget everything: live, at the end, with no card. */
  clear() {
    this.arrivals.clear();
    this.#model = this.#makeModel();
    this.#until = null;
    this.chosen = null;
    this.emptied();
    this.card.hide();
    this.follow.toEnd();
    this.draw();
  }

  /** What is kept of the events. */
  get model() {
    return this.#model;
  }

  /** The time that is shown, on the clock of the events. */
  get now() {
    return this.#until ?? this.#model.now;
  }

  /** The moment that is shown; null: now, live. */
  get until() {
    return this.#until;
  }

  set until(time) {
    this.#until = time;
    this.draw();
    if (time === null) this.follow.toEnd();
    else {
      this.follow.leave();
      this.revealMoment(time);
    }
    this.#offerEnd();
  }

  get isLive() {
    return this.#until === null;
  }

  /** The line {run, file, line} whose calls are lit; null: none. */
  set highlight(/** @type {Site | null} */ site) {
    this.#highlight = site;
    this.draw();
  }

  /** What to do while there is nothing to see. */
  set hint(/** @type {string} */ text) {
    setText(this.empty.lastChild, text);
  }

  /** Whether an event comes from the line that is lit. */
  isLit(/** @type {Placed} */ { run, file, line }) {
    const site = this.#highlight;
    return site !== null && site.run === run && site.file === file && site.line === line;
  }

  /** Draw in this frame, or in the next. */
  draw() {
    if (this.isConnected) inFrame("draw", this.#painting);
  }

  /** Let the model's clock go on, while no event tells the time. */
  advance() {
    const silentS = (performance.now() - this.#toldAt) / 1000;
    const offsetS = this.clockOffsetS;
    this.#model.advance(offsetS === null ? this.#toldT + silentS : Date.now() / 1000 - offsetS);
    this.draw();
  }

  /** Choose a thing, or (null) none; `keyOf` tells which thing an item is. */
  choose(/** @type {Thing} */ item) {
    this.chosen = item === null ? null : this.keyOf(item);
    this.draw();
  }

  /** Choose a thing and tell of it until somebody closes its card. */
  tellOf(/** @type {Thing} */ item) {
    this.choose(item);
    this.card.pin(item);
  }

  /** Choose a thing, tell of it, and show its line. */
  pick(/** @type {Thing} */ item) {
    this.tellOf(item);
    this.askForLine(this.eventsOf(item));
  }

  /** Choose the thing that comes so many steps after the chosen one in `items`; at most the last. */
  walk(/** @type {readonly Thing[]} */ items, /** @type {number} */ by) {
    if (items.length === 0) return;
    const known = items.findIndex((item) => this.keyOf(item) === this.chosen);
    const here = known < 0 && by < 0 ? items.length : known;
    const item = items[Math.min(items.length - 1, Math.max(0, here + by))];
    this.reveal(item);
    this.tellOf(item);
  }

  /** Hear what a person points at and picks in a layer, whose groups have an `item`. */
  hear(/** @type {Element} */ layer) {
    hearItems(layer, {
      onpoint: (item) => this.card.point(item),
      onpick: (item) => this.pick(item),
    });
  }

  /** Ask for the line of the first of these events that has one. */
  askForLine(/** @type {readonly Placed[]} */ events) {
    const site = events.find((event) => event.file);
    if (!site) return;
    const { run, file, line, n = null } = site;
    ask(this, "show-call", { run, file, line, n });
  }

  #fill() {
    this.build();
    const list = this.box.querySelector("svg"); // beside it stand heads, which may be pressed
    if (list) list.ariaLabel = this.box.ariaLabel;
    this.box.after(this.toEnd); // in its corner, not on what stands below it
    this.append(this.empty, this.card.element);
    this.box.addEventListener("keydown", (event) => {
      if (event.target === this.box && this.press(event.key)) event.preventDefault();
    });
    this.toEnd.addEventListener("click", () => this.follow.toEnd());
  }

  // In the past there is no end to go to: what comes is drawn once it is live again.
  #offerEnd() {
    this.toEnd.hidden = this.follow.following || !this.isLive;
  }

  // What each picture brings.

  /** Put its elements into the page, once. */
  build() {}

  /** Forget what was made of the model before: there is a new one. */
  emptied() {}

  /** Count waiting times on, while it is live. */
  tick() {}

  /** Draw what is in view. */
  paint() {}

  resized() {}

  scrolled() {
    this.draw();
  }

  /** Bring a moment into view. */
  revealMoment(/** @type {number} */ _time) {}

  /** Bring a thing into view. */
  reveal(/** @type {Thing} */ _item) {}

  /** What stays the same of a thing from one drawing to the next. */
  keyOf(/** @type {Thing} */ item) {
    return item;
  }

  /** The events that tell of a thing. */
  eventsOf(/** @type {Thing} */ item) {
    return item.events;
  }

  /** Do what a key asks for; returns whether it asks for anything. */
  press(/** @type {string} */ _key) {
    return false;
  }

  /** What the card tells of a thing. @returns {Facts} */
  factsOf(/** @type {Thing} */ _item, /** @type {Explain} */ _explain) {
    return { title: "", meaning: "", events: [], clockOffsetS: 0 };
  }

  /** Where the card stands: {isAbove, y} in px. */
  placeOf(/** @type {Thing} */ _item) {
    return { isAbove: false, y: 0 };
  }

  cardHidden() {}
}
