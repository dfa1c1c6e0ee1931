// <sequence-diagram>: the sequence diagram, live. It draws what is in view and nothing else, follows
// the end until somebody scrolls up, and tells all of an event on hover, focus or click.
// Properties: names, clockOffsetS, mode, until, highlight, explain. Event: "show-call".

import { paintHeads } from "./diagram-heads.js";
import { DiagramLayout } from "./diagram-layout.js";
import { DiagramModel } from "./diagram-model.js";
import { LANES, shapesOf, shownFrom } from "./diagram-shapes.js";
import * as words from "./diagram-words.js";
import { FollowScroll } from "./follow-scroll.js";
import { inFrame } from "./frame.js";
import { t } from "./i18n.js";
import { ItemCard } from "./item-card.js";
import { Lifelines } from "./lifelines.js";
import { ask, h, setAttribute, setText } from "./markup.js";
import { PartyColours } from "./party-colours.js";
import { patch, svg } from "./svg.js";
import { Viewport } from "./viewport.js";

const MARGIN = 240; // drawn above and below what is in view, in px
const TICK_MS = 100; // how often "waits… 4.2 s" is counted on
const CARD_GAP = 34; // px from the row that a card tells of
const MOVES = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 };

let numbers = 0;

class SequenceDiagram extends HTMLElement {
  #model = new DiagramModel();
  #layout = new DiagramLayout(this.#model);
  #mode = "text";
  #until = null;
  #highlight = null;
  #names = new Map();
  #clockOffsetS = null;
  #lastTold = 0; // performance.now() of the last events
  #toldT = 0; // the time of the last event
  #nodes = new Map(); // item → its group
  #colours = new PartyColours();
  #focused = null;
  #full = true; // whether everything in view has to be drawn anew
  #headHeight = 0;
  #timer = null;
  #uid = `diagram-${++numbers}`;
  #painting = () => this.#paint();

  explain = null; // (item, now) → words of the page, or null for ours

