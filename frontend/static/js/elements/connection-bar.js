// <connection-bar>: says that the page has lost its timeline, and how to try again; or that it goes
// on over plain HTTP, since this network lets no WebSockets through.

import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";

/** @import { Status } from "../net/stream.js" */

export class ConnectionBar extends HTMLElement {
  #text = h("span", { class: "connection__text" });
  #retry = h(
    "button",
    { class: "button", type: "button", onclick: () => ask(this, "timeline-retry") },
    t("Try now"),
  );
  #read = h(
    "button",
    { class: "button", type: "button", onclick: () => (this.hidden = true) },
    t("Got it"),
  );
  #said = ""; // what stands here, or was read

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    this.setAttribute("role", "status");
    this.append(h("span", { class: "dot dot--wait" }), this.#text, this.#retry, this.#read);
  }

  /** Show what the timeline tells. */
  update(/** @type {Status} */ status) {
    if (status.state === "lost" && status.ended) {
      this.#say(
        "ended",
        t("The server has been stopped. When it is back, this page goes on by itself."),
      );
    } else if (status.state === "lost" && this.#said !== "ended")
      this.#say("lost", t("Connection to Socket Lab lost, trying again…"));
    if (status.state === "out") this.#say("", ""); // why, the page of a class says
    if (status.state !== "live") return;
    if (status.plain) {
      this.#say(
        "plain",
        t(
          "Your network does not let WebSockets through; Socket Lab goes on over plain HTTP. It works, a little slower.",
        ),
      );
    } else this.#say("", "");
  }

  // What somebody has read is not said to them again with each new attempt.
  #say(/** @type {"lost" | "ended" | "plain" | ""} */ what, /** @type {string} */ text) {
    if (what === this.#said) return;
    this.#said = what;
    this.hidden = what === "";
    this.dataset.says = what;
    this.#retry.hidden = what !== "lost" && what !== "ended";
    this.#read.hidden = what !== "plain";
    setText(this.#text, text);
  }
}

customElements.define("connection-bar", ConnectionBar);
