// <client-desk>: the clients of this page, one card each, and those of other pages in a line.
// Asks for: "run-start" {}, when a client needs a server.

import { ClientCard } from "./client-card.js";
import { ClientSession } from "../net/client-session.js";
import { clientUrl } from "../net/client-socket.js";
import { byteCount, clientLabel } from "../words/format.js";
import { number, t, tn } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { keep, kept } from "../dom/kept.js";
import { ask, h, notYet, on, setColour, setText } from "../dom/markup.js";

/** @import { Client } from "../model/client-life.js" */
/** @import { State } from "../model/room-state.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { LabSummary, Transport } from "../model/types.d.ts" */
/** @import { Refused } from "../net/live-room.js" */
/** @import { Known } from "./client-card.js" */
/** @typedef {{card: ClientCard}} FromCard */
/**
 * @typedef {Pick<LabView, "main" | "clients" | "names" | "owners" | "numbers" | "runs" | "take"> & {room: string,
 *   lab: LabSummary, lang: string, isKnown: boolean, refused: Refused, me: string, state: Pick<State, "people">}} View
 */

const OTHERS_SHOWN = 8;
const HELD = 20;
const CARDS_BACK = 12; // at most, of those before the page was loaded anew

export class ClientDesk extends HTMLElement {
  #refused = h("p", { class: "refused desk__refused" });
  #cards = h("div", { class: "desk__cards" });
  #others = h("ul", {
    class: "desk__others",
    "aria-label": t("Clients of other pages"),
    hidden: true,
  });
  #rest = h("p", { class: "desk__rest", hidden: true });
  #add = h("button", { class: "desk__add", type: "button" }, t("+ Client"));
  /** @type {View} */
  #view = notYet();
  /** @type {ClientCard | null} */
  #waiting = null; // the card that waits for a server
  #started = ""; // the run that its page has started and that does not stand here yet
  #take = 1; // the last one whose board these cards have cleared
  /** @type {(HTMLButtonElement | HTMLFormElement)[]} what was pressed before it was known what runs */
  #held = [];

  connectedCallback() {
    if (this.firstChild) return;
    for (const type of ["click", "submit"]) {
      this.addEventListener(type, (event) => this.#hold(event), { capture: true });
    }
    this.#add.addEventListener("click", () => this.#open());
    on(this, "client-remove", (/** @type {FromCard} */ { card }) => this.#remove(card));
    on(this, "server-for-client", (/** @type {FromCard} */ { card }) => this.#askForServer(card));
    this.append(
      this.#refused,
      this.#cards,
      this.#others,
      this.#rest,
      h("div", { class: "desk__foot" }, this.#add),
    );
  }

  /** Show {room, lab, lang, main, clients, state}. */
  update(/** @type {View} */ view) {
    const before = this.#view;
    this.#view = view;
    this.hidden = view.lab.client.kind === "none";
    if (this.hidden) return;
    if (!before) this.#bringBack();
    else if (view.take.number > this.#take) for (const card of this.#mine) card.session.beginAnew();
    this.#take = Math.max(this.#take, view.take.number);
    for (const card of this.#mine) card.update(this.#known);
    this.#refuse(view.refused.connect ?? view.refused.send ?? "");
    this.#updateOthers();
    this.#welcome();
    if (view.isKnown) this.#doWhatWasHeld();
  }

  // Without knowing what runs a client would say that nothing does; so what is pressed then waits.
  #hold(/** @type {Event} */ event) {
    const pressed = event.target instanceof Element ? event.target.closest("button, form") : null;
    if (this.#view?.isKnown !== false || pressed === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.#held.length < HELD) {
      this.#held.push(/** @type {HTMLButtonElement | HTMLFormElement} */ (pressed));
    }
  }

  #doWhatWasHeld() {
    for (const pressed of this.#held.splice(0)) {
      if (pressed instanceof HTMLFormElement) pressed.requestSubmit();
      else pressed.click();
    }
  }

  // As many cards as before the page was loaded anew.
  #bringBack() {
    const count = Number(kept(this.#cardsName, "tab") ?? 1);
    for (let i = 0; i < Math.min(count, CARDS_BACK) || i === 0; i += 1) this.#create();
  }

  #keepCards() {
    keep(this.#cardsName, String(this.#mine.length), "tab");
  }

  get #cardsName() {
    return `cards.${location.pathname}`;
  }

  /** @returns {Known} */
  get #known() {
    const { clients, main, me, names, numbers, owners, runs, state } = this.#view;
    const myName = state.people.get(me) ?? "";
    const serverState = main?.state ?? "none";
    const serverPort = main?.port ?? null;
    return { serverState, serverPort, clients, names, numbers, owners, runs, myName };
  }

  #refuse(/** @type {string} */ why) {
    this.#refused.hidden = why === "";
    setText(this.#refused, why);
    for (const card of this.#mine) card.inert = why !== "";
    this.#add.disabled = why !== "";
  }

  /** A server that this page started listens now: its clients may come, once it stands here. */
  serverStarted(/** @type {string} */ run) {
    this.#started = run;
    this.#welcome();
  }

  // Before that they would go to the one that ran before.
  #welcome() {
    if (this.#started === "" || this.#view?.main?.id !== this.#started) return;
    this.#started = "";
    const card = this.#waiting ?? this.#mine[0] ?? this.#create();
    const wanted = this.#waiting !== null;
    this.#waiting = null;
    if (wanted) card.session.connectTo(this.#view.main?.port ?? null);
    else if (opensByItself(this.#view.lab)) card.session.connect();
  }

  /** Bring a client in front, to be talked with. */
  invite() {
    const card = this.#mine[0] ?? this.#create();
    card.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (card.querySelector("input, textarea"))?.focus();
  }

  get #mine() {
    return /** @type {ClientCard[]} */ ([...this.#cards.children]);
  }

  #create() {
    const { lab, lang } = this.#view;
    const card = new ClientCard();
    card.lab = lab;
    card.lang = lang;
    card.session = new ClientSession({
      target: () => this.#target(),
      transport: /** @type {Transport} */ (lab.transport),
      closeOnEof: closesOnEof(lab),
    });
    this.#cards.append(card);
    this.#keepCards();
    card.update(this.#known);
    return card;
  }

  #open() {
    const card = this.#create();
    const { main, lab } = this.#view;
    const failing = main?.state !== "listening";
    if (failing || opensByItself(lab)) card.session.connect();
    card.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (card.querySelector("input, textarea"))?.focus({
      preventScroll: true,
    });
  }

  #remove(/** @type {ClientCard} */ card) {
    card.session.close();
    card.remove();
    this.#keepCards();
    if (this.#waiting === card) this.#waiting = null;
    this.#add.focus();
  }

  #askForServer(/** @type {ClientCard} */ card) {
    this.#waiting = card;
    ask(this, "run-start", {});
  }

  #target() {
    const { room, main } = this.#view;
    return main === null ? null : clientUrl(room, main.id);
  }

  #updateOthers() {
    const mine = new Set(this.#mine.map((card) => card.session.client));
    const others = this.#view.clients.filter(
      (client) => client.state !== "closed" && !mine.has(client.id) && client.local,
    );
    this.#others.hidden = others.length === 0;
    reconcile(this.#others, others.slice(0, OTHERS_SHOWN), {
      key: (client) => client.id,
      create: createOther,
      update: updateOther,
    });
    for (const [i, item] of [...this.#others.children].entries()) this.#name(item, others[i]);
    const rest = others.length - OTHERS_SHOWN;
    this.#rest.hidden = rest <= 0;
    if (rest > 0) setText(this.#rest, tn("and {n} more client", "and {n} more clients", rest));
  }

  #name(/** @type {Element} */ item, /** @type {Client} */ { id }) {
    const { names, numbers } = this.#view;
    setText(item.children[1], names.get(id) ?? clientLabel(id));
    setColour(/** @type {HTMLElement} */ (item), numbers.get(id) ?? null);
  }
}

function createOther(/** @type {Client} */ client) {
  return h(
    "li",
    { class: "desk__other" },
    h("span", { class: "client__swatch" }),
    h("span", { class: "desk__who" }),
    h("code", {}, client.local),
    h("span", { class: "desk__traffic" }),
  );
}

function updateOther(/** @type {HTMLElement} */ item, /** @type {Client} */ { sent, received }) {
  const sizes = { sent: shortCount(sent), received: byteCount(received) };
  setText(item.lastChild, `→ ${sizes.sent} ← ${sizes.received}`);
}

// The unit stands once, after the second number, while both have the same one.
function shortCount(/** @type {number} */ bytes) {
  return bytes < 10_000 ? number(bytes) : byteCount(bytes);
}

// A socket of UDP takes nobody's place, and whoever chats has to hear the others. Any other connection
// waits until there is something to send: where a server serves one client after the other, one that
// says nothing would keep the next client waiting, in a terminal, too.
function opensByItself(/** @type {LabSummary} */ { client, transport }) {
  if (transport === "udp") return true;
  return client.kind === "chat" && !client.login_line;
}

function closesOnEof(/** @type {LabSummary} */ { client }) {
  return client.kind !== "message" || Boolean(client.one_shot);
}

customElements.define("client-desk", ClientDesk);
