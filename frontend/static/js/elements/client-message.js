// <client-message>: sends messages as text or as bytes in hex, and shows what came back.

import "./message-log.js";
import { byteCount, inLanguage } from "../words/format.js";
import { locale, t } from "../words/i18n.js";
import { oneWayWords } from "../words/one-way.js";
import { inFrame } from "../dom/frame.js";
import { h, notYet, on, setText } from "../dom/markup.js";
import { encode, parseHex } from "../model/payload.js";
import { presetChips } from "./preset-chips.js";
import { visible } from "../model/text.js";

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { MessageClient } from "../model/types.d.ts" */

/** @type {Readonly<Record<string, string>>} */
const ENDINGS = Object.freeze({ none: "", lf: "\n", crlf: "\r\n" });
const LONG_BYTES = 5000; // more than one segment, and more than the buffers of the labs' servers
let made = 0;

export class ClientMessage extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {{client: MessageClient}} */
  lab = notYet();
  #log = h("message-log");
  #text = h("textarea", {
    class: "field message__text",
    rows: "1",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    placeholder: t("Message"),
    "aria-label": t("Message"),
  });
  #send = h("button", { class: "button button--primary", type: "submit" }, t("Send"));
  #form = h("form", { class: "message__form" });
  #as = h("select", { class: "field" });
  #ending = h("select", { class: "field" });
  #problem = h("p", { class: "message__problem", role: "alert", hidden: true });
  #waiting = h("p", { class: "message__waiting", role: "status", hidden: true });
  #sent = ""; // the last text, until it is known that it left the page
  /** @type {number | undefined} the newest entry of the log */
  #newest;
  #reveal = () => this.#form.scrollIntoView({ block: "nearest" });

  connectedCallback() {
    if (this.firstChild) return;
    const { presets = [], one_way: oneWay = false } = this.lab.client;
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.append(this.#text, this.#send);
    this.append(
      this.#log,
      oneWay ? h("p", { class: "message__one-way" }, oneWayWords()) : "",
      this.#waiting,
      this.#form,
      this.#problem,
      h("div", { class: "message__below" }, this.#presets(presets), this.#options()),
    );
    on(this.session, "closed", (/** @type {Told["closed"]} */ end) => this.#giveBack(end));
  }

  update() {
    this.#log.update(this.session);
    const newest = this.session.log.at(-1)?.id;
    const isNews = newest !== this.#newest;
    this.#newest = newest;
    // What comes moves the field down: whoever types there keeps it in sight.
    if (isNews && document.activeElement === this.#text) inFrame("place", this.#reveal);
    const waiting = this.session.queuedBytes;
    this.#waiting.hidden = waiting === 0 || this.session.state === "connecting";
    setText(
      this.#waiting,
      t("{size} waiting: the server does not read", { size: byteCount(waiting) }),
    );
  }

  #presets(/** @type {MessageClient["presets"]} */ examples) {
    const presets = examples.map((example) => {
      const text = typeof example === "string" ? example : inLanguage(example, locale);
      return { text, label: visible(text, { lines: true }).replaceAll("\n", "↵") };
    });
    const long = t("long, {size}", { size: byteCount(LONG_BYTES) });
    if (examples.length > 0) presets.push({ text: longText(LONG_BYTES), label: long });
    return presetChips(presets, {
      fill: (text) => {
        this.#as.value = "text";
        this.#text.value = text;
        this.#text.focus();
      },
      send: () => this.#form.requestSubmit(),
    });
  }

  #options() {
    made += 1;
    const option = (/** @type {string} */ value, /** @type {string} */ text) =>
      h("option", { value }, text);
    this.#as.id = `message-as-${made}`;
    this.#as.append(option("text", t("text (UTF-8)")), option("hex", t("bytes in hex: d0 9f 0a")));
    this.#ending.id = `message-ending-${made}`;
    this.#ending.append(
      option("none", t("nothing")),
      option("lf", t("newline (LF, \\n)")),
      option("crlf", t("CR LF (\\r\\n)")),
    );
    const byDefault = this.lab.client.line_ending ?? "";
    this.#ending.value = Object.keys(ENDINGS).find((name) => ENDINGS[name] === byDefault) ?? "none";
    return h(
      "details",
      { class: "message__options" },
      h("summary", {}, t("How it is sent")),
      h(
        "div",
        { class: "message__choices" },
        h("label", { for: this.#as.id }, t("Send as")),
        this.#as,
        h("label", { for: this.#ending.id }, t("At the end")),
        this.#ending,
      ),
    );
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const bytes = this.#bytes();
    this.#problem.hidden = bytes !== null;
    if (bytes === null) {
      setText(this.#problem, t("These are not bytes in hex: each byte is two digits, 0–9 or a–f."));
      return;
    }
    if (bytes.length === 0 && this.session.transport === "tcp") {
      this.#problem.hidden = false;
      setText(this.#problem, nothingWords());
      return;
    }
    if (this.session.send(bytes)) {
      this.#sent = this.#text.value;
      this.#text.value = "";
    }
    this.#text.focus();
  }

  // What was never sent comes back into the field, unless something else stands there.
  #giveBack(/** @type {Told["closed"]} */ { unsentBytes }) {
    if (unsentBytes > 0 && this.#text.value === "") this.#text.value = this.#sent;
    this.#sent = "";
  }

  #bytes() {
    if (this.#as.value === "hex") return parseHex(this.#text.value);
    return encode(this.#text.value + ENDINGS[this.#ending.value]);
  }
}

// Numbered, so that one sees which part of it has come: "0000 0005 0010 …".
function longText(/** @type {number} */ bytes) {
  const words = Array.from({ length: bytes / 5 }, (_, i) => String(i * 5).padStart(4, "0"));
  return `${words.join(" ")}.`;
}

function nothingWords() {
  return t(
    "Nothing to send: a stream of bytes has no empty messages. UDP could send an empty datagram.",
  );
}

customElements.define("client-message", ClientMessage);
