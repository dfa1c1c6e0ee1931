// <bench-tabs>: on a narrow screen one column of the workbench at a time, or one beside the last; on a
// wide one all (bench-columns.js).

import { BenchColumns } from "./bench-columns.js";
import { find } from "../dom/markup.js";
import { Tabs } from "../dom/tabs.js";

const TWO = matchMedia("(43.75rem <= width < 62.5rem)");

export class BenchTabs extends HTMLElement {
  /** @type {Tabs | null} */
  #tabs = null;

  connectedCallback() {
    if (this.#tabs !== null) return;
    const bench = find(document, ".workbench");
    const tabs = new Tabs(this, (column) => {
      bench.dataset.shown = column;
    });
    this.#tabs = tabs;
    new BenchColumns(bench);
    // Where two columns have room the last one is always there, and has no tab.
    const leaveLast = () => TWO.matches && tabs.shown === "do" && tabs.show("see");
    TWO.addEventListener("change", leaveLast);
    leaveLast();
  }
}

customElements.define("bench-tabs", BenchTabs);
