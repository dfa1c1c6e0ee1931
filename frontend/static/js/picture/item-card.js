// The card of a picture: it tells of what a person points at, and stays for what was picked.

import { inFrame } from "../dom/frame.js";
import { h } from "../dom/markup.js";
import { loadLateSheet } from "../dom/late-sheet.js";
import { soon } from "../dom/soon.js";

/** @import { Facts } from "./event-card.js" */
/** @typedef {typeof import("../words/diagram-meanings.js").explain} Explain what a thing means, in a sentence */

const loadWhatIsTold = soon(() =>
  Promise.all([import("./event-card.js"), import("../words/diagram-meanings.js"), loadLateSheet()]),
);

// Where a card stands at least and at most, of which its picture may have become too small: in px, and as
// a part of its height.
const LEAST = 8;
const MOST = 0.7;

/** @template Item */
export class ItemCard {
  // What is told can be selected and scrolled without losing the focus to the page.
  element = h("div", { class: "event-card", hidden: true, role: "status", tabindex: "-1" });
  #tell;
  #place;
  #onhide;
  #onleave;
  #isPinned = false;
  /** @type {Item | null} */
  #item = null; // what is told of
  #resizes = new ResizeObserver(() => inFrame("place", this.#standing)); // once it is drawn anew
  #standing = () => this.#stand();

  /**
   * `tell(item, explain)` gives what fillCard() shows; `place(item)` where: {isAbove, y} in px;
   * `onleave()` takes the focus from a card that is hidden.
   * @param {{tell: (item: Item, explain: Explain) => Facts, place: (item: Item) => {isAbove: boolean, y: number},
   *   onhide?: () => void, onleave?: () => void}} how
   */
  constructor({ tell, place, onhide = () => {}, onleave = () => {} }) {
    this.#tell = tell;
    this.#place = place;
    this.#onhide = onhide;
    this.#onleave = onleave;
    this.element.addEventListener("keydown", ({ key }) => key === "Escape" && this.hide());
  }

  /** Tell of an item while a person points at it; null: at nothing. */
  point(/** @type {Item | null} */ item) {
    if (this.#isPinned) return;
    if (item === null) this.#show(null);
    else this.#tellOf(item);
  }

  /** Tell of an item until the card is closed. */
  pin(/** @type {Item} */ item) {
    this.#isPinned = true;
    this.#tellOf(item);
  }

  hide() {
    const hasFocus = this.element.contains(document.activeElement);
    this.#isPinned = false;
    this.#show(null);
    this.#onhide();
    if (hasFocus) this.#onleave();
  }

  #show(/** @type {Item | null} */ item) {
    this.#item = item;
    this.element.hidden = item === null;
  }

  async #tellOf(/** @type {Item} */ item) {
    this.#item = item;
    const loaded = await loadWhatIsTold().catch(() => null);
    if (loaded === null || this.#item !== item) return; // a person points at something else by now
    const [{ fillCard }, { explain }] = loaded;
    fillCard(this.element, this.#tell(item, explain), { onclose: () => this.hide() });
    this.#show(item);
    this.element.classList.toggle("is-pinned", this.#isPinned);
    this.#stand();
    if (this.element.parentElement) this.#resizes.observe(this.element.parentElement);
  }

  #stand() {
    if (this.#item === null || this.element.hidden) return;
    const { isAbove, y } = this.#place(this.#item);
    const most = (this.element.parentElement?.clientHeight ?? 0) * MOST;
    this.element.classList.toggle("is-above", isAbove);
    this.element.style.setProperty("--y", `${Math.max(LEAST, Math.min(y, most))}px`);
  }
}
