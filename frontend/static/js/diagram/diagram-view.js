// <sequence-diagram>: the sequence diagram, live. It draws what is in view and nothing else, follows
// the end until somebody scrolls up, and tells all of an event on hover, focus or click.
// Properties: names, clockOffsetS, mode, until, highlight, explain. Event: "show-call".

import { paintHeads } from "./diagram-heads.js";
import { DiagramLayout } from "./diagram-layout.js";
import { DiagramModel } from "../model/diagram-model.js";
import { LANES, shapesOf, shownFrom } from "./diagram-shapes.js";
import * as words from "../words/diagram-words.js";
import { inFrame } from "../dom/frame.js";
import { t } from "../words/i18n.js";
import { Lifelines } from "./lifelines.js";
import { h, setAttribute } from "../dom/markup.js";
import { PartyColours } from "./party-colours.js";
import { Picture } from "../picture/picture.js";
import { patch, svg } from "../dom/svg.js";

const MARGIN = 240; // drawn above and below what is in view, in px
const CARD_GAP = 34; // px from the row that a card tells of
const MOVES = {
  ArrowDown: 1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowLeft: -1,
  PageDown: 10,
  PageUp: -10,
};

let numbers = 0;

class SequenceDiagram extends Picture {
  #model = new DiagramModel();
  #layout = new DiagramLayout(this.#model);
  #mode = "text";
  #names = new Map();
  #lastTold = 0; // performance.now() of the last events
  #toldT = 0; // the time of the last event
  #nodes = new Map(); // item → its group
  #colours = new PartyColours();
  #focused = null;
  #full = true; // whether everything in view has to be drawn anew
  #headHeight = 0;
  #uid = `diagram-${++numbers}`;
  #heads = h("div", { class: "diagram__heads" });
  #lifelines = new Lifelines();
  #itemLayer = svg("g");
  #cursor = svg("line", { class: "diagram__cursor", x1: 0 });
  #picture = svg("svg", { class: "diagram__picture", role: "presentation" });

  constructor() {
    super({
      label: t("Sequence diagram"),
      title: t("Nothing has happened yet"),
      text: t("Start the program: every call and every byte appears here."),
      end: "down",
      toEnd: t("To the end ↓"),
    });
  }

  /** Take new events of the room. */
  take(events) {
    this.#model.append(events);
    this.#lastTold = performance.now();
    this.#toldT = this.#model.now;
    this.draw();
  }

  /** Mark that events are missing here. */
  missed(count) {
    this.#model.missed(count);
    this.draw();
  }

