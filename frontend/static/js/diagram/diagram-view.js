// <sequence-diagram>: the sequence diagram, live. It draws what is in view and nothing else, follows
// the end until somebody scrolls up, and tells all of an event on hover, focus or click.
// Properties: names, clockOffsetS, mode, until, highlight, explain. Event: "show-call".

import { askedHere, headsBox, hearHeads, paintHeads } from "./diagram-heads.js";
import { diagramLegend, explainDrawn, forgetDrawn } from "./diagram-legend.js";
import { Cursor } from "./cursor.js";
import { DiagramLayout } from "./diagram-layout.js";
import { DiagramModel } from "../model/diagram-model.js";
import { shapesOf } from "./diagram-shapes.js";
import { shownFrom } from "./item-needs.js";
import * as words from "../words/diagram-words.js";
import { inFrame } from "../dom/frame.js";
import { t } from "../words/i18n.js";
import { Lifelines } from "./lifelines.js";
import { h, setAttribute, setStyle } from "../dom/markup.js";
import { PartyColours } from "./party-colours.js";
import { ItemLayer } from "../picture/item-layer.js";
import { Picture } from "../picture/picture.js";
import { HEAD, Sight } from "./sight.js";
import { svg } from "../dom/svg.js";
import { MOVES, thingsToWalk } from "./walk.js";
import { WordRoom } from "./word-room.js";
import { hearZoom, zoomButtons } from "../picture/zoom.js";

/** @import { Item } from "../model/diagram.d.ts" */
/** @import { Mode } from "../words/diagram-words.js" */
/** @import { View } from "./diagram-shapes.js" */
/** @import { Explain } from "../picture/item-card.js" */
/** @import { Place } from "../picture/zoom.js" */

const MARGIN = 240; // drawn above and below what is in view
const CARD_GAP = 34; // from the row that a card tells of

/** @extends {Picture<DiagramModel>} */
export class SequenceDiagram extends Picture {
  #asked = askedHere();
  #layout = new DiagramLayout(this.model, this.#asked);
  /** @type {Mode} */
  #mode = "text";
  /** @type {Map<string, string>} */
  #names = new Map();
  #colours = new PartyColours();
  #full = true; // whether everything in view has to be drawn anew
  #sight = new Sight(this.viewport);
  #heads = headsBox();
  #lifelines = new Lifelines();
  #items = new ItemLayer();
  #words = new WordRoom();
  #cursor = new Cursor(this, this.#sight, () => this.#layout);
  #legend = diagramLegend(this.#cursor.words, zoomButtons(this));
  #picture = svg("svg", { class: "diagram__picture", width: 1, height: 1 });
  #paper = h("div", { class: "diagram__paper" }, this.#picture); // as large as what is drawn
  #view = h("div", { class: "diagram__view" }, this.box);

  constructor() {
    super({
      label: t("Sequence diagram"),
      title: t("Nothing has happened yet"),
      text: t("Start the program: every call and every byte appears here."),
      end: "down",
      toEnd: t("To the end ↓"),
      makeModel: () => new DiagramModel(),
    });
  }

