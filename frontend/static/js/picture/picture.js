// What the pictures of the See column have in common: the moment and the line that they show, a card
// for what a person points at, an end that is followed, and one drawing a frame.

import { FollowScroll } from "../dom/follow-scroll.js";
import { inFrame } from "../dom/frame.js";
import { ItemCard } from "./item-card.js";
import { ask, h, setText } from "../dom/markup.js";
import { Viewport } from "../dom/viewport.js";

const TICK_MS = 100; // how often "waits… 4.2 s" is counted on

/** A picture of events that grows at its end. Event: "show-call" {run, file, line, n}. */
export class Picture extends HTMLElement {
  explain = null; // (item, now) → words of the page, or null for ours
  clockOffsetS = null; // what to add to the time of an event for the clock on the wall
  #until = null;
  #highlight = null;
  #timer = null;
  #painting = () => this.paint();

  /** `end` is where the newest stands: "down" or "right"; `toEnd` the words that lead there. */
  constructor({ label, title, text, end, toEnd }) {
    super();
    const list = { role: "listbox", tabindex: "0", "aria-label": label };
    this.box = h("div", { class: "diagram__scroll", ...list });
    this.empty = h(
      "div",
      { class: "diagram__empty" },
      h("p", { class: "diagram__empty-title" }, title),
      h("p", {}, text),
    );
    const button = { class: "button diagram__end", type: "button", hidden: true };
    this.toEnd = h("button", button, toEnd);
    this.card = new ItemCard({
      tell: (item) => this.factsOf(item),
      place: (item) => this.placeOf(item),
      onhide: () => this.cardHidden(),
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
    this.#timer = setInterval(() => this.isLive && this.tick(), TICK_MS);
    this.draw();
  }

  disconnectedCallback() {
    this.viewport.unwatch();
    clearInterval(this.#timer);
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
  set highlight(site) {
    this.#highlight = site;
    this.draw();
  }

  /** What to do while there is nothing to see. */
  set hint(text) {
    setText(this.empty.lastChild, text);
  }

  /** Whether an event comes from the line that is lit. */
  isLit({ run, file, line }) {
    const site = this.#highlight;
    return site !== null && site.run === run && site.file === file && site.line === line;
  }

  /** Draw in this frame, or in the next. */
  draw() {
    if (this.isConnected) inFrame("draw", this.#painting);
  }

  /** Begin anew: live, at the end, with no card. */
  startAnew() {
    this.#until = null;
    this.card.hide();
    this.follow.toEnd();
    this.draw();
  }

  /** Hear what a person points at and picks in a layer, whose groups have an `item`. */
  hear(layer) {
    layer.addEventListener("pointerover", (event) => this.card.point(itemOf(event)));
    layer.addEventListener("pointerleave", () => this.card.point(null));
    layer.addEventListener("click", (event) => {
      const item = itemOf(event);
      if (item) this.pick(item);
    });
  }

  /** Ask for the line of the first of these events that has one. */
  askForLine(events) {
    const site = events.find((event) => event.file);
    if (!site) return;
    const { run, file, line, n = null } = site;
    ask(this, "show-call", { run, file, line, n });
  }

  #fill() {
    this.build();
    this.append(this.empty, this.toEnd, this.card.element);
    this.box.addEventListener("keydown", (event) => {
      if (this.press(event.key)) event.preventDefault();
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

  /** Count waiting times on, while it is live. */
  tick() {}

  /** Draw what is in view. */
  paint() {}

  resized() {}

  scrolled() {
    this.draw();
  }

  /** Bring a moment into view. */
  revealMoment(_time) {}

  /** Show a thing for good, and its line. */
  pick(_item) {}

  /** Do what a key asks for; returns whether it asks for anything. */
  press(_key) {
    return false;
  }

  /** What the card tells of a thing: see fillCard(). */
  factsOf(_item) {
    return {};
  }

  /** Where the card stands: {isAbove, y} in px. */
  placeOf(_item) {
    return { isAbove: false, y: 0 };
  }

  cardHidden() {}
}

const itemOf = ({ target }) => target.closest("g.item")?.item ?? null;
