// <client-window>: a chat client as a window of a desktop has it. Two fields and one button: the
// first message connects and logs in, another login makes another connection.

import "./message-log.js";
import { t } from "../words/i18n.js";
import { h, notYet, on } from "../dom/markup.js";
import { loginOf } from "../model/people.js";
import { encode } from "../model/payload.js";
import { oneWayWords } from "../words/one-way.js";

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { ChatClient } from "../model/types.d.ts" */

let made = 0;

export class ClientWindow extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {{client: ChatClient}} */
  lab = notYet();
  #nth = ++made;
  #login = h("input", { class: "field", autocomplete: "off", maxlength: "40" });
  #text = h("input", { class: "field", autocomplete: "off", enterkeyhint: "send" });
  #form = h("form", { class: "window__form" });
  #log = h("message-log");
  /** @type {string | null} */
  #knownAs = null; // the login that the server has got on this connection
  #sent = ""; // the last text, until it is known that it left the page

  connectedCallback() {
    if (this.firstChild) return;
    this.#login.id = `window-login-${this.#nth}`;
    this.#text.id = `window-text-${this.#nth}`;
    this.#login.defaultValue = `${t("student")}${this.#nth}`;
    this.#form.append(
      h("label", { for: this.#login.id }, t("Login")),
      this.#login,
      h("label", { for: this.#text.id }, t("Message")),
      this.#text,
      h("button", { class: "button button--primary", type: "submit" }, t("Send")),
    );
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.append(this.#log, this.#form);
    if (this.lab.client.one_way) this.append(h("p", { class: "message__one-way" }, oneWayWords()));
    on(this.session, "closed", (/** @type {Told["closed"]} */ end) => this.#closed(end));
  }

  update(/** @type {{myName?: string}} */ { myName } = {}) {
    if (myName) this.#login.defaultValue = loginOf(myName, this.#nth);
    this.#log.update(this.session);
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const login = oneLine(this.#login.value);
    const text = oneLine(this.#text.value);
    if (login === "" || text === "") {
      (login === "" ? this.#login : this.#text).focus();
      return;
    }
    if (!this.#connect(login)) return;
    const { login_line: loginLine, template } = this.lab.client;
    const holes = { login, text };
    if (this.#knownAs === null && loginLine) this.#say(loginLine, holes);
    this.#knownAs = login;
    if (!this.#say(template, holes)) return;
    this.#sent = text;
    this.#text.value = "";
    this.#text.focus();
  }

  #connect(/** @type {string} */ login) {
    const other = this.#knownAs !== null && this.#knownAs !== login;
    if (other) this.#knownAs = null;
    return other ? this.session.reconnect() : this.session.connect();
  }

  #say(/** @type {string} */ template, /** @type {Record<string, string>} */ holes) {
    const line = template.replace(
      /\{(login|text)\}/g,
      (/** @type {string} */ _, /** @type {string} */ name) => holes[name],
    );
    return this.session.send(encode(line + this.lab.client.line_ending));
  }

  #closed(/** @type {Told["closed"]} */ { unsentBytes }) {
    this.#knownAs = null;
    if (unsentBytes > 0 && this.#text.value === "") this.#text.value = this.#sent;
    this.#sent = "";
  }
}

const oneLine = (/** @type {string} */ text) => text.trim().replace(/\s+/g, " ");

customElements.define("client-window", ClientWindow);
