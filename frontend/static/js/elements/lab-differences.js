// <lab-differences>: a link to the page that sets a lab beside the one that it evolved from. load()
// puts what that page shows in its own place: most readers never ask for it, and it weighs a third
// of the workbench.

import { t } from "../words/i18n.js";
import { loadLateSheet } from "../dom/late-sheet.js";
import { find, h, setText } from "../dom/markup.js";

export class LabDifferences extends HTMLElement {
  #problem = h("p", { role: "status" });
  #isLoading = false;

  connectedCallback() {
    this.append(this.#problem);
  }

  /** Become the differences. What could not be loaded is asked for anew the next time. */
  async load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.setAttribute("aria-busy", "true");
    const link = /** @type {HTMLAnchorElement} */ (find(this, "a"));
    const [html] = await Promise.all([fetchText(link).catch(() => null), loadLateSheet()]);
    this.#isLoading = false;
    this.removeAttribute("aria-busy");
    if (html === null) {
      setText(this.#problem, t("The differences could not be loaded."));
      return;
    }
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const shown = document.adoptNode(find(parsed, ".diff"));
    const hadFocus = this.contains(document.activeElement);
    this.replaceWith(shown);
    if (hadFocus) find(shown, ".diff-scroll").focus();
  }
}

/** Load the differences of a reader that has them not yet. */
export function loadDifferences(/** @type {HTMLElement} */ reader) {
  const differences = reader.querySelector("lab-differences");
  if (!differences) return;
  customElements.upgrade(differences); // of a reader that was just put into the page it is none yet
  differences.load();
}

async function fetchText(/** @type {HTMLAnchorElement} */ { href }) {
  const address = new URL(href);
  address.searchParams.set("lang", document.documentElement.lang);
  const response = await fetch(address);
  return response.ok ? response.text() : null;
}

customElements.define("lab-differences", LabDifferences);
