// The Read column of a replay: the programs of the lab as this playground has them, written by the server
// as for the workbench.

import "./reader.js";
import { t } from "../words/i18n.js";
import { find, findAll, h } from "../dom/markup.js";
import { at } from "../net/base.js";

/** @import { Lab } from "../model/recorded-labs.js" */

export class RecordedSources {
  #column;
  #query;
  /** @type {Lab | null} */
  #lab = null;

  /**
   * @param {HTMLElement} column
   * @param {{lang: string, room: string}} page
   */
  constructor(column, { lang, room }) {
    this.#column = column;
    this.#query = new URLSearchParams({ lang, room });
  }

  /** Show the programs of a lab; returns whether they are there, once it is known. */
  async show(/** @type {Lab} */ lab) {
    this.#lab = lab;
    if (lab.isStrange) {
      this.#say(t("This Socket Lab does not have the recorded lab."));
      return false;
    }
    const html = await this.#fetch(lab).catch(() => null);
    if (this.#lab !== lab) return false;
    if (html === null) {
      this.#say(t("The programs of the lab could not be loaded."));
      return false;
    }
    const parsed = new DOMParser().parseFromString(html, "text/html");
    this.#column.replaceChildren(document.adoptNode(find(parsed, "lab-reader")));
    const main = lab.programs.includes("demo") ? "demo.py" : "server.py";
    for (const tab of findAll(this.#column, `[id="tab-${main}"]`)) tab.click();
    return true;
  }

  async #fetch(/** @type {Lab} */ lab) {
    const response = await fetch(at(`/replay/labs/${lab.id}?${this.#query}`));
    return response.ok ? response.text() : null;
  }

  #say(/** @type {string} */ words) {
    this.#column.replaceChildren(h("p", { class: "replay-none" }, words));
  }
}
