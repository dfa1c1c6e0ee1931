// <connection-bar>: says that the page has lost its timeline, and how to try again.

import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";

export class ConnectionBar extends HTMLElement {
  #text = h("span");

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    this.setAttribute("role", "status");
    const retry = h(
      "button",
      { class: "button", type: "button", onclick: () => ask(this, "timeline-retry") },
      t("Try now"),
    );
    this.append(h("span", { class: "dot dot--wait" }), this.#text, retry);
  }

  /** Show what the timeline tells: {state, retryInS}. */
  update(/** @type {{state: string}} */ { state }) {
    if (state === "live") this.hidden = true;
    if (state === "lost") {
      this.hidden = false;
      setText(this.#text, t("Connection to Socket Lab lost, trying again…"));
    }
  }
}

customElements.define("connection-bar", ConnectionBar);
