// The columns of a bench on a desk: splitters between them, by pointer and keys, fold and widen the outer
// ones; the console stands in the last column or below all. What a person chose is kept.

import { AS_EVER, columnsFrom, folded, LEAST, MOST, withShare } from "../model/columns.js";
import { keep, kept } from "../dom/kept.js";
import { t } from "../words/i18n.js";
import { find, h, setAttribute, setStyle } from "../dom/markup.js";

/** @import { Name } from "../model/columns.js" */

const COLUMNS = "columns";
const CONSOLE = "console";
const WIDTHS = Object.freeze({ read: "--read", do: "--do" });
const STEP = 0.02; // of the width, by a key
/** @type {Readonly<Record<string, number | undefined>>} */
const KEYS = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 };
const DESK = matchMedia("(width >= 62.5rem)");

export class BenchColumns {
  #bench;
  #columns = columnsFrom(kept(COLUMNS));
  #splitters = { read: this.#splitter("read"), do: this.#splitter("do") };
  #dock = h("button", { class: "console__button console__dock", type: "button" });

  constructor(/** @type {HTMLElement} */ bench) {
    this.#bench = bench;
    for (const { box } of Object.values(this.#splitters)) bench.append(box);
    this.#dock.addEventListener("click", () => {
      keep(CONSOLE, this.#isBelow ? null : "below");
      this.#placeConsole();
    });
    DESK.addEventListener("change", () => this.#placeConsole());
    this.#show();
    // The console writes itself when it is defined, which may be later.
    customElements.whenDefined("run-console").then(() => this.#placeConsole());
  }

  #splitter(/** @type {Name} */ name) {
    const isFirst = name === "read";
    const bar = h("div", {
      class: "splitter__bar",
      role: "separator",
      tabindex: "0",
      "aria-orientation": "vertical",
      "aria-controls": name,
      "aria-label": isFirst ? t("Width of the first column") : t("Width of the last column"),
      "aria-valuemin": "0",
      "aria-valuemax": String(MOST * 100),
      title: t("Drag, or press ← and →; Enter folds"),
    });
    const fold = h("button", { class: "splitter__fold", type: "button", "aria-controls": name });
    const box = h("div", { class: `splitter splitter--${name}` }, bar, fold);
    fold.addEventListener("click", () => this.#fold(name));
    bar.addEventListener("dblclick", () => this.#set(AS_EVER));
    bar.addEventListener("keydown", (event) => this.#key(event, name));
    bar.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      bar.focus();
      bar.setPointerCapture(event.pointerId);
    });
    bar.addEventListener("pointermove", (event) => {
      if (bar.hasPointerCapture(event.pointerId)) this.#moveTo(event.clientX, name);
    });
    return { box, bar, fold };
  }

  #key(/** @type {KeyboardEvent} */ event, /** @type {Name} */ name) {
    const by = KEYS[event.key];
    if (event.key === "Enter") this.#fold(name);
    else if (by !== undefined) this.#widen(name, this.#shares[name] + (name === "read" ? by : -by));
    else return;
    event.preventDefault();
  }

  #moveTo(/** @type {number} */ x, /** @type {Name} */ name) {
    const { left, right } = this.#inside;
    const share = (name === "read" ? x - left : right - x) / (right - left);
    if (share < LEAST / 2 !== this.#columns[name].isFolded) this.#fold(name);
    else if (share >= LEAST / 2) this.#widen(name, share);
  }

  #widen(/** @type {Name} */ name, /** @type {number} */ share) {
    const other = this.#shares[name === "read" ? "do" : "read"];
    this.#set(withShare(this.#columns, name, share, other));
  }

  #fold(/** @type {Name} */ name) {
    this.#set(folded(this.#columns, name));
  }

  #set(/** @type {import("../model/columns.js").Columns} */ columns) {
    this.#columns = columns;
    keep(COLUMNS, columns === AS_EVER ? null : JSON.stringify(columns));
    this.#show();
  }

  // The bench without its padding.
  get #inside() {
    const { left, right } = this.#bench.getBoundingClientRect();
    const { paddingLeft, paddingRight } = getComputedStyle(this.#bench);
    return {
      left: left + Number.parseFloat(paddingLeft),
      right: right - Number.parseFloat(paddingRight),
    };
  }

  // What the outer columns have of the width as they stand.
  get #shares() {
    const { left, right } = this.#inside;
    const of = (/** @type {Name} */ name) =>
      find(this.#bench, `.column--${name}`).offsetWidth / (right - left);
    return { read: of("read"), do: of("do") };
  }

  #show() {
    const away = [];
    for (const name of /** @type {const} */ (["read", "do"])) {
      const { share, isFolded } = this.#columns[name];
      if (isFolded) away.push(name);
      const width = share === null ? null : `${share * 100}%`;
      if (width === null) this.#bench.style.removeProperty(WIDTHS[name]);
      else setStyle(this.#bench, WIDTHS[name], width);
      const { fold } = this.#splitters[name];
      const words = isFolded ? t("Bring this column back") : t("Fold this column away");
      setAttribute(fold, "aria-label", words);
      setAttribute(fold, "title", words);
      setAttribute(fold, "aria-expanded", String(!isFolded));
    }
    setAttribute(this.#bench, "data-folded", away.length > 0 ? away.join(" ") : null);
    const shares = this.#shares;
    for (const name of /** @type {const} */ (["read", "do"])) {
      const now = this.#columns[name].isFolded ? 0 : shares[name] * 100;
      setAttribute(this.#splitters[name].bar, "aria-valuenow", String(Math.round(now)));
    }
  }

  get #isBelow() {
    return kept(CONSOLE) === "below";
  }

  // Below all columns there is room for it on a desk only.
  #placeConsole() {
    const box = find(this.#bench, "run-console");
    const home = find(this.#bench, ".column--do");
    const isBelow = this.#isBelow && DESK.matches && home.querySelector("run-panel") !== null;
    const place = isBelow ? this.#bench : home;
    if (box.parentNode !== place) place.append(box);
    if (home.querySelector("run-panel") === null) return; // there is nothing else in its column
    box.querySelector(".console__head")?.append(this.#dock);
    this.#dock.textContent = isBelow ? "⇥" : "⤓";
    const words = isBelow ? t("Console into the last column") : t("Console below all columns");
    setAttribute(this.#dock, "aria-label", words);
    setAttribute(this.#dock, "title", words);
  }
}
