// <thread-lanes>: the threads of programs over time, live: one lane each. Draws what is in view,
// follows the end until somebody scrolls back. Properties and event as <sequence-diagram>.

import { fillCard } from "./event-card.js";
import { number, t } from "./i18n.js";
import { LaneModel, valueAt } from "./lane-model.js";
import { axisTicks, laneItems, rowsOf } from "./lane-shapes.js";
import * as words from "./lane-words.js";
import { reconcile } from "./list.js";
import { ask, h, setAttribute, setText } from "./markup.js";
import { patch, svg } from "./svg.js";

const TICK_MS = 100;
const SHOWN_S = Object.freeze({ least: 3, most: 12 }); // how much time is in view
const ZOOM = 1.5;
const MARGIN = 200;
const RIGHT = 28; // free at the right of now

class ThreadLanes extends HTMLElement {
  #model = new LaneModel();
  #names = new Map();
  #clockOffsetS = null;
  #until = null;
  #highlight = null;
  #scale = null; // px per second; null: as much as SHOWN_S
  #following = true;
  #nodes = new Map();
  #frame = null;
  #timer = null;
  #lastTold = 0;
  #pinned = false;
  #focused = null;
  #items = [];

  explain = null;

  #picture = svg("svg", { class: "lanes__picture", role: "presentation" });
  #axis = svg("g", { class: "lanes__axis" });
  #layer = svg("g");
  #cursor = svg("line", { class: "diagram__cursor" });
  #labels = h("div", { class: "lanes__names" });
  #scroll = h("div", {
    class: "lanes__scroll diagram__scroll",
    role: "listbox",
    tabindex: "0",
    "aria-label": t("Threads over time"),
  });
  #empty = h(
    "div",
    { class: "diagram__empty" },
    h("p", { class: "diagram__empty-title" }, t("No threads yet")),
    h("p", {}, t("Run the program: its threads appear here.")),
  );
  #legend = h(
    "div",
    { class: "lanes__legend" },
    ...[
      ["run", t("running")],
      ["wait", t("waiting")],
      ["hold", t("holding")],
      ["wake", t("wakes")],
    ].map(([kind, text]) => h("span", { class: `lanes__key lanes__key--${kind}` }, text)),
    h(
      "span",
      { class: "lanes__zoom" },
      h(
        "button",
        {
          class: "button button--icon",
          type: "button",
          "aria-label": t("Zoom out"),
          onclick: () => this.#zoom(1 / ZOOM),
        },
        "−",
      ),
      h(
        "button",
        {
          class: "button button--icon",
          type: "button",
          "aria-label": t("Zoom in"),
          onclick: () => this.#zoom(ZOOM),
        },
        "+",
      ),
    ),
  );
  #toEnd = h(
    "button",
    { class: "button diagram__end", type: "button", hidden: true },
    t("To now →"),
  );
  #card = h("div", { class: "event-card", hidden: true, role: "status" });
  #resizer = new ResizeObserver(() => this.#draw());

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

  take(events) {
    this.#model.append(events);
    this.#lastTold = performance.now();
    this.#draw();
  }

  missed(count) {
    this.#model.breaks.push({ t: this.#model.now, run: null, count, events: [] });
    this.#draw();
  }

  clear() {
    this.#model = new LaneModel();
    this.#until = null;
    this.#draw();
  }

  get model() {
    return this.#model;
  }

  set names(names) {
    this.#names = names;
    this.#draw();
  }

  set clockOffsetS(seconds) {
    this.#clockOffsetS = seconds;
  }

  set until(time) {
    this.#until = time;
    this.#draw();
  }

  get until() {
    return this.#until;
  }

  set highlight(site) {
    this.#highlight = site;
    this.#draw();
  }

  #build() {
    this.#picture.append(this.#axis, this.#layer, this.#cursor);
    this.#scroll.append(this.#labels, this.#picture);
    this.append(this.#legend, this.#scroll, this.#empty, this.#toEnd, this.#card);
    this.#scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#scroll.addEventListener("keydown", (event) => this.#key(event));
    this.#layer.addEventListener("pointerover", (event) => this.#hover(itemOf(event)));
    this.#layer.addEventListener("pointerleave", () => this.#hover(null));
    this.#layer.addEventListener("click", (event) => this.#pick(itemOf(event)));
    this.#toEnd.addEventListener("click", () => this.#follow(true));
  }

  get #now() {
    return this.#until ?? this.#model.now;
  }

  #tick() {
    const { lanes, now } = this.#model;
    if (this.#until !== null || !lanes.some((lane) => lane.endT === Infinity)) return;
    const elapsed = (performance.now() - this.#lastTold) / 1000;
    this.#lastTold = performance.now();
    this.#model.advance(
      this.#clockOffsetS === null ? now + elapsed : Date.now() / 1000 - this.#clockOffsetS,
    );
    this.#draw();
  }

  #draw() {
    if (this.isConnected) this.#frame ??= requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#frame = null;
    const model = this.#model;
    const now = this.#now;
    this.#empty.hidden = model.lanes.length > 0;
    if (model.lanes.length === 0) {
      for (const node of this.#nodes.values()) node.remove();
      this.#nodes.clear();
      reconcile(this.#labels, [], { key: () => "", create: () => null });
      return;
    }
    const side = this.#labels.offsetWidth;
    const room = Math.max(100, this.#scroll.clientWidth - side - RIGHT);
    const scale = this.#scale ?? room / this.#shownS();
    const view = { rows: rowsOf(model), scale, start: model.start, now };
    const width = Math.max(room, (model.now - model.start) * scale) + RIGHT;
    setAttribute(this.#picture, "width", Math.ceil(width));
    setAttribute(this.#picture, "height", view.rows.height);
    if (this.#following) this.#scroll.scrollLeft = this.#scroll.scrollWidth;
    const left = this.#scroll.scrollLeft - MARGIN;
    const from = view.start + left / scale;
    const to = view.start + (left + this.#scroll.clientWidth + 2 * MARGIN) / scale;
    this.#items = laneItems(model, view, from, to);
    this.#paintItems(this.#items);
    this.#paintAxis(view, from, to);
    this.#paintNames(view);
    setAttribute(this.#cursor, "visibility", this.#until === null ? "hidden" : "visible");
    const x = (now - view.start) * scale;
    for (const [name, value] of [
      ["x1", x],
      ["x2", x],
      ["y1", 0],
      ["y2", view.rows.height],
    ])
      setAttribute(this.#cursor, name, value);
  }

  #paintItems(items) {
    const shown = new Set(items.map(({ id }) => id));
    for (const [id, node] of this.#nodes) {
      if (shown.has(id)) continue;
      node.remove();
      this.#nodes.delete(id);
    }
    for (const item of items) {
      let node = this.#nodes.get(item.id);
      if (!node) {
        node = svg("g", { class: `item item--${item.kind}`, role: "option" });
        this.#nodes.set(item.id, node);
        this.#layer.append(node);
      }
      node.item = item;
      patch(node, item.shapes);
      const colour =
        item.object === undefined
          ? `var(--c${(((item.lane?.tid ?? 1) - 1) % 8) + 1})`
          : `var(--c${((item.object + 2) % 8) + 1})`;
      if (node.style.getPropertyValue("--who") !== colour) node.style.setProperty("--who", colour);
      const lit =
        this.#highlight !== null &&
        (item.of.events ?? []).some(
          (event) =>
            event.run === this.#highlight.run &&
            event.file === this.#highlight.file &&
            event.line === this.#highlight.line,
        );
      node.classList.toggle("is-lit", lit);
      node.classList.toggle("is-focused", item.id === this.#focused);
    }
  }

  #paintAxis(view, from, to) {
    const ticks = axisTicks(view, from, to);
    patch(
      this.#axis,
      ticks.flatMap(({ x, seconds, step }) => [
        ["line", { class: "axis-line", x1: x, x2: x, y1: 18, y2: view.rows.height }],
        [
          "text",
          { class: "axis-say", x: x + 4, y: 13 },
          t("{n} s", {
            n: number(seconds, { maximumFractionDigits: step < 0.01 ? 3 : step < 1 ? 2 : 0 }),
          }),
        ],
      ]),
    );
  }

  #paintNames(view) {
    const rows = [
      ...view.rows.objects.map(({ object, top, height }) => ({
        key: `object:${object.key}`,
        top,
        height,
        name: words.shortThing({ kind: object.kind, object: object.object }),
        note: this.#valueOf(object, view.now),
        object,
      })),
      ...[...view.rows.lanes].map(([lane, top]) => ({
        key: lane.key,
        top,
        height: 32,
        name: lane.thread,
        note: this.#doing(lane, view.now),
        lane,
      })),
    ];
    setAttribute(this.#labels, "data-rows", rows.length);
    this.#labels.style.setProperty("--height", `${view.rows.height}px`);
    reconcile(this.#labels, rows, {
      key: ({ key }) => key,
      create: () => h("div", { class: "lanes__name" }, h("b"), h("span")),
      update: (node, { top, name, note, lane, object }) => {
        node.style.setProperty("--y", `${top}px`);
        node.style.setProperty(
          "--who",
          lane ? `var(--c${((lane.tid - 1) % 8) + 1})` : `var(--c${((object.object + 2) % 8) + 1})`,
        );
        setText(node.firstChild, name);
        setText(node.lastChild, note);
        setAttribute(node, "title", name);
      },
    });
  }

  #valueOf(object, now) {
    const value = valueAt(object, now);
    if (value === null) return "";
    if (object.kind === "Event") return value ? t("set") : t("cleared");
    return String(value);
  }

  #doing(lane, now) {
    if (lane.bornT > now) return "";
    if (lane.endT <= now) return t("ended");
    const wait = lane.waits.findLast((each) => each.t <= now && each.end > now);
    return wait ? `${t("waiting")}: ${words.shortThing(wait.what)}` : t("running");
  }

  // At first all of it is in view, then the last SHOWN_S.
  #shownS() {
    return Math.min(SHOWN_S.most, Math.max(SHOWN_S.least, this.#model.now - this.#model.start));
  }

  #zoom(by) {
    const room = Math.max(100, this.#scroll.clientWidth - this.#labels.offsetWidth - RIGHT);
    const scale = this.#scale ?? room / this.#shownS();
    const middle = (this.#scroll.scrollLeft + room / 2) / scale;
    this.#scale = Math.min(4000, Math.max(2, scale * by));
    this.#draw();
    requestAnimationFrame(() => {
      if (!this.#following) this.#scroll.scrollLeft = middle * this.#scale - room / 2;
    });
  }

  #scrolled() {
    const { scrollLeft, scrollWidth, clientWidth } = this.#scroll;
    const atEnd = scrollWidth - scrollLeft - clientWidth < 24;
    if (atEnd) this.#follow(true);
    else if (scrollLeft < this.#lastLeft - 1) this.#follow(false);
    this.#lastLeft = scrollLeft;
    this.#draw();
  }

  #lastLeft = 0;

  #follow(following) {
    if (this.#following === following) return;
    this.#following = following;
    this.#toEnd.hidden = following;
    this.#draw();
  }

  #hover(item) {
    if (this.#pinned) return;
    if (item) this.#showCard(item);
    else this.#card.hidden = true;
  }

  #pick(item) {
    if (!item) return;
    this.#focused = item.id;
    this.#pinned = true;
    this.#showCard(item);
    const site = (item.of.events ?? []).find((event) => event.file);
    if (site)
      ask(this, "show-call", {
        run: site.run,
        file: site.file,
        line: site.line,
        n: site.n ?? null,
      });
    this.#draw();
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.#hide();
    else if (event.key === "Enter") this.#pick(this.#items.find(({ id }) => id === this.#focused));
    else if (by) {
      const order = this.#items
        .filter(({ kind }) => kind === "wait" || kind === "hold" || kind === "wake")
        .sort((a, b) => a.of.t - b.of.t);
      const here = order.findIndex(({ id }) => id === this.#focused);
      const item = order[here < 0 ? (by > 0 ? 0 : order.length - 1) : here + by];
      if (item) {
        this.#focused = item.id;
        this.#pinned = true;
        this.#showCard(item);
        this.#draw();
      }
    } else return;
    event.preventDefault();
  }

  #showCard(item) {
    const now = this.#now;
    fillCard(
      this.#card,
      {
        title: this.#titleOf(item, now),
        meaning: this.explain?.(item, now) ?? words.explainLane(item),
        data: "",
        bytes: 0,
        events: item.of.events ?? [],
        clockOffsetS: this.#clockOffsetS ?? 0,
      },
      { onclose: () => this.#hide() },
    );
    this.#card.hidden = false;
    this.#card.classList.toggle("is-pinned", this.#pinned);
    this.#card.style.setProperty(
      "--y",
      `${Math.min(this.clientHeight * 0.5, this.#legend.offsetHeight + 64)}px`,
    );
    const node = this.#nodes.get(item.id);
    if (node) this.#placeCard(node);
  }

  #placeCard(node) {
    const box = node.getBoundingClientRect();
    const own = this.getBoundingClientRect();
    const above = box.bottom - own.top > own.height * 0.55;
    this.#card.classList.toggle("is-above", above);
    this.#card.style.setProperty(
      "--y",
      `${above ? own.bottom - box.top + 8 : box.bottom - own.top + 8}px`,
    );
  }

  #titleOf({ kind, of, lane }, now) {
    if (kind === "wake") return words.wakeLabel(of);
    if (kind === "wait") return `${lane.thread}: ${words.waitLabel(of, now)}`;
    if (kind === "hold") return `${lane.thread}: ${words.holdLabel(of, now)}`;
    if (kind === "object")
      return `${words.shortThing({ kind: of.kind, object: of.object })}: ${this.#valueOf(of, now)}`;
    return of.thread;
  }

  #hide() {
    this.#pinned = false;
    this.#focused = null;
    this.#card.hidden = true;
    this.#draw();
  }
}

const itemOf = ({ target }) => target.closest("g.item")?.item ?? null;

customElements.define("thread-lanes", ThreadLanes);
