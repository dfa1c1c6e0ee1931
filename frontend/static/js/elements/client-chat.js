// <client-chat>: lines of a chat, one's own and those of others; a login first where the lab
// asks for one.

import { FollowScroll } from "../dom/follow-scroll.js";
import { clockTime, t, tn } from "../words/i18n.js";
import { LineDecoder } from "../model/line-decoder.js";
import { grouped, speakerOf } from "../model/chat.js";
import { reconcile } from "../dom/list.js";
import { h, notYet, on, setColour, setText } from "../dom/markup.js";
import { loginOf } from "../model/people.js";
import { encode } from "../model/payload.js";
import { oneWayWords } from "../words/one-way.js";
import { visible } from "../model/text.js";

/** @import { ClientSession, Told } from "../net/client-session.js" */
/** @import { ChatClient } from "../model/types.d.ts" */
/** @import { Item, Known, Line } from "../model/chat.js" */

const KEPT = 300; // lines
const FOUND_OUT_S = 10; // after so long nobody finds out any more who spoke
const SPOKEN = /^((?:\d{1,3}\.){3}\d{1,3}:\d+|[^:]{1,60}): (.*)$/s; // ADDR:PORT: TEXT, or NAME: TEXT
let made = 0;

export class ClientChat extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {{client: ChatClient}} */
  lab = notYet();
  #nth = ++made;
  #login = h("input", { class: "field", autocomplete: "off", maxlength: "40" });
  #joinForm = h("form", { class: "chat__join" });
  #joinButton = h("button", { class: "button button--primary", type: "submit" });
  #lines = h("ol", { class: "chat__lines" });
  #log = h("div", { class: "chat__log", role: "log", tabindex: "0", "aria-label": t("Chat") });
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
  #follow = new FollowScroll(this.#log);
  /** @type {Known & {myName?: string}} */
  #known = { clients: [], names: new Map(), owners: new Map() };

  get #asksLogin() {
    return Boolean(this.lab.client.login_line);
  }

  connectedCallback() {
    if (this.firstChild) return;
    this.#login.id = `chat-login-${this.#nth}`;
    this.#login.defaultValue = this.#asksLogin ? `${t("student")}${this.#nth}` : "";
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
    this.#log.append(this.#lines);
    this.append(this.#joinForm, this.#log, this.#form);
    if (this.lab.client.one_way) this.append(h("p", { class: "message__one-way" }, oneWayWords()));
    this.#listen();
  }

  update(known = this.#known) {
    this.#known = known;
    if (known.myName) this.#login.defaultValue = loginOf(known.myName, this.#nth);
    this.#findOut();
    const live = this.session.isLive;
    this.#joinForm.hidden = this.#joined && live;
    this.#form.hidden = !(this.#joined && live);
    this.#joinButton.disabled = this.session.state === "connecting";
    setText(this.#joinButton, this.#said.length > 0 ? t("Join again") : t("Join the chat"));
    this.#log.hidden = this.#said.length === 0;
    reconcile(this.#lines, grouped(this.#said), {
      key: ({ id }) => id,
      create: createItem,
      update: updateItem,
    });
    this.#follow.keep();
  }

  #listen() {
    this.session.addEventListener("opened", () => {
      this.#decoder = new LineDecoder();
      if (!this.#asksLogin) this.#joined = true; // opened by hand: there is nothing else to say
      this.#add({ kind: "note", text: this.#welcome() });
    });
    on(this.session, "data", (/** @type {Told["data"]} */ { bytes }) =>
      this.#take(this.#decoder.push(bytes)),
    );
    this.session.addEventListener("eof", () => {
      this.#take(this.#decoder.end());
      this.#add({ kind: "note", text: t("The server has ended the connection.") });
    });
    this.session.addEventListener("anew", () => (this.#said = []));
    this.session.addEventListener("closed", () => {
      if (this.#joined) this.#add({ kind: "note", text: t("You are out.") });
      this.#joined = false;
      this.update();
    });
  }

  // What comes from a client is sometimes here before the timeline has told of that client. Where
  // people have no names, an address says who speaks: two may run the same program.
  #findOut() {
    if (!this.#known.myName) return;
    const since = Date.now() / 1000 - FOUND_OUT_S;
    this.#said = this.#said.map((line) => {
      if (line.kind !== "other" || line.speaker || line.at < since) return line;
      const speaker = speakerOf(line.who, this.#known);
      return speaker ? { ...line, speaker } : line;
    });
  }

  // Once one is in, the field with the login is gone: this line says whose card it is.
  #welcome() {
    const address = this.session.local;
    const login = visible(this.#login.value.trim());
    return this.#asksLogin && this.#joined
      ? t("You are in as {login}: {address}", { login, address })
      : t("You are in: {address}", { address });
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
    const at = Date.now() / 1000;
    const entry = { id: this.#nextId++, who: "", at, speaker: null, ...line };
    this.#said = [...this.#said.slice(1 - KEPT), entry];
    this.update();
  }
}

function createItem(/** @type {Item} */ item) {
  if ("notices" in item) return h("li", { class: "chat__fold" }, createFold());
  const { kind, text, at } = item.line;
  const words = h("span", { class: "chat__text" }, visible(text));
  if (kind === "notice" || kind === "note") return h("li", { class: "chat__notice" }, words);
  return h(
    "li",
    { class: `chat__line chat__line--${kind}` },
    h("span", { class: "chat__who" }),
    words,
    h("time", { class: "chat__time" }, clockTime(at).slice(0, 8)),
  );
}

function createFold() {
  const summary = h("summary", {}, h("span"), " ", h("span", { class: "chat__more" }));
  return h("details", {}, summary, h("ol", { class: "chat__folded" }));
}

function updateItem(/** @type {HTMLElement} */ node, /** @type {Item} */ item) {
  if ("notices" in item) {
    updateFold(node, item.notices);
    return;
  }
  const { kind, who, speaker } = item.line;
  if (kind !== "own" && kind !== "other") return;
  setText(node.firstChild, speaker?.name ?? visible(who));
  node.classList.toggle("chat__line--on", item.goesOn);
  if (kind === "other") setColour(node, speaker?.number ?? null);
}

// The newest is in sight, the others on demand.
function updateFold(/** @type {HTMLElement} */ node, /** @type {Line[]} */ notices) {
  const [newest, more] = node.querySelectorAll("summary > span");
  setText(newest, visible(notices.at(-1)?.text ?? ""));
  const others = notices.slice(0, -1);
  setText(more, tn("and {n} more", "and {n} more", others.length));
  reconcile(/** @type {Element} */ (node.querySelector("ol")), others, {
    key: ({ id }) => id,
    create: ({ text }) => h("li", {}, visible(text)),
  });
}

customElements.define("client-chat", ClientChat);
