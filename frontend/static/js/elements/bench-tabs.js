// <bench-tabs>: on a narrow screen one column of the workbench at a time, or one beside the last; on a
// wide one all (bench-columns.js).

import { BenchColumns } from "./bench-columns.js";
import { nextTask } from "../dom/frame.js";
import { find } from "../dom/markup.js";
import { Tabs } from "../dom/tabs.js";

const DESK = matchMedia("(width >= 62.5rem)");
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
    this.#addColumns(bench);
    // Where two columns have room the last one is always there, and has no tab.
    const leaveLast = () => TWO.matches && tabs.shown === "do" && tabs.show("see");
    TWO.addEventListener("change", leaveLast);
    leaveLast();
  }

  // Where one column is seen at a time nobody waits for splitters: they come in a task of their own.
  async #addColumns(/** @type {HTMLElement} */ bench) {
    if (!DESK.matches) await nextTask();
    new BenchColumns(bench);
  }
}

customElements.define("bench-tabs", BenchTabs);