  #heads = h("div", { class: "diagram__heads" });
  #lifelines = new Lifelines();
  #itemLayer = svg("g");
  #cursor = svg("line", { class: "diagram__cursor", x1: 0 });
  #picture = svg("svg", { class: "diagram__picture", role: "presentation" });
  #scroll = h("div", {
    class: "diagram__scroll",
    role: "listbox",
    tabindex: "0",
    "aria-label": t("Sequence diagram"),
  });
  #empty = h(
    "div",
    { class: "diagram__empty" },
    h("p", { class: "diagram__empty-title" }, t("Nothing has happened yet")),
    h("p", {}, t("Start the program: every call and every byte appears here.")),
  );
  #toEnd = h(
    "button",
    { class: "button diagram__end", type: "button", hidden: true },
    t("To the end ↓"),
  );
  #card = new ItemCard({
    tell: (item) => this.#factsOf(item),
    place: (item) => this.#placeOf(item),
  });
  #follow = new FollowScroll(this.#scroll, { onchange: () => this.#offerEnd() });
  #viewport = new Viewport(this.#scroll, {
    onresize: () => this.#resize(),
    onscroll: () => this.#schedule(),
  });

  connectedCallback() {
    if (!this.firstChild) this.#build();
    this.#viewport.watch();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#draw();
  }

  disconnectedCallback() {
    this.#viewport.unwatch();
    clearInterval(this.#timer);
  }

  /** Take new events of the room. */
  take(events) {
    this.#model.append(events);
    this.#lastTold = performance.now();
    this.#toldT = this.#model.now;
    this.#draw();
  }

  /** Mark that events are missing here. */
  missed(count) {
    this.#model.missed(count);
    this.#draw();
  }

  /** Forget everything. */
  clear() {
    this.#model = new DiagramModel();
    this.#layout = new DiagramLayout(this.#model);
    this.#layout.setMode(this.#mode);
    this.#layout.resize(this.#viewport.width);
    for (const node of this.#nodes.values()) node.remove();
    this.#nodes.clear();
    this.#colours = new PartyColours();
    this.#until = null;
    this.#card.hide();
    this.#follow.toEnd();
    this.#draw();
  }

  get model() {
    return this.#model;
  }

  /** The names of runs by id. */
  set names(names) {
    this.#names = names;
    this.#draw();
  }

  set clockOffsetS(seconds) {
    this.#clockOffsetS = seconds;
  }

  /** What to do while there is nothing to see. */
  set hint(text) {
    setText(this.#empty.lastChild, text);
  }

  /** What arrows say: "text", "hex" or "calls". */
  set mode(mode) {
    this.#mode = mode;
    this.#layout.setMode(mode);
    this.#draw();
  }

  /** The moment that is shown; null: now, live. */
  set until(time) {
    this.#until = time;
    this.#draw();
    if (time === null) this.#follow.toEnd();
    else {
      this.#follow.leave();
      this.#reveal(this.#layout.yAt(time));
    }
    this.#offerEnd();
  }

  get until() {
    return this.#until;
  }

  /** The line {run, file, line} whose calls are lit; null: none. */
  set highlight(site) {
    this.#highlight = site;
    this.#draw();
  }

  /** Go to the next moment (1) or the one before (-1); past the last one it is live again. */
  step(by) {
    const { stops } = this.#layout;
    const here = this.#until === null ? stops.length - 1 : this.#layout.indexAt(this.#until);
    const next = stops[here + by];
    if (next) this.until = next.t;
    else if (by > 0) this.until = null;
  }

  /** The moments that can be gone to: {first, last, count}. */
  get span() {
    const { stops } = this.#layout;
    return { first: stops[0]?.t ?? null, last: stops.at(-1)?.t ?? null, count: stops.length };
  }

  #build() {
    this.#picture.append(this.#lifelines.group, this.#itemLayer, this.#cursor);
    this.#scroll.append(this.#heads, this.#picture);
    this.append(this.#scroll, this.#empty, this.#toEnd, this.#card.element);
    this.#scroll.addEventListener("keydown", (event) => this.#key(event));
    this.#scroll.addEventListener("blur", () => this.#focus(null));
    this.#itemLayer.addEventListener("pointerover", (event) => this.#card.point(itemOf(event)));
    this.#itemLayer.addEventListener("pointerleave", () => this.#card.point(null));
    this.#itemLayer.addEventListener("click", (event) => this.#pick(itemOf(event)));
    this.#toEnd.addEventListener("click", () => this.#follow.toEnd());
  }

  #resize() {
    if (!this.#viewport.isShown) return;
    this.#headHeight = this.#heads.offsetHeight;
    if (this.#layout.resize(this.#viewport.width)) this.#layout.update();
    this.#draw();
  }

  // In the past there is no end to go to: what comes is drawn once it is live again.
  #offerEnd() {
    this.#toEnd.hidden = this.#follow.following || this.#until !== null;
  }

  // Drawing: once a frame; everything in view after a change, what is new in view after a scroll.

  #draw() {
    this.#full = true;
    this.#schedule();
  }

  #schedule() {
    if (this.isConnected) inFrame("draw", this.#painting);
  }

  get #now() {
    if (this.#until !== null) return this.#until;
    return this.#model.now;
  }

  #tick() {
    if (this.#until !== null || this.#model.now === -Infinity) return;
    if (!this.#layout.isWaiting) return;
    this.#model.advance(this.#clock());
    this.#full = true;
    this.#schedule();
  }

  // The time on the clock of the events.
  #clock() {
    if (this.#clockOffsetS !== null) return Date.now() / 1000 - this.#clockOffsetS;
    return this.#toldT + (performance.now() - this.#lastTold) / 1000;
  }

  #paint() {
    const layout = this.#layout;
    if (this.#full) layout.update();
    if (!this.#viewport.isShown) return;
    const full = this.#full;
    this.#full = false;
    if (full) this.#measure();
    const now = this.#now;
    const top = this.#top;
    const time = layout.timeAt(top + this.#headHeight) ?? now;
    const view = { layout, now, time, mode: this.#mode, names: this.#names, colours: this.#colours };
    const [from, to] = [top - MARGIN, top + this.#viewport.height + MARGIN];
    this.#paintItems(layout.itemsBetween(from, to), view, full);
    this.#lifelines.paint(view, from, to);
    paintHeads(this.#heads, view, (party) => this.#hiddenThreads(party, now));
    if (full) this.#paintCursor(view);
  }

  // Where the view will begin in this frame, without asking the page, which would have to lay it out.
  get #top() {
    if (!this.#follow.following) return this.#viewport.top;
    return Math.max(0, this.#headHeight + this.#height - this.#viewport.height);
  }

  get #height() {
    return Math.ceil(this.#layout.heightAt(this.#model.now));
  }

  #measure() {
    const { width } = this.#layout;
    setAttribute(this.#picture, "width", width);
    setAttribute(this.#picture, "height", this.#height);
    this.#heads.style.setProperty("--width", `${width}px`);
    this.#empty.hidden = this.#model.parties.all.length > 0;
    this.toggleAttribute("data-narrow", this.#layout.narrow);
    this.#follow.keep();
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
    const lit =
      this.#highlight !== null && item.events.some((event) => isAt(event, this.#highlight));
    node.classList.toggle("is-lit", lit);
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
    const isHidden = this.#until === null || layout.stops.length === 0;
    setAttribute(this.#cursor, "visibility", isHidden ? "hidden" : "visible");
    if (isHidden) return;
    const y = layout.yAt(this.#until) + 5;
    for (const [name, value] of [
      ["x2", layout.width],
      ["y1", y],
      ["y2", y],
    ]) {
      setAttribute(this.#cursor, name, value);
    }
  }

  // What a person points at, walks to, picks.

  #pick(item) {
    if (!item) return;
    this.#focus(item);
    this.#card.pin(item);
    const site = item.events.find((event) => event.file);
    if (site)
      ask(this, "show-call", { run: site.run, file: site.file, line: site.line, n: site.n });
  }

  #key(event) {
    if (event.key === "Escape") this.#card.hide();
    else if (event.key === "Enter" || event.key === " ") this.#pick(this.#focused);
    else if (event.key === "End") {
      this.#follow.toEnd();
      this.#walk(Infinity);
    } else if (event.key === "Home") this.#walk(-Infinity);
    else if (event.key in MOVES) this.#walk(MOVES[event.key]);
    else return;
    event.preventDefault();
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
    this.#card.pin(item);
  }

  #reveal(y) {
    const { height } = this.#viewport;
    const top = this.#top;
    if (y >= top + 30 && y <= top + height - this.#headHeight - 60) return;
    this.#follow.leave();
    this.#viewport.scrollTo({ top: Math.max(0, y - height / 2) });
    this.#schedule();
  }

  #focus(item) {
    this.#focused = item;
    if (item === null) this.#card.hide();
    this.#draw();
    inFrame("place", () =>
      setAttribute(this.#scroll, "aria-activedescendant", this.#nodes.get(item)?.id),
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

  #factsOf(item) {
    const now = this.#now;
    return {
      title: this.#titleOf(item),
      meaning: this.explain?.(item, now) ?? words.explain(item, now),
      data: item.data,
      bytes: item.bytes,
      events: item.events,
      clockOffsetS: this.#clockOffsetS ?? 0,
    };
  }

  // Beside what it tells of: below it, or above when there is more room.
  #placeOf(item) {
    const height = this.clientHeight;
    const y = this.#layout.yAt(shownFrom(item)) - this.#top + this.#headHeight;
    const isAbove = y > height * 0.55;
    return { isAbove, y: CARD_GAP + (isAbove ? height - y : y) };
  }
}

const itemOf = ({ target }) => target.closest("g.item")?.item ?? null;

const isAt = (event, { run, file, line }) =>
  event.run === run && event.file === file && event.line === line;

customElements.define("sequence-diagram", SequenceDiagram);
