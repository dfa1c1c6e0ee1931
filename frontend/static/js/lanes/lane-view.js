// <thread-lanes>: the threads of programs over time, live: one lane each. Draws what is in view,
// follows the end until somebody scrolls back. Properties and event as <sequence-diagram>.

import { breakLabel } from "../words/diagram-words.js";
import { number, t } from "../words/i18n.js";
import { LaneModel } from "../model/lane-model.js";
import { OF_OBJECT, paintNames, valueWords } from "./lane-names.js";
import { explainSeldom, laneLegend } from "./lane-legend.js";
import { LaneRows } from "./lane-rows.js";
import { LaneSight } from "./lane-sight.js";
import { axisTicks, laneItems } from "./lane-shapes.js";
import * as words from "../words/lane-words.js";
import { reconcile } from "../dom/list.js";
import { h, setAttribute } from "../dom/markup.js";
import { ItemLayer } from "../picture/item-layer.js";
import { Picture } from "../picture/picture.js";
import { patch, svg } from "../dom/svg.js";
import { visible } from "../model/text.js";
import { hearZoom, zoomButtons } from "../picture/zoom.js";

/** @import { Item, View } from "./lane-shapes.js" */
/** @import { Placed } from "../picture/picture.js" */
/** @import { Place } from "../picture/zoom.js" */

const SHOWN_S = Object.freeze({ least: 3, most: 12 }); // how much time is in view
const SHORT_S = 0.001;
const MARGIN = Object.freeze({ x: 200, y: 600 }); // drawn around what is in view, in px
const RIGHT = 28; // free at the right of now
const LETTER = 7.4; // width of a letter of the axis, at most
const LEAST_ROOM = 100;
const CARD_GAP = 8; // px from what a card tells of
/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** @extends {Picture<LaneModel>} */
export class ThreadLanes extends Picture {
  /** @type {Item[]} */
  #items = [];
  #sight = new LaneSight(this.viewport);
  /** @type {{version: number, rows: LaneRows} | null} */
  #laid = null;

  /** What others are called, by address. @type {Map<string, string>} */
  names = new Map();
  #picture = svg("svg", { class: "lanes__picture" });
  #axis = svg("g", { class: "lanes__axis" });
  #layer = new ItemLayer();
  #cursor = svg("line", { class: "diagram__cursor" });
  #labels = h("div", { class: "lanes__names" });
  #legend = laneLegend(zoomButtons(this));

  constructor() {
    super({
      label: t("Threads over time"),
      title: t("No threads yet"),
      text: t("Run the program: its threads appear here."),
      end: "right",
      toEnd: t("To now →"),
      makeModel: () => new LaneModel(),
    });
    this.box.classList.add("lanes__scroll");
  }

  /** @override */
  emptied() {
    this.#layer.clear();
    this.#items = [];
    this.#laid = null;
  }

