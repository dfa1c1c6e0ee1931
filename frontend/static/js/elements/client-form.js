// <client-form>: named fields that become one line, and the server's answer to it.

import { t } from "../words/i18n.js";
import { inLanguage } from "../words/format.js";
import { LineDecoder } from "../model/line-decoder.js";
import { reconcile } from "../dom/list.js";
import { h, notYet, on, setAttribute, setText } from "../dom/markup.js";
import { reach } from "../dom/reach.js";
import { encode } from "../model/payload.js";
import { visible } from "../model/text.js";

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { FormClient, FormField } from "../model/types.d.ts" */

const HISTORY = 50;
let made = 0;

export class ClientForm extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {{client: FormClient}} */
  lab = notYet();
  /** The language of the lab's words. @override */
  lang = "en";
  /** @type {Map<string, HTMLInputElement>} */
  #fields = new Map();
  #form = h("form", { class: "form__fields" });
  #answer = h("output", { class: "form__answer", "aria-live": "polite" });
  #history = h("ol", { class: "form__history", "aria-label": t("Earlier answers") });
  /** @type {{id: number, line: string}[]} */
  #asked = []; // sent, and not answered yet
  /** @type {{id: number, line: string, answer: string}[]} */
  #answered = [];
  #nextId = 1;
  #lines = new LineDecoder();

  connectedCallback() {
    if (this.firstChild) return;
    for (const field of this.lab.client.fields) this.#form.append(this.#field(field));
    this.#form.append(
      h("button", { class: "button button--primary", type: "submit" }, t("Compute")),
    );
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.append(this.#form, this.#answer, this.#history);
    reach(this.#history);
    this.session.addEventListener("opened", () => {
      this.#lines = new LineDecoder();
    });
    on(this.session, "data", (/** @type {Told["data"]} */ { bytes }) =>
      this.#take(this.#lines.push(bytes)),
    );
    this.session.addEventListener("eof", () => this.#take(this.#lines.end()));
    this.session.addEventListener("anew", () => (this.#answered = []));
    this.session.addEventListener("closed", () => {
      this.#asked = [];
      this.update();
    });
  }

  update() {
    const last = this.#answered.at(-1);
    const waiting = this.#asked.length > 0;
    setText(this.#answer, waiting ? t("waiting for the answer…") : visible(last?.answer ?? ""));
    const error = !waiting && last !== undefined && this.#isError(last.answer);
    setAttribute(this.#answer, "data-tone", waiting ? "wait" : error ? "danger" : null);
    this.#answer.hidden = !waiting && last === undefined;
    reconcile(this.#history, this.#answered.slice(0, -1).reverse(), {
      key: ({ id }) => id,
      create: ({ line, answer }) =>
        h(
          "li",
          { "data-tone": this.#isError(answer) ? "danger" : null },
          h("code", {}, visible(line)),
          " → ",
          visible(answer),
        ),
    });
  }

  #isError(/** @type {string} */ answer) {
    const { error_prefix: prefix } = this.lab.client;
    return prefix !== null && answer.startsWith(prefix);
  }

  #field(/** @type {FormField} */ { name, label, value }) {
    made += 1;
    const input = h("input", {
      class: "field",
      id: `form-${name}-${made}`,
      value: value ?? "",
      inputmode: "text",
      autocomplete: "off",
    });
    this.#fields.set(name, input);
    return h(
      "div",
      { class: "form__field" },
      h("label", { for: input.id }, inLanguage(label, this.lang)),
      input,
    );
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const { template, line_ending: ending = "\n" } = this.lab.client;
    const line = template.replace(
      /\{(\w+)\}/g,
      (/** @type {string} */ hole, /** @type {string} */ name) =>
        this.#fields.get(name)?.value ?? hole,
    );
    if (!this.session.send(encode(line + ending))) return;
    this.#asked.push({ id: this.#nextId++, line });
    this.update();
  }

  // The server answers lines in order; a line that nobody asked for is shown all the same.
  #take(/** @type {string[]} */ lines) {
    for (const answer of lines) {
      const { id, line } = this.#asked.shift() ?? { id: this.#nextId++, line: "" };
      this.#answered = [...this.#answered.slice(1 - HISTORY), { id, line, answer }];
    }
    this.update();
  }
}

customElements.define("client-form", ClientForm);
