// <client-watch>: registers a name, then shows the last line that the server sent, large.
// The name is a request for a limited time: it is repeated, and withdrawn at the end.

import "./message-log.js";
import { t } from "../words/i18n.js";
import { LineDecoder } from "../model/line-decoder.js";
import { h, notYet, on, setAttribute, setText } from "../dom/markup.js";
import { encode } from "../model/payload.js";
import { visible } from "../model/text.js";

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { WatchClient } from "../model/types.d.ts" */

const CLOCK = /^(.*), (\d{1,2}:\d{2}:\d{2})$/;
let made = 0;

export class ClientWatch extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {{client: WatchClient}} */
  lab = notYet();
  #name = h("input", { class: "field", autocomplete: "off", maxlength: "60" });
  #button = h("button", { class: "button", type: "submit" });
  #form = h("form", { class: "watch__form" });
  #who = h("span", { class: "watch__who" });
  #time = h("span", { class: "watch__time" });
  #face = h("div", { class: "watch__face", "aria-live": "off" }, this.#who, this.#time);
  #logBox = h("details", { class: "watch__log" });
  #log = h("message-log");
  #watching = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #last = "";
  #lines = new LineDecoder();

  connectedCallback() {
    if (this.firstChild) return;
    made += 1;
    this.#name.id = `watch-name-${made}`;
    this.#name.value = `${t("Anna")}${made > 1 ? ` ${made}` : ""}`;
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#form.append(h("label", { for: this.#name.id }, t("Name")), this.#name, this.#button);
    this.#logBox.append(h("summary", {}, t("All messages")), this.#log);
    this.append(this.#form, this.#face, this.#logBox);
    this.session.addEventListener("opened", () => {
      this.#lines = new LineDecoder();
    });
    on(this.session, "data", (/** @type {Told["data"]} */ { bytes }) => this.#take(bytes));
    this.session.addEventListener("failure", () => this.#ended());
    this.session.addEventListener("closed", () => this.#ended());
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  update() {
    setText(this.#button, this.#watching ? t("Stop watching") : t("Watch"));
    this.#button.classList.toggle("button--primary", !this.#watching);
    this.#name.disabled = this.#watching;
    const [, who, time] = CLOCK.exec(this.#last) ?? ["", "", this.#last];
    setText(this.#who, visible(who));
    setText(this.#time, visible(time) || (this.#watching ? t("waiting…") : "––:––:––"));
    setAttribute(this.#face, "data-kind", this.#last === "" ? "empty" : who ? "clock" : "text");
    this.#face.classList.toggle("watch__face--off", !this.#watching);
    this.#log.update(this.session);
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    if (this.#watching) this.#leave();
    else this.#begin();
    this.update();
  }

  #begin() {
    const { register = "{name}", repeat_s: repeatS = 0 } = this.lab.client;
    const request = register.replaceAll("{name}", this.#name.value.trim() || t("Anna"));
    this.#last = "";
    if (!this.#say(request)) return;
    this.#watching = true;
    if (repeatS > 0) this.#timer = setInterval(() => this.#say(request), repeatS * 1000);
  }

  #leave() {
    const { leave = "" } = this.lab.client;
    if (leave !== "" && this.session.isLive) this.#say(leave);
    this.#ended();
  }

  #say(/** @type {string} */ text) {
    return this.session.send(encode(text + (this.lab.client.line_ending ?? "")));
  }

  #ended() {
    clearInterval(this.#timer);
    this.#watching = false;
    this.update();
  }

  #take(/** @type {Told["data"]["bytes"]} */ bytes) {
    const udp = this.session.transport === "udp";
    const lines = udp ? [new TextDecoder().decode(bytes).trim()] : this.#lines.push(bytes);
    this.#last = lines.at(-1) ?? this.#last;
    this.update();
  }
}

customElements.define("client-watch", ClientWatch);