  /** @override */
  build() {
    this.#picture.append(this.#axis, this.#layer.group, this.#cursor);
    this.box.append(this.#labels, this.#picture);
    this.append(this.#legend, h("div", { class: "diagram__view" }, this.box));
    this.hear(this.#layer.group);
    hearZoom(this, this);
    new ResizeObserver(() => this.resized()).observe(this.#labels);
  }

  /** @override */
  resized() {
    this.#sight.measure(this, this.#labels);
    this.draw();
  }

  /** @override */
  tick() {
    if (this.model.lanes.some((lane) => lane.endT === Infinity)) this.advance();
  }

  /** @override */
  paint() {
    if (!this.viewport.isShown) return;
    const { model, now } = this;
    this.empty.hidden = model.lanes.length > 0;
    if (model.lanes.length === 0) {
      this.#paintNothing();
      return;
    }
    const scale = this.#scaleNow;
    const rows = this.#rows;
    const width = Math.ceil(Math.max(this.#room, (model.now - model.start) * scale) + RIGHT);
    setAttribute(this.#picture, "width", width * this.#sight.unit);
    setAttribute(this.#picture, "height", rows.height * this.#sight.unit);
    setAttribute(this.#picture, "viewBox", `0 0 ${width} ${rows.height}`);
    this.follow.keep();
    const { names } = this;
    const view = { rows, names, scale, start: model.start, now, ...this.#inView(width, scale) };
    this.#items = laneItems(model, view);
    this.#paintItems(this.#items);
    explainSeldom(this.#legend, this.#items);
    this.#paintAxis(view, width);
    paintNames(this.#labels, view, words.forgottenLabel(model.forgotten));
    this.#paintCursor(view);
  }

  get #rows() {
    const { model } = this;
    const version = model.rowsVersion;
    if (this.#laid?.version !== version) this.#laid = { version, rows: new LaneRows(model) };
    return this.#laid.rows;
  }

  // Where the view will be in this frame, without asking the page, which would have to lay it out.
  #inView(/** @type {number} */ width, /** @type {number} */ scale) {
    const { start } = this.model;
    const { side, width: sight, top, height } = this.#sight;
    const end = Math.max(0, side + width - sight);
    const left = this.follow.following ? end : this.#sight.left;
    return {
      from: start + (left - MARGIN.x) / scale,
      to: start + (left + sight + MARGIN.x) / scale,
      top: top - MARGIN.y,
      bottom: top + height + MARGIN.y,
    };
  }

  #paintNothing() {
    this.#layer.clear();
    reconcile(this.#labels, [], { key: () => "", create: () => h("div") });
  }

  #paintCursor(/** @type {View} */ view) {
    setAttribute(this.#cursor, "visibility", this.isLive ? "hidden" : "visible");
    const x = (view.now - view.start) * view.scale;
    const place = { x1: x, x2: x, y1: 0, y2: view.rows.height };
    for (const [name, value] of Object.entries(place)) setAttribute(this.#cursor, name, value);
  }

  #paintItems(/** @type {Item[]} */ items) {
    const shown = new Set(items.map((/** @type {Item} */ item) => this.keyOf(item)));
    this.#layer.keep((/** @type {string} */ key) => shown.has(key));
    for (const item of items) {
      const key = this.keyOf(item);
      this.#layer.put(key, item, {
        kind: item.kind,
        shapes: item.shapes,
        colour: item.object === undefined ? "var(--ink-2)" : OF_OBJECT,
        isLit: this.eventsOf(item).some((/** @type {Placed} */ event) => this.isLit(event)),
        isChosen: key === this.chosen,
        isBehind: item.kind === "wake", // no arrow strikes through words, whichever came first
        name: () => this.#titleOf(item, this.now),
      });
    }
  }

  #paintAxis(/** @type {View} */ view, /** @type {number} */ width) {
    const ticks = axisTicks(view).filter(({ x }) => x <= width);
    patch(
      this.#axis,
      ticks.flatMap(({ x, seconds, step }) => {
        const n = number(seconds, { maximumFractionDigits: step < 0.01 ? 3 : step < 1 ? 2 : 0 });
        const words = t("{n} s", { n });
        const hasRoom = x + 4 + LETTER * words.length <= width;
        return [
          ["line", { class: "axis-line", x1: x, x2: x, y1: 19, y2: view.rows.height }],
          ["text", { class: "axis-say", x: x + 4, y: 14 }, hasRoom ? words : ""],
        ];
      }),
    );
  }

  // At first all of it is in view, then the last SHOWN_S; of what is over all, however short it was.
  #shownS() {
    const { now, start, lanes } = this.model;
    const least = lanes.every((lane) => lane.endT !== Infinity) ? SHORT_S : SHOWN_S.least;
    return Math.min(SHOWN_S.most, Math.max(least, now - start));
  }

  get #room() {
    return Math.max(LEAST_ROOM, this.#sight.width - this.#sight.side - RIGHT);
  }

  get #scaleNow() {
    return this.#sight.scale ?? this.#room / this.#shownS();
  }

  /** Show so many times as many px a second; the moment at a place of the box stays there. */
  zoomBy(/** @type {number} */ by, /** @type {Place} */ place) {
    const { side, unit, left } = this.#sight;
    const x = place ? place.x / unit - side : this.#room / 2;
    const scale = this.#scaleNow;
    const held = (left + x) / scale;
    this.#sight.scale = scale * by;
    if (!this.follow.following) this.#sight.scrollTo(held * this.#scaleNow - x);
    this.draw();
  }

  unzoom() {
    this.#sight.scale = null;
    this.draw();
  }

  fit() {
    const { now, start } = this.model;
    this.#sight.scale = this.#room / Math.max(SHORT_S, now - start);
    this.draw();
  }

  /** @override */
  keyOf(/** @type {Item} */ item) {
    return item.of; // items are made anew for each drawing
  }

  /** @override */
  eventsOf(/** @type {Item} */ item) {
    return item.of.events ?? [];
  }

  /** @override */
  press(/** @type {string} */ key) {
    if (key === "Escape") this.card.hide();
    else if (key === "Enter") {
      const chosen = this.#items.find((item) => this.keyOf(item) === this.chosen);
      if (chosen) this.pick(chosen);
    } else if (key in MOVES) this.walk(this.#thingsToWalk(), MOVES[key]);
    else return false;
    return true;
  }

  /** @override */
  cardHidden() {
    this.choose(null);
  }

  /** @override */
  revealMoment(/** @type {number} */ time) {
    const { left, width, side } = this.#sight;
    const x = side + (time - this.model.start) * this.#scaleNow;
    if (x >= left + side && x <= left + width) return;
    this.#sight.scrollTo(x - width / 2);
  }

  #thingsToWalk() {
    return this.#items
      .filter(({ kind }) => kind === "wait" || kind === "hold" || kind === "wake")
      .sort((a, b) => a.of.t - b.of.t);
  }

  /** @override */
  factsOf(/** @type {Item} */ item) {
    const { now } = this;
    return {
      title: this.#titleOf(item, now),
      meaning: this.explain?.(item, now) ?? words.explainLane(item, now),
      data: "",
      bytes: 0,
      events: this.eventsOf(item),
      clockOffsetS: this.clockOffsetS ?? 0,
    };
  }

  // Below what it tells of, or above when there is more room.
  /** @override */
  placeOf(/** @type {Item} */ item) {
    const own = this.getBoundingClientRect();
    const box = this.#layer.nodeOf(this.keyOf(item))?.getBoundingClientRect() ?? own;
    const isAbove = box.bottom - own.top > own.height * 0.55;
    return { isAbove, y: CARD_GAP + (isAbove ? own.bottom - box.top : box.bottom - own.top) };
  }

  #titleOf(/** @type {any} */ { kind, of, lane, more = 0 }, /** @type {number} */ now) {
    if (kind === "break") return breakLabel(of);
    if (kind === "cut") return words.cutLabel();
    if (kind === "wake") return words.moreLabel(words.wakeLabel(of), more);
    if (kind === "wait")
      return words.moreLabel(
        `${visible(lane.thread)}: ${words.waitLabel(of, now, this.names)}`,
        more,
      );
    if (kind === "hold")
      return words.moreLabel(`${visible(lane.thread)}: ${words.holdLabel(of, now)}`, more);
    if (kind === "object") return `${words.shortThing(of)}: ${valueWords(of, now)}`;
    return visible(of.thread);
  }
}

customElements.define("thread-lanes", ThreadLanes);
