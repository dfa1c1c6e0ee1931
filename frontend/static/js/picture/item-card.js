// The card of a picture: it tells of what a person points at, and stays for what was picked.

import { fillCard } from "./event-card.js";
import { h } from "../dom/markup.js";

/** @import { Facts } from "./event-card.js" */

/** @template Item */
export class ItemCard {
  element = h("div", { class: "event-card", hidden: true, role: "status" });
  #tell;
  #place;
  #onhide;
  #isPinned = false;

  /**
   * `tell(item)` gives what fillCard() shows; `place(item)` where: {isAbove, y} in px.
   * @param {{tell: (item: Item) => Facts, place: (item: Item) => {isAbove: boolean, y: number},
   *   onhide?: () => void}} how
   */
  constructor({ tell, place, onhide = () => {} }) {
    this.#tell = tell;
    this.#place = place;
    this.#onhide = onhide;
  }

  /** Tell of an item while a person points at it; null: at nothing. */
  point(/** @type {Item | null} */ item) {
    if (this.#isPinned) return;
    if (item === null) this.element.hidden = true;
    else this.#show(item);
  }

  /** Tell of an item until the card is closed. */
  pin(/** @type {Item} */ item) {
    this.#isPinned = true;
    this.#show(item);
  }

  hide() {
    this.#isPinned = false;
    this.element.hidden = true;
    this.#onhide();
  }

  #show(/** @type {Item} */ item) {
    fillCard(this.element, this.#tell(item), { onclose: () => this.hide() });
    this.element.hidden = false;
    this.element.classList.toggle("is-pinned", this.#isPinned);
    const { isAbove, y } = this.#place(item);
    this.element.classList.toggle("is-above", isAbove);
    this.element.style.setProperty("--y", `${y}px`);
  }
}