  /** Forget everything. */
  clear() {
    this.#model = new DiagramModel();
    this.#layout = new DiagramLayout(this.#model);
    this.#layout.setMode(this.#mode);
    this.#layout.resize(this.viewport.width);
    for (const node of this.#nodes.values()) node.remove();
    this.#nodes.clear();
    this.#colours = new PartyColours();
    this.startAnew();
  }

  get model() {
    return this.#model;
  }

  /** The names of runs by id. */
  set names(names) {
    this.#names = names;
    this.draw();
  }

  /** What arrows say: "text", "hex" or "calls". */
  set mode(mode) {
    this.#mode = mode;
    this.#layout.setMode(mode);
    this.draw();
  }

  /** Go to the next moment (1) or the one before (-1); past the last one it is live again. */
  step(by) {
    const { stops } = this.#layout;
    const here = this.isLive ? stops.length - 1 : this.#layout.indexAt(this.until);
    const next = stops[here + by];
    if (next) this.until = next.t;
    else if (by > 0) this.until = null;
  }

  /** The moments that can be gone to: {first, last, count}. */
  get span() {
    const { stops } = this.#layout;
    return { first: stops[0]?.t ?? null, last: stops.at(-1)?.t ?? null, count: stops.length };
  }

  /** @override */
  build() {
    this.#picture.append(this.#lifelines.group, this.#itemLayer, this.#cursor);
    this.box.append(this.#heads, this.#picture);
    this.append(this.box);
    this.hear(this.#itemLayer);
    this.box.addEventListener("blur", () => this.#focus(null));
  }

  /** @override */
  resized() {
    this.#headHeight = this.#heads.offsetHeight;
    if (this.#layout.resize(this.viewport.width)) this.#layout.update();
    this.draw();
  }

  // Drawing: once a frame; everything in view after a change, what is new in view after a scroll.

  /** @override */
  draw() {
    this.#full = true;
    super.draw();
  }

  /** @override */
  scrolled() {
    super.draw();
  }

  get #now() {
    return this.until ?? this.#model.now;
  }

  /** @override */
  tick() {
    if (this.#model.now === -Infinity || !this.#layout.isWaiting) return;
    this.#model.advance(this.#clock());
    this.draw();
  }

  // The time on the clock of the events.
  #clock() {
    if (this.clockOffsetS !== null) return Date.now() / 1000 - this.clockOffsetS;
    return this.#toldT + (performance.now() - this.#lastTold) / 1000;
  }

  /** @override */
  paint() {
    const layout = this.#layout;
    if (this.#full) layout.update();
    if (!this.viewport.isShown) return;
    const full = this.#full;
    this.#full = false;
    if (full) this.#measure();
    const now = this.#now;
    const top = this.#top;
    const time = layout.timeAt(top + this.#headHeight) ?? now;
    const view = {
      layout,
      now,
      time,
      mode: this.#mode,
      names: this.#names,
      colours: this.#colours,
    };
    const [from, to] = [top - MARGIN, top + this.viewport.height + MARGIN];
    this.#paintItems(layout.itemsBetween(from, to), view, full);
    this.#lifelines.paint(view, from, to);
    paintHeads(this.#heads, view, (party) => this.#hiddenThreads(party, now));
    if (full) this.#paintCursor(view);
  }

  // Where the view will begin in this frame, without asking the page, which would have to lay it out.
  get #top() {
    if (!this.follow.following) return this.viewport.top;
    return Math.max(0, this.#headHeight + this.#height - this.viewport.height);
  }

  get #height() {
    return Math.ceil(this.#layout.heightAt(this.#model.now));
  }

  #measure() {
    const { width } = this.#layout;
    setAttribute(this.#picture, "width", width);
    setAttribute(this.#picture, "height", this.#height);
    this.#heads.style.setProperty("--width", `${width}px`);
    this.empty.hidden = this.#model.parties.all.length > 0;
    this.toggleAttribute("data-narrow", this.#layout.narrow);
    this.follow.keep();
  }

  #paintItems(items, view, full) {
    for (const [item, node] of this.#nodes) {
      if (items.has(item) && shownFrom(item) <= view.now) continue;
      node.remove();
      this.#nodes.delete(item);
    }
    for (const item of items) {
      if (shownFrom(item) > view.now || this.#isEarlyGuest(item)) continue;
      const known = this.#nodes.get(item);
      if (known && !full) continue;
      const node = known ?? this.#makeNode(item);
      patch(node, shapesOf(item, view));
      this.#dress(node, item);
    }
  }

  #makeNode(item) {
    const node = svg("g", { class: `item item--${item.kind}`, role: "option" });
    node.item = item;
    node.id = `${this.#uid}-${++numbers}`;
    this.#nodes.set(item, node);
    if (item.kind === "bar") this.#itemLayer.prepend(node);
    else this.#itemLayer.append(node);
    return node;
  }

  #dress(node, item) {
    const party = item.kind === "transfer" ? item.from?.party : item.party;
    const colour = this.#colours.of(party);
    if (node.style.getPropertyValue("--who") !== colour) node.style.setProperty("--who", colour);
    node.classList.toggle(
      "is-lit",
      item.events.some((event) => this.isLit(event)),
    );
    node.classList.toggle("is-focused", item === this.#focused);
    if (item === this.#focused) setAttribute(node, "aria-label", this.#titleOf(item));
  }

  // Somebody outside has no column before it is sure that it is somebody outside.
  #isEarlyGuest(item) {
    if (item.kind !== "transfer") return false;
    return [item.from, item.to].some(
      (end) => end?.party?.kind === "peer" && this.#layout.columnOf(end.party) < 0,
    );
  }

  // Threads that wait and have no bar, because there are too many.
  #hiddenThreads(party, now) {
    let count = 0;
    for (const item of this.#layout.openItems) {
      if (item.kind === "bar" && item.party === party && item.lane >= LANES && item.t <= now)
        count += 1;
    }
    return count;
  }

  #paintCursor({ layout }) {
    const isHidden = this.isLive || layout.stops.length === 0;
    setAttribute(this.#cursor, "visibility", isHidden ? "hidden" : "visible");
    if (isHidden) return;
    const y = layout.yAt(this.until) + 5;
    for (const [name, value] of [
      ["x2", layout.width],
      ["y1", y],
      ["y2", y],
    ]) {
      setAttribute(this.#cursor, name, value);
    }
  }

  // What a person points at, walks to, picks.

  /** @override */
  pick(item) {
    this.#focus(item);
    this.card.pin(item);
    this.askForLine(item.events);
  }

  /** @override */
  press(key) {
    if (key === "Escape") this.card.hide();
    else if (key === "Enter" || key === " ") this.#focused && this.pick(this.#focused);
    else if (key === "End") {
      this.follow.toEnd();
      this.#walk(Infinity);
    } else if (key === "Home") this.#walk(-Infinity);
    else if (key in MOVES) this.#walk(MOVES[key]);
    else return false;
    return true;
  }

  #walk(by) {
    const items = this.#layout.stops
      .flatMap((stop) =>
        stop.needs.size === 0
          ? []
          : [...stop.needs.keys()].filter(
              (item) => shownFrom(item) === stop.t || item.sentT === stop.t,
            ),
      )
      .filter((item) => shownFrom(item) <= this.#now);
    if (items.length === 0) return;
    const here = this.#focused ? items.indexOf(this.#focused) : by > 0 ? -1 : items.length;
    const at = Math.min(items.length - 1, Math.max(0, here + by));
    const item = items[at];
    this.#reveal(this.#layout.yAt(shownFrom(item)));
    this.#focus(item);
    this.card.pin(item);
  }

  /** @override */
  revealMoment(time) {
    this.#reveal(this.#layout.yAt(time));
  }

  #reveal(y) {
    const { height } = this.viewport;
    const top = this.#top;
    if (y >= top + 30 && y <= top + height - this.#headHeight - 60) return;
    this.follow.leave();
    this.viewport.scrollTo({ top: Math.max(0, y - height / 2) });
    super.draw();
  }

  #focus(item) {
    this.#focused = item;
    if (item === null) this.card.hide();
    this.draw();
    inFrame("place", () =>
      setAttribute(this.box, "aria-activedescendant", this.#nodes.get(item)?.id),
    );
  }

  #titleOf(item) {
    const now = this.#now;
    const name = (party) => (party ? words.partyName(party, this.#names) : "?");
    if (item.kind === "transfer") {
      const note = [words.transferLabel(item, "text"), words.transferNote(item, now)]
        .filter(Boolean)
        .join(" · ");
      return `${name(item.from?.party)} → ${name(item.to?.party)}: ${note}`;
    }
    if (item.kind === "break") return words.breakLabel(item);
    const says = {
      bar: () => words.barLabel(item, now),
      tick: () => words.tickLabel(item, "calls"),
      mark: () => words.markLabel(item, this.#names),
    };
    return `${name(item.party)}: ${says[item.kind]()}`;
  }

  /** @override */
  factsOf(item) {
    const now = this.#now;
    return {
      title: this.#titleOf(item),
      meaning: this.explain?.(item, now) ?? words.explain(item, now),
      data: item.data,
      bytes: item.bytes,
      events: item.events,
      clockOffsetS: this.clockOffsetS ?? 0,
    };
  }

  // Beside what it tells of: below it, or above when there is more room.
  /** @override */
  placeOf(item) {
    const height = this.clientHeight;
    const y = this.#layout.yAt(shownFrom(item)) - this.#top + this.#headHeight;
    const isAbove = y > height * 0.55;
    return { isAbove, y: CARD_GAP + (isAbove ? height - y : y) };
  }
}

customElements.define("sequence-diagram", SequenceDiagram);