  /** @override */
  emptied() {
    this.#layout = new DiagramLayout(this.model, this.#asked);
    this.#layout.setMode(this.#mode);
    this.#layout.resize(this.#sight.width);
    this.#items.clear();
    forgetDrawn(this.#legend);
    this.#colours = new PartyColours();
  }

  /** The names of runs by id. */
  set names(/** @type {Map<string, string>} */ names) {
    this.#names = names;
    this.draw();
  }

  /** What arrows say: "text", "hex" or "calls". */
  set mode(/** @type {Mode} */ mode) {
    this.#mode = mode;
    this.#layout.setMode(mode);
    this.draw();
  }

  /** The moments at which something is drawn, by time: [{t}]. */
  get stops() {
    return this.#layout.stops;
  }

  /** @override */
  build() {
    this.#picture.append(this.#lifelines.group, this.#items.group, this.#cursor.group);
    this.box.append(this.#heads, this.#paper);
    this.append(this.#view, this.#legend);
    this.hear(this.#items.group);
    hearZoom(this, this);
    hearHeads(this.#heads, (ask) => {
      this.#layout.hear(ask);
      this.draw();
    });
    this.addEventListener("focusout", ({ relatedTarget }) => {
      if (this.contains(/** @type {Node | null} */ (relatedTarget))) return;
      this.choose(null);
      this.card.hide();
    });
  }

  /** @override */
  resized() {
    this.#sight.measure(this.#view);
    if (this.#layout.resize(this.#sight.width)) this.#update();
    this.draw();
  }

  /** Make it so many times as large; a place of the box stays there. */
  zoomBy(/** @type {number} */ by, /** @type {Place} */ place) {
    if (this.#sight.zoomTo(this.#sight.zoom * by, place?.y)) this.resized();
  }

  unzoom() {
    this.zoomBy(1 / this.#sight.zoom, null);
  }

  /** Show all of it, as far as that can be read. */
  fit() {
    this.zoomBy(this.#sight.height / (HEAD + this.#height), null);
  }

  #update() {
    this.#layout.update(this.until ?? undefined);
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

  /** @override */
  tick() {
    if (this.model.now !== -Infinity && this.#layout.isWaiting) this.advance();
  }

  /** @override */
  paint() {
    const layout = this.#layout;
    if (this.#full) this.#update();
    if (!this.viewport.isShown) return;
    const full = this.#full;
    this.#full = false;
    if (full) this.#measure();
    const { now } = this;
    const top = this.#top;
    const [mode, names, colours] = [this.#mode, this.#names, this.#colours];
    const view = { layout, now, mode, names, colours };
    const [from, to] = [top - MARGIN, top + this.#sight.height + MARGIN];
    this.#paintItems(layout.itemsBetween(from, to), view, full);
    this.#lifelines.paint(view, from, to);
    paintHeads(this.#heads, view);
    this.#sight.tellBeyond(layout.width, this);
    if (full) this.#cursor.paint(layout, this.until);
  }

  // Where the view will begin in this frame, without asking the page, which would have to lay it out.
  get #top() {
    if (!this.follow.following) return this.#sight.top;
    return Math.max(0, HEAD + this.#height - this.#sight.height);
  }

  get #height() {
    return Math.ceil(this.#layout.heightAt(this.model.now));
  }

  #measure() {
    const { width } = this.#layout;
    setStyle(this.#picture, "transform", `scale(${this.#sight.unit})`);
    setStyle(this.#paper, "--width", String(width));
    setStyle(this.#paper, "--height", String(this.#height));
    setStyle(this.#heads, "--width", String(width));
    setAttribute(this.empty, "hidden", this.model.parties.all.length > 0 ? "" : null);
    this.#legend.hidden = !this.empty.hidden;
    this.follow.keep();
  }

  #paintItems(
    /** @type {Set<Item>} */ items,
    /** @type {View} */ view,
    /** @type {boolean} */ full,
  ) {
    const isSeen = (/** @type {Item} */ item) =>
      shownFrom(item) <= view.now && !this.#isUnseen(item);
    const stays = (/** @type {Item} */ item) => items.has(item) && isSeen(item);
    this.#items.keep(stays);
    if (full) this.#words.clear();
    else this.#words.keep(stays);
    const drawn = [...items].filter((item) => isSeen(item) && (full || !this.#items.nodeOf(item)));
    const shapes = this.#words.fit(new Map(drawn.map((item) => [item, shapesOf(item, view)])));
    explainDrawn(this.#legend, shapes.values());
    for (const item of drawn) {
      const isChosen = item === this.chosen;
      this.#items.put(item, item, {
        kind: item.kind,
        shapes: shapes.get(item) ?? [],
        colour: this.#colours.of(item.kind === "transfer" ? item.from?.party : item.party),
        isLit: item.events.some((event) => this.isLit(event)),
        isChosen,
        name: () => words.itemTitle(item, this.#names, view.now),
        isBehind: item.kind === "bar",
      });
    }
  }

  // Folded away; and somebody outside has no column before it is sure that it is somebody outside.
  #isUnseen(/** @type {Item} */ item) {
    if (this.#layout.isHidden(item)) return true;
    if (item.kind !== "transfer") return false;
    return [item.from, item.to].some(
      (end) => end?.party?.kind === "peer" && this.#layout.columnOf(end.party) < 0,
    );
  }

  // What a person points at, walks to, picks.

  /** @override */
  choose(/** @type {Item | null} */ item) {
    super.choose(item);
    inFrame("place", () =>
      setAttribute(this.box, "aria-activedescendant", this.#items.nodeOf(this.chosen)?.id),
    );
  }

  /** @override */
  press(/** @type {string} */ key) {
    if (key === "Escape") this.card.hide();
    else if (key === "Enter" || key === " ") {
      if (this.chosen) this.pick(this.chosen);
    } else if (key in MOVES) {
      if (key === "End") this.follow.toEnd();
      this.walk(thingsToWalk(this.#layout, this.now), MOVES[key]);
    } else return false;
    return true;
  }

  /** @override */
  revealMoment(/** @type {number} */ time) {
    this.#update(); // who stands where follows from the moment
    this.#bringIntoView(this.#layout.yAt(time));
  }

  /** @override */
  reveal(/** @type {Item} */ item) {
    this.#bringIntoView(this.#layout.yAt(shownFrom(item)));
  }

  #bringIntoView(/** @type {number} */ y) {
    const top = this.#top;
    if (y >= top + 30 && y <= top + this.#sight.height - HEAD - 60) return;
    this.follow.leave();
    this.#sight.center(y);
    super.draw();
  }

  /** @override */
  factsOf(/** @type {Item} */ item, /** @type {Explain} */ explain) {
    const { now } = this;
    const { data, bytes } = item.kind === "transfer" ? item : { data: "", bytes: 0 };
    return {
      title: words.itemTitle(item, this.#names, now),
      meaning: this.explain?.(item, now) ?? explain(item, now),
      data,
      bytes,
      events: item.events,
      clockOffsetS: this.clockOffsetS ?? 0,
    };
  }

  // Beside what it tells of: below it, or above when there is more room.
  /** @override */
  placeOf(/** @type {Item} */ item) {
    const { unit } = this.#sight;
    const height = this.clientHeight / unit;
    const y = this.#layout.yAt(shownFrom(item)) - this.#top + HEAD;
    const isAbove = y > height * 0.55;
    return { isAbove, y: (CARD_GAP + (isAbove ? height - y : y)) * unit };
  }
}

customElements.define("sequence-diagram", SequenceDiagram);
