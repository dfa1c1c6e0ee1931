// <connection-bar>: says that the page has lost its timeline, and how to try again; that it goes on
// over plain HTTP, since this network lets no WebSockets through; or that the server does not remember
// what happens now.

import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";
import { visible } from "../model/text.js";

/** @import { MemoryChanged } from "../model/types.d.ts" */

/** @import { Status } from "../net/stream.js" */

/** What is said, and its words. @typedef {["" | "lost" | "ended" | "plain" | "memory" | "past", string]} Saying */

/** @type {Saying} */
const NOTHING = ["", ""];

export class ConnectionBar extends HTMLElement {
  #text = h("span", { class: "connection__text" });
  #retry = h(
    "button",
    { class: "button", type: "button", onclick: () => ask(this, "timeline-retry") },
    t("Try now"),
  );
  #read = h(
    "button",
    { class: "button", type: "button", onclick: () => this.#hide() },
    t("Got it"),
  );
  #save = h(
    "button",
    { class: "button", type: "button", hidden: true, onclick: () => ask(this, "past-save") },
    t("Save it"),
  );
  #said = ""; // what stands here, or was read
  /** @type {Saying} what the timeline tells of its connection */
  #link = NOTHING;
  /** @type {MemoryChanged | null} */
  #memory = null;
  #isPast = false;

  connectedCallback() {
    if (this.firstChild) return;
    this.hidden = true;
    this.setAttribute("role", "status");
    this.append(
      h("span", { class: "dot dot--wait" }),
      this.#text,
      this.#save,
      this.#retry,
      this.#read,
    );
  }

  /** Whether the page shows what was before the server began anew, which can be saved. */
  offer(/** @type {boolean} */ isPast) {
    if (isPast === this.#isPast) return;
    this.#isPast = isPast;
    this.#show();
  }

  #hide() {
    this.hidden = true;
    if (this.#isPast) ask(this, "past-leave");
  }

  /** Show what the timeline tells. */
  update(/** @type {Status} */ status) {
    if (status.state === "lost" && status.ended) this.#link = ["ended", endedWords()];
    else if (status.state === "lost" && this.#link[0] !== "ended")
      this.#link = ["lost", t("Connection to Socket Lab lost, trying again…")];
    else if (status.state === "live") this.#link = status.plain ? ["plain", plainWords()] : NOTHING;
    else if (status.state === "out") this.#link = NOTHING; // why, the page of a class says
    this.#show();
  }

  /** Show what was told last of what is remembered. */
  remember(/** @type {MemoryChanged | null} */ memory) {
    if (memory === this.#memory) return;
    this.#memory = memory;
    this.#show();
  }

  // A lost connection comes first.
  #show() {
    const memory = this.#memory;
    const isLost = this.#link[0] === "lost" || this.#link[0] === "ended";
    if (!isLost && this.#isPast) this.#say(["past", pastWords()]);
    else if (!isLost && memory !== null && memory.state !== "kept") {
      const reason = visible(memory.reason ?? "");
      const words = t("Events are not being saved now: {reason}", { reason });
      this.#say(["memory", words]);
    } else this.#say(this.#link);
  }

  // What somebody has read is not said to them again with each new attempt.
  #say(/** @type {Saying} */ [what, text]) {
    if (`${what} ${text}` === this.#said) return;
    this.#said = `${what} ${text}`;
    const isLost = what === "lost" || what === "ended";
    this.hidden = what === "";
    this.dataset.says = what;
    this.#retry.hidden = !isLost;
    this.#read.hidden = isLost;
    this.#save.hidden = what !== "past";
    setText(this.#read, what === "past" ? t("Show what is there now") : t("Got it"));
    setText(this.#text, text);
  }
}

const endedWords = () =>
  t("Socket Lab was stopped. When it is back, this page continues by itself.");

const pastWords = () =>
  t("Socket Lab was restarted and no longer remembers what you see here: it is from before.");

const plainWords = () =>
  t(
    "Your network does not let WebSockets through; Socket Lab goes on over plain HTTP. It works, a little slower.",
  );

customElements.define("connection-bar", ConnectionBar);
