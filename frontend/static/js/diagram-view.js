// <sequence-diagram>: the sequence diagram, live. It draws what is in view and nothing else, follows
// the end until somebody scrolls up, and tells all of an event on hover, focus or click.
// Properties: names, clockOffsetS, mode, until, highlight, explain. Event: "show-call".

import { DiagramLayout } from "./diagram-layout.js";
import { DiagramModel } from "./diagram-model.js";
import { LANES, shapesOf, shownFrom } from "./diagram-shapes.js";
import * as words from "./diagram-words.js";
import { fillCard } from "./event-card.js";
import { FollowScroll } from "./follow-scroll.js";
import { clientNumber } from "./format.js";
import { t, tn } from "./i18n.js";
import { reconcile } from "./list.js";
import { ask, h, setAttribute, setText } from "./markup.js";
import { patch, svg } from "./svg.js";

const MARGIN = 240; // drawn above and below what is in view, in px
const TICK_MS = 100; // how often "waits… 4.2 s" is counted on

const OTHERS = [5, 4, 6, 8, 7, 3, 2, 1]; // colours of those that are no browser clients

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
  #lines = new Map(); // party → its line
  #colours = new Map(); // party → number of its colour
  #focused = null;
  #pinned = false;
  #frame = null;
  #full = true; // whether everything in view has to be drawn anew
  #timer = null;
  #uid = `diagram-${++numbers}`;

  explain = null; // (item, now) → words of the page, or null for ours

  #heads = h("div", { class: "diagram__heads" });
  #lineLayer = svg("g", { class: "diagram__lines" });
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
  #card = h("div", { class: "event-card", hidden: true, role: "status" });
  #follow = new FollowScroll(this.#scroll, {
    onchange: (following) => {
      this.#toEnd.hidden = following;
    },
  });

  connectedCallback() {
    if (!this.firstChild) this.#build();
    this.#resizer.observe(this.#scroll);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#draw();
  }

  disconnectedCallback() {
    this.#resizer.disconnect();
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
    this.#layout.resize(this.#scroll.clientWidth);
    for (const node of [...this.#nodes.values(), ...this.#lines.values()]) node.remove();
    this.#nodes.clear();
    this.#lines.clear();
    this.#colours.clear();
    this.#until = null;
    this.#hideCard();
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
    if (time !== null) this.#reveal(this.#layout.yAt(time));
    else this.#follow.toEnd();
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
    this.#picture.append(this.#lineLayer, this.#itemLayer, this.#cursor);
    this.#scroll.append(this.#heads, this.#picture);
    this.append(this.#scroll, this.#empty, this.#toEnd, this.#card);
    this.#scroll.addEventListener("scroll", () => this.#schedule(), { passive: true });
    this.#scroll.addEventListener("keydown", (event) => this.#key(event));
    this.#scroll.addEventListener("blur", () => this.#focus(null));
    this.#itemLayer.addEventListener("pointerover", (event) => this.#hover(itemOf(event)));
    this.#itemLayer.addEventListener("pointerleave", () => this.#hover(null));
    this.#itemLayer.addEventListener("click", (event) => this.#pick(itemOf(event)));
    this.#toEnd.addEventListener("click", () => this.#follow.toEnd());
  }

  #resizer = new ResizeObserver(() => {
    if (this.#layout.resize(this.#scroll.clientWidth)) this.#layout.update();
    this.#draw();
  });

  // Drawing: once a frame; everything in view after a change, what is new in view after a scroll.

  #draw() {
    this.#full = true;
    this.#schedule();
  }

  #schedule() {
    if (!this.isConnected) return;
    this.#frame ??= requestAnimationFrame(() => this.#paint());
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
    this.#frame = null;
    const layout = this.#layout;
    const full = this.#full;
    this.#full = false;
    if (full) {
      layout.resize(this.#scroll.clientWidth);
      layout.update();
      this.#measure();
      this.#follow.keep();
    }
    const view = { layout, now: this.#now, mode: this.#mode, names: this.#names };
    const top = this.#scroll.scrollTop - MARGIN;
    const bottom = this.#scroll.scrollTop + this.#scroll.clientHeight + MARGIN;
    this.#paintItems(layout.itemsBetween(top, bottom), view, full);
    this.#paintLines(view, top, bottom);
    this.#paintHeads(view);
    if (full) this.#paintCursor(view);
  }

  #measure() {
    const { width } = this.#layout;
    setAttribute(this.#picture, "width", width);
    setAttribute(this.#picture, "height", Math.ceil(this.#layout.heightAt(this.#model.now)));
    this.#heads.style.setProperty("--width", `${width}px`);
    this.#empty.hidden = this.#model.parties.all.length > 0;
    this.toggleAttribute("data-narrow", this.#layout.narrow);
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
    const colour = this.#colourOf(party);
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

  #paintLines(view, top, bottom) {
    const { layout, now } = view;
    const shown = new Set();
    layout.columns.forEach(({ parties }, i) => {
      for (const party of parties) {
        if (party.bornT > now) continue;
        const y1 = parties[0] === party ? -24 : layout.yAt(party.bornT);
        const y2 = party.endT <= now ? layout.yAt(party.endT) : layout.heightAt(now);
        if (y2 < top || y1 > bottom) continue;
        shown.add(party);
        let line = this.#lines.get(party);
        if (!line) {
          line = svg("line", { class: "lifeline" });
          line.style.setProperty("--who", this.#colourOf(party));
          this.#lines.set(party, line);
          this.#lineLayer.append(line);
        }
        const place = {
          x1: layout.xs[i],
          x2: layout.xs[i],
          y1: Math.max(y1, top),
          y2: Math.min(y2, bottom),
        };
        for (const [name, value] of Object.entries(place)) setAttribute(line, name, value);
      }
    });
    for (const [party, line] of this.#lines) {
      if (shown.has(party)) continue;
      line.remove();
      this.#lines.delete(party);
    }
  }

  // The head of a column is whoever is there at the top of what is in view.
  #paintHeads({ layout, now }) {
    const time = layout.timeAt(this.#scroll.scrollTop + 60) ?? now;
    const heads = layout.columns.flatMap(({ parties }, i) => {
      const here = parties.filter((party) => party.bornT <= now);
      const party = here.findLast((each) => each.bornT <= time) ?? here[0];
      return party
        ? [{ party, x: layout.xs[i], key: party.key, name: words.partyName(party, this.#names) }]
        : [];
    });
    const width = Math.min(layout.gap - 10, layout.narrow ? 104 : 140);
    reconcile(this.#heads, heads, {
      key: ({ key }) => key,
      create: () => h("div", { class: "diagram__head" }, h("b"), h("span"), h("em")),
      update: (node, { party, x, name }) => {
        const more = this.#hiddenThreads(party, now);
        setText(node.firstChild, name);
        setText(node.lastChild, more > 0 ? tn("+{n} thread", "+{n} threads", more) : "");
        setText(
          node.children[1],
          layout.gap < 136 ? party.address.replace(/^.*(?=:\d+$)/, "") : party.address,
        );
        node.classList.toggle("diagram__head--over", party.endT <= now);
        node.classList.toggle(
          "diagram__head--hub",
          party.kind === "run" && party.program !== "client",
        );
        node.style.setProperty("--x", `${x}px`);
        node.style.setProperty("--w", `${Math.max(width, 90)}px`);
        node.style.setProperty("--who", this.#colourOf(party));
      },
    });
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
    const live = this.#until === null;
    setAttribute(this.#cursor, "visibility", live ? "hidden" : "visible");
    if (live) return;
    const y = layout.yAt(this.#until) + 5;
    for (const [name, value] of [
      ["x2", layout.width],
      ["y1", y],
      ["y2", y],
    ]) {
      setAttribute(this.#cursor, name, value);
    }
  }

  // Browser clients have the colours of their cards; the others take them that are left.
  #colourOf(party) {
    if (!party || (party.kind === "run" && party.program !== "client")) return "var(--ink-hub)";
    let number = this.#colours.get(party);
    if (number === undefined) {
      const used = [...this.#colours.values()];
      const others = used.length;
      number =
        party.kind === "client"
          ? ((clientNumber(party.client) - 1) % 8) + 1
          : (OTHERS.find((each) => !used.includes(each)) ?? OTHERS[others % OTHERS.length]);
      this.#colours.set(party, number);
    }
    return `var(--c${number})`;
  }

  // What a person points at, walks to, picks.

  #hover(item) {
    if (this.#pinned) return;
    if (item === null) this.#hideCard();
    else this.#showCard(item);
  }

  #pick(item) {
    if (!item) return;
    this.#focus(item);
    this.#pinned = true;
    this.#showCard(item);
    const site = item.events.find((event) => event.file);
    if (site)
      ask(this, "show-call", { run: site.run, file: site.file, line: site.line, n: site.n });
  }

  #key(event) {
    const moves = {
      ArrowDown: 1,
      ArrowUp: -1,
      ArrowRight: 1,
      ArrowLeft: -1,
      PageDown: 10,
      PageUp: -10,
    };
    if (event.key === "Escape") this.#hideCard();
    else if (event.key === "Enter" || event.key === " ") this.#pick(this.#focused);
    else if (event.key === "End") {
      this.#follow.toEnd();
      this.#walk(Infinity);
    } else if (event.key === "Home") this.#walk(-Infinity);
    else if (event.key in moves) this.#walk(moves[event.key]);
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
    this.#pinned = true;
    this.#showCard(item);
  }

  #reveal(y) {
    const { scrollTop, clientHeight } = this.#scroll;
    const head = this.#heads.offsetHeight;
    if (y < scrollTop + 30 || y > scrollTop + clientHeight - head - 60) {
      this.#scroll.scrollTop = y - clientHeight / 2;
    }
  }

  #focus(item) {
    this.#focused = item;
    if (item === null && this.#pinned) this.#hideCard();
    this.#draw();
    requestAnimationFrame(() =>
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

  #showCard(item) {
    const now = this.#now;
    fillCard(
      this.#card,
      {
        title: this.#titleOf(item),
        meaning: this.explain?.(item, now) ?? words.explain(item, now),
        data: item.data,
        bytes: item.bytes,
        events: item.events,
        clockOffsetS: this.#clockOffsetS ?? 0,
      },
      { onclose: () => this.#hideCard() },
    );
    this.#card.hidden = false;
    this.#card.classList.toggle("is-pinned", this.#pinned);
    this.#placeCard(item);
  }

  // Beside what it tells of: below it, or above when there is more room.
  #placeCard(item) {
    const y = this.#layout.yAt(shownFrom(item)) - this.#scroll.scrollTop + this.#heads.offsetHeight;
    const above = y > this.clientHeight * 0.55;
    this.#card.classList.toggle("is-above", above);
    this.#card.style.setProperty("--y", `${above ? this.clientHeight - y + 34 : y + 34}px`);
  }

  #hideCard() {
    this.#pinned = false;
    this.#card.hidden = true;
  }
}

const itemOf = ({ target }) => target.closest("g.item")?.item ?? null;

const isAt = (event, { run, file, line }) =>
  event.run === run && event.file === file && event.line === line;

customElements.define("sequence-diagram", SequenceDiagram);
