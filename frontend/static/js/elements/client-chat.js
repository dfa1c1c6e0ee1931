// <client-chat>: lines of a chat, one's own and those of others; a login first where the lab
// asks for one.

import { oneWayWords } from "./client-message.js";
import { FollowScroll } from "../dom/follow-scroll.js";
import { clockTime, t } from "../words/i18n.js";
import { LineDecoder } from "../model/line-decoder.js";
import { reconcile } from "../dom/list.js";
import { h, notYet, on, setText } from "../dom/markup.js";
import { encode } from "../model/payload.js";
import { visible } from "../model/text.js";

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { ChatClient } from "../model/types.d.ts" */
/**
 * @typedef {{id: number, kind: "own" | "other" | "notice", who: string, text: string,
 *   at: number}} Line `at` is Unix time in seconds
 */

const KEPT = 300; // lines
const SPOKEN = /^((?:\d{1,3}\.){3}\d{1,3}:\d+|[^:]{1,60}): (.*)$/s; // ADDR:PORT: TEXT, or NAME: TEXT
let made = 0;

export class ClientChat extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {{client: ChatClient}} */
  lab = notYet();
  #login = h("input", { class: "field", autocomplete: "off", maxlength: "40" });
  #joinForm = h("form", { class: "chat__join" });
  #joinButton = h("button", { class: "button button--primary", type: "submit" });
  #lines = h("ol", { class: "chat__lines", role: "log", "aria-label": t("Chat") });
  #text = h("input", {
    class: "field",
    autocomplete: "off",
    enterkeyhint: "send",
    placeholder: t("Message"),
    "aria-label": t("Message"),
  });
  #form = h("form", { class: "chat__form" });
  /** @type {Line[]} */
  #said = [];
  #nextId = 1;
  #joined = false;
  #decoder = new LineDecoder();
  #follow = new FollowScroll(this.#lines);

  get #asksLogin() {
    return Boolean(this.lab.client.login_line);
  }

  connectedCallback() {
    if (this.firstChild) return;
    made += 1;
    this.#login.id = `chat-login-${made}`;
    this.#login.value = this.#asksLogin ? `${t("student")}${made}` : "";
    this.#joinForm.addEventListener("submit", (event) => this.#join(event));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    if (this.#asksLogin) {
      this.#joinForm.append(h("label", { for: this.#login.id }, t("Login")), this.#login);
    }
    this.#joinForm.append(this.#joinButton);
    this.#form.append(
      this.#text,
      h("button", { class: "button button--primary", type: "submit" }, t("Send")),
    );
    this.append(this.#joinForm, this.#lines, this.#form);
    if (this.lab.client.one_way) this.append(h("p", { class: "message__one-way" }, oneWayWords()));
    this.#listen();
  }

  update() {
    const live = this.session.isLive;
    this.#joinForm.hidden = this.#joined && live;
    this.#form.hidden = !(this.#joined && live);
    this.#joinButton.disabled = this.session.state === "connecting";
    setText(this.#joinButton, this.#said.length > 0 ? t("Join again") : t("Join the chat"));
    this.#lines.hidden = this.#said.length === 0;
    reconcile(this.#lines, this.#said, { key: ({ id }) => id, create: createLine });
    this.#follow.keep();
  }

  #listen() {
    this.session.addEventListener("opened", () => {
      this.#decoder = new LineDecoder();
      if (!this.#asksLogin) this.#joined = true; // opened by hand: there is nothing else to say
      this.#add({
        kind: "notice",
        text: t("You are in: {address}", { address: this.session.local }),
      });
    });
    on(this.session, "data", (/** @type {Told["data"]} */ { bytes }) =>
      this.#take(this.#decoder.push(bytes)),
    );
    this.session.addEventListener("eof", () => {
      this.#take(this.#decoder.end());
      this.#add({ kind: "notice", text: t("The server has ended the connection.") });
    });
    this.session.addEventListener("closed", () => {
      if (this.#joined) this.#add({ kind: "notice", text: t("You are out.") });
      this.#joined = false;
      this.update();
    });
  }

  #join(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const login = this.#login.value.trim();
    if (this.#asksLogin && login === "") {
      this.#login.focus();
      return;
    }
    if (!this.session.connect()) return;
    this.#joined = true;
    const { login_line: loginLine } = this.lab.client;
    if (loginLine) this.#say(loginLine.replaceAll("{login}", login));
    this.update();
    this.#text.focus();
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const text = this.#text.value;
    if (text === "") return;
    const template = this.lab.client.template ?? "{text}";
    /** @type {Record<string, string>} */
    const holes = { login: this.#login.value.trim(), text };
    if (
      !this.#say(
        template.replace(
          /\{(login|text)\}/g,
          (/** @type {string} */ _, /** @type {string} */ name) => holes[name],
        ),
      )
    )
      return;
    this.#text.value = "";
    this.#add({ kind: "own", who: t("You"), text });
  }

  #say(/** @type {string} */ line) {
    return this.session.send(encode(line + (this.lab.client.line_ending ?? "\n")));
  }

  #take(/** @type {string[]} */ lines) {
    for (const line of lines) {
      const [, who, text] = SPOKEN.exec(line) ?? [];
      this.#add(who === undefined ? { kind: "notice", text: line } : { kind: "other", who, text });
    }
  }

  #add(/** @type {Pick<Line, "kind" | "text"> & {who?: string}} */ line) {
    const entry = { id: this.#nextId++, who: "", at: Date.now() / 1000, ...line };
    this.#said = [...this.#said.slice(1 - KEPT), entry];
    this.update();
  }
}

function createLine(/** @type {Line} */ { kind, who, text, at }) {
  const words = h("span", { class: "chat__text" }, visible(text));
  if (kind === "notice") return h("li", { class: "chat__notice" }, words);
  return h(
    "li",
    { class: `chat__line chat__line--${kind}` },
    h("span", { class: "chat__who" }, visible(who)),
    words,
    h("time", { class: "chat__time" }, clockTime(at).slice(0, 8)),
  );
}

customElements.define("client-chat", ClientChat);
