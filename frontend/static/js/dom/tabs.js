// Tabs by the book (ARIA Authoring Practices, "tabs with automatic activation"):
// arrows, Home and End move and show; one tab stop for the whole list.

/** Makes a [role=tablist] work; `onShow(panel id)` runs when a person or show() chose a tab. */
export class Tabs {
  #tabs;
  #onShow;

  constructor(tablist, onShow) {
    this.#tabs = [...tablist.querySelectorAll('[role="tab"]')];
    this.#onShow = onShow;
    tablist.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) this.#choose(tab);
    });
    tablist.addEventListener("keydown", (event) => this.#move(event));
  }

  /** The id of the panel that is shown. */
  get shown() {
    return this.#current.getAttribute("aria-controls");
  }

  /** Show a panel by its id; false when there is none of this id. */
  show(panelId) {
    const tab = this.#tabs.find((each) => each.getAttribute("aria-controls") === panelId);
    if (tab) this.#choose(tab);
    return tab !== undefined;
  }

  get #current() {
    return this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
  }

  #choose(chosen) {
    for (const tab of this.#tabs) {
      tab.setAttribute("aria-selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#onShow(this.shown);
  }

  #move(event) {
    const last = this.#tabs.length - 1;
    const here = this.#tabs.indexOf(this.#current);
    const goal = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    this.#choose(this.#tabs[goal]);
    this.#tabs[goal].focus();
  }
}
