// The pictures of the See column: the diagram, the lanes of threads, the list. Each is loaded when there
// is first something to show in it, and then told what the others have heard; until then a board
// stands in its place.

import { inFrame } from "../dom/frame.js";
import { loadLanesSheet, loadLateSheet } from "../dom/late-sheet.js";
import { askForNames } from "./peer-asking.js";
import { t } from "../words/i18n.js";
import { feed } from "../picture/feed.js";
import { h, setText } from "../dom/markup.js";
import { LIVE } from "../model/moment.js";
import { partSize } from "../model/part-size.js";
import { soon } from "../dom/soon.js";
import { TimeTrack } from "../model/time-track.js";

/** @import { Entry } from "../model/history.js" */
/** @import { EventList } from "./event-list.js" */
/** @import { SequenceDiagram } from "../diagram/diagram-view.js" */
/** @import { ThreadLanes } from "../lanes/lane-view.js" */
/** @import { Site } from "../picture/picture.js" */
/** @import { Mode } from "../words/diagram-words.js" */
/** @import { View } from "./see-view.js" */
/** @typedef {"diagram" | "lanes" | "list"} Kind of a picture */
/** @typedef {(item: any, now: number) => any} Explain the words of the page for an item */

/** @type {Readonly<Record<Kind, () => Promise<unknown>>>} */
const LOADS = Object.freeze({
  diagram: soon(() => import("../diagram/diagram-view.js")),
  lanes: () => Promise.all([import("../lanes/lane-view.js"), loadLanesSheet()]),
  list: () => Promise.all([import("./event-list.js"), loadLateSheet()]),
});

const BUDGET_MS = 4; // of a frame, for telling: what is told is laid out in it, too

