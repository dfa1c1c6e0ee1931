// <bench-tabs>: on a narrow screen one column of the workbench at a time.

import { find } from "../dom/markup.js";
import { Tabs } from "../dom/tabs.js";

export class BenchTabs extends HTMLElement {
  /** @type {Tabs | null} */
  #tabs = null;

  connectedCallback() {
    const bench = find(document, ".workbench");
    this.#tabs ??= new Tabs(this, (column) => {
      bench.dataset.shown = column;
    });
  }
}

customElements.define("bench-tabs", BenchTabs);
