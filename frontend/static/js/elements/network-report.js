// <network-report>: what may keep people out, as this browser and as the server see it.

import { lookFromHere, readDoctor } from "../net/doctor.js";
import { t } from "../words/i18n.js";
import { find, h, setText } from "../dom/markup.js";

/** @typedef {{what: string, advice: string, verdict: "good" | "doubtful" | "bad"}} Said */
/** @typedef {{code: string, facts: Record<string, string>}} Found */

const MARKS = { good: "✓", doubtful: "?", bad: "✗" };

class NetworkReport extends HTMLElement {
  /** @type {{room: string, findings: Record<string, Said>}} */
  #page = { room: "", findings: {} };

  connectedCallback() {
    this.#page = JSON.parse(find(document, "#page").textContent);
    find(this, ".network-again").addEventListener("click", () => this.#look());
    this.#look();
  }

  async #look() {
    const again = /** @type {HTMLButtonElement} */ (find(this, ".network-again"));
    const here = find(this, ".network-here");
    const server = find(this, ".network-server");
    const note = find(this, ".network-note");
    again.disabled = true;
    setText(note, t("Checking… this takes a few seconds."));
    here.replaceChildren();
    server.replaceChildren();
    const asking = readDoctor(this.#page.room).then(
      ({ findings }) => {
        server.append(...findings.map((each) => this.#item(each)));
        return t("Done.");
      },
      (/** @type {Error} */ error) => error.message,
    );
    await lookFromHere((found) => here.append(this.#item(found)));
    setText(note, await asking);
    again.disabled = false;
  }

  #item(/** @type {Found} */ { code, facts }) {
    const { what, advice, verdict } = this.#page.findings[code] ?? {
      what: code,
      advice: "",
      verdict: "doubtful",
    };
    const fill = (/** @type {string} */ text) =>
      text.replace(/\{(\w+)\}/g, (hole, name) => facts[name] ?? hole);
    return h(
      "li",
      { class: `finding finding--${verdict}` },
      h("span", { class: "finding-mark", "aria-hidden": "true" }, MARKS[verdict]),
      h("p", { class: "finding-what" }, fill(what)),
      ...(advice === "" ? [] : [h("p", { class: "finding-advice" }, fill(advice))]),
    );
  }
}

customElements.define("network-report", NetworkReport);