export class SeePictures {
  /** @type {SequenceDiagram | null} */
  #diagram = null;
  /** @type {ThreadLanes | null} */
  #lanes = null;
  /** @type {EventList | null} */
  #list = null;
  /** @type {Set<Kind>} */
  #loading = new Set();
  #text = h("p");
  #empty = h(
    "div",
    { class: "diagram__empty" },
    h("p", { class: "diagram__empty-title" }, t("Nothing has happened yet")),
    this.#text,
  );
  #failed = h("p", { role: "status" });
  /** Stands where a picture will be. */
  board = h("div", { class: "see__board" }, this.#empty, this.#failed);
  /** @type {Explain} */
  #explain;
  #onadd;
  #mode = "text";
  /** @type {View | null} what was shown last */
  #view = null;
  /** @type {View | null} whose events came last */
  #whose = null;
  #told = 0; // the count of the history up to which events came
  #runs = new Set(); // ids of those of which a picture may have heard, but not to the end
  /** @type {Map<SequenceDiagram | ThreadLanes, number>} up to which each picture has heard them */
  #heard = new Map();
  /** @type {Set<unknown>} those that have heard all that was there, and can be shown */
  #ready = new Set();
  #goingOn = () => this.#goOn();
  /** The times of the events that there are to show. */
  track = new TimeTrack();
  #moment = LIVE;
  /** @type {Site | null} */
  #highlight = null;
  #names = "";

  /** @param {{explain: Explain, onadd: () => void}} how */
  constructor({ explain, onadd }) {
    this.#explain = explain;
    this.#onadd = onadd;
    setText(this.#text, t("Start the program: every call and every byte appears here."));
  }

  /** The moments that one can go to: where something is drawn. */
  get stops() {
    return this.#diagram?.stops ?? [];
  }

  /** Light the calls of a line {run, file, line}; null: of none. */
  set highlight(/** @type {Site | null} */ site) {
    this.#highlight = site;
    for (const picture of this.#drawn) picture.highlight = site;
  }

  /** Show one of them: "text", "hex" and "calls" are the diagram. */
  choose(/** @type {string} */ mode) {
    this.#mode = mode;
    this.#show();
  }

  /** Take the next entries of the history; `view` tells whose they are. */
  take(/** @type {readonly Entry[]} */ entries, /** @type {View} */ view) {
    this.#name(view);
    this.#whose = view;
    this.#told = view.end;
    for (const { id } of view.runs) this.#runs.add(id);
    const told = feed([], entries, view, this.#runs);
    if (told.isNew) this.track.clear();
    this.track.take(told.times);
    this.#tell();
    if (this.track.count > 0 && this.#diagram === null) this.#bring("diagram");
  }

  clear() {
    this.track.clear();
    this.#told = 0;
    this.#runs.clear();
    this.#heard.clear();
    this.#moment = LIVE;
    for (const each of this.#drawn) this.#ready.delete(each);
    for (const each of [...this.#drawn, this.#list]) each?.clear();
  }

  /** Show what is true of {moment, names, hint, …} now. */
  update(/** @type {View} */ view) {
    this.#view = view;
    this.#showEmpty();
    this.#name(view);
    if (view.moment !== this.#moment) {
      this.#moment = view.moment;
      for (const picture of this.#drawn) picture.until = view.moment.until;
    }
    if (view.hint !== null) {
      setText(this.#text, view.hint);
      for (const picture of this.#drawn) picture.hint = view.hint;
    }
    this.#list?.update(view);
  }

  get #drawn() {
    return [this.#diagram, this.#lanes].filter((each) => each !== null);
  }

  #name(/** @type {View} */ view) {
    for (const picture of this.#drawn) picture.clockOffsetS = view.clockOffsetS;
    const names = [...view.names].flat().join("\n");
    if (this.#lanes) this.#lanes.names = view.names;
    if (this.#diagram === null) return;
    if (names !== this.#names) {
      this.#names = names;
      this.#diagram.names = view.names;
    }
    const canName = view.takesWishes && view.refused.name_peer === undefined;
    this.#diagram.toggleAttribute("data-can-name", canName);
  }

  #show() {
    const mode = this.#mode;
    const kind = mode === "lanes" || mode === "list" ? mode : "diagram";
    const all = { diagram: this.#diagram, lanes: this.#lanes, list: this.#list };
    // The box of a list hears that it is in sight, and is filled then.
    for (const [each, picture] of Object.entries(all)) {
      if (picture) picture.hidden = each !== kind || !this.#ready.has(picture);
    }
    if (kind === "diagram" && this.#diagram) this.#diagram.mode = /** @type {Mode} */ (mode);
    this.board.hidden = this.#ready.has(all[kind]);
    this.#showEmpty();
    if (all[kind] === null && kind !== "diagram") this.#bring(kind);
  }

  // That nothing has happened is known once all has come that was there before the page.
  #showEmpty() {
    const isPicture = this.#mode === "lanes" || this.#mode === "list";
    this.#empty.hidden = isPicture || this.track.count > 0 || !this.#view?.isKnown;
  }

  async #bring(/** @type {Kind} */ kind) {
    if (this.#loading.has(kind)) return;
    this.#loading.add(kind);
    setText(this.#failed, "");
    try {
      await LOADS[kind]();
    } catch (error) {
      this.#loading.delete(kind); // some browsers try again when it is asked for again
      setText(this.#failed, t("This picture could not be loaded. Reload the page."));
      throw error;
    }
    if (kind === "diagram") this.#addDiagram();
    else if (kind === "lanes") this.#addLanes();
    else this.#addList();
    this.#show();
    this.#onadd();
  }

  #addDiagram() {
    const diagram = h("sequence-diagram");
    this.#diagram = diagram;
    askForNames(diagram);
    this.#add(diagram);
    if (this.#whose) this.#name(this.#whose);
  }

  #addLanes() {
    this.#lanes = h("thread-lanes");
    this.#add(this.#lanes);
    if (this.#whose) this.#name(this.#whose);
  }

  // It draws what has been heard so far.
  #add(/** @type {SequenceDiagram | ThreadLanes} */ picture) {
    picture.explain = this.#explain;
    this.board.before(picture);
    picture.highlight = this.#highlight;
    if (this.#view && this.#view.hint !== null) picture.hint = this.#view.hint;
    if (this.#whose) picture.clockOffsetS = this.#whose.clockOffsetS;
    inFrame("take", this.#goingOn);
    // A new one is live, and stands at its end.
    if (this.#moment.until !== null) picture.until = this.#moment.until;
  }

  // What was there before a picture came it hears bit by bit: a long history would stop the page. Each
  // hears a part in every frame, also where the time of the frame has gone to somebody else.
  #tell() {
    const due = performance.now() + BUDGET_MS;
    const ready = this.#ready.size;
    for (const picture of this.#drawn) {
      if (!this.#hasHeardAll(picture)) this.#tellPart(picture);
      while (!this.#hasHeardAll(picture) && performance.now() < due) this.#tellPart(picture);
      if (this.#hasHeardAll(picture)) this.#ready.add(picture);
    }
    const isDone = this.#drawn.every((picture) => this.#hasHeardAll(picture));
    if (!isDone) inFrame("take", this.#goingOn);
    else this.#runs = new Set(this.#whose?.runs.map(({ id }) => id));
    if (!isDone || this.#ready.size > ready) this.#show();
  }

  #goOn() {
    const late = this.#drawn.filter((picture) => !this.#hasHeardAll(picture));
    this.#tell();
    const { until } = this.#moment;
    for (const picture of late) {
      // Where a moment stands is known when everything is.
      if (until !== null && this.#hasHeardAll(picture)) picture.until = until;
    }
    this.#show();
    this.#onadd();
  }

  #tellPart(/** @type {SequenceDiagram | ThreadLanes} */ picture) {
    const view = /** @type {View} */ (this.#whose);
    const from = Math.max(this.#heard.get(picture) ?? 0, view.history.forgotten);
    const to = Math.min(this.#told, from + partSize(this.#told - from));
    this.#heard.set(picture, to);
    const part = view.history.between(from, to);
    if (feed([picture], part, view, this.#runs).isNew) letGo(picture);
  }

  #hasHeardAll(/** @type {SequenceDiagram | ThreadLanes} */ picture) {
    return (this.#heard.get(picture) ?? 0) >= this.#told;
  }

  #addList() {
    const list = h("event-list");
    this.#list = list;
    this.#ready.add(list);
    this.board.before(list);
    if (this.#view) list.update(this.#view);
  }
}

// What was chosen is of the take before.
function letGo(/** @type {SequenceDiagram | ThreadLanes} */ picture) {
  picture.choose(null);
  picture.card.hide();
  picture.follow.toEnd();
}
