// Tabs by the book (ARIA Authoring Practices, "tabs with automatic activation"):
// arrows, Home and End move and show; one tab stop for the whole list.

import { findAll } from "./markup.js";

/** Makes a [role=tablist] work; `onShow(panel id)` runs when a person or show() chose a tab. */
export class Tabs {
  /** @type {HTMLElement[]} */
  #tabs;
  #onShow;

  /**
   * @param {HTMLElement} tablist
   * @param {(panelId: string) => void} onShow
   */
  constructor(tablist, onShow) {
    this.#tabs = findAll(tablist, '[role="tab"]');
    this.#onShow = onShow;
    tablist.addEventListener("click", (event) => {
      const tab = /** @type {Element} */ (event.target).closest('[role="tab"]');
      if (tab) this.#choose(/** @type {HTMLElement} */ (tab));
    });
    tablist.addEventListener("keydown", (event) => this.#move(event));
  }

  /** The id of the panel that is shown. */
  get shown() {
    return this.#current.getAttribute("aria-controls") ?? "";
  }

  /**
   * Show a panel by its id; false when there is none of this id.
   * @param {string} panelId
   */
  show(panelId) {
    const tab = this.#tabs.find((each) => each.getAttribute("aria-controls") === panelId);
    if (tab) this.#choose(tab);
    return tab !== undefined;
  }

  get #current() {
    const chosen = this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
    return chosen ?? this.#tabs[0];
  }

  /** @param {HTMLElement} chosen */
  #choose(chosen) {
    for (const tab of this.#tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#onShow(this.shown);
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const last = this.#tabs.length - 1;
    const here = this.#tabs.indexOf(this.#current);
    /** @type {Record<string, number | undefined>} */
    const goals = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    };
    const goal = goals[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    this.#choose(this.#tabs[goal]);
    this.#tabs[goal].focus();
  }
}
