// <client-card>: one client of this page: who it is, its state and address, its body by the
// lab's kind, its failures in words.
// Asks for: "client-remove" {card}, "server-for-client" {card}.

import { clientLabel } from "../words/format.js";
import { t } from "../words/i18n.js";
import { LateFailure } from "./late-failure.js";
import { ask, h, notYet, setColour, setText } from "../dom/markup.js";
import { isInBacklog } from "../model/connected.js";
import { hasEnded } from "../model/room-state.js";
import { visible } from "../model/text.js";

/** @typedef {typeof import("../words/failure-words.js")} FailureWords */
/** @import { ClientSession } from "../net/client-session.js" */
/** @import { LabView } from "../model/lab-view.js" */
/** @import { LabSummary } from "../model/types.d.ts" */
/** @import { ShownState } from "../words/format.js" */
/** @typedef {HTMLElement & {update(known: Known): void}} Body */
/** @typedef {Pick<LabView, "clients" | "names" | "owners" | "numbers" | "runs"> & {serverState: ShownState, serverPort?: number | null, myName: string}} Known */

const CONNECTS_ITSELF = Object.freeze(["watch", "chat", "browser"]); // with a button of their own
const NEEDS_SERVER = Object.freeze(["no_run", "refused", "foreign"]);

export class ClientCard extends HTMLElement {
  /** @type {ClientSession} */
  session = notYet();
  /** @type {Pick<LabSummary, "client">} */
  lab = notYet();
  /** The language of the lab's words. @override */
  lang = "en";
  #title = h("h3", { class: "client__title" });
  #address = h("code", { class: "client__address" });
  #state = h("span", { class: "client__state", role: "status" });
  #finish = h(
    "button",
    {
      class: "client__action",
      type: "button",
      title: t("Half-close: shutdown(SHUT_WR) sends FIN, answers still arrive"),
    },
    t("Finish sending"),
  );
  #close = h("button", { class: "client__action", type: "button" }, t("Close"));
  #open = h("button", { class: "client__action", type: "button" });
  #failure = new LateFailure();
  /** @type {Body} */
  #body = notYet();
  /** @type {Known} */
  #known = {
    serverState: "none",
    clients: [],
    names: new Map(),
    owners: new Map(),
    numbers: new Map(),
    runs: [],
    myName: "",
  };

  connectedCallback() {
    if (this.firstChild) return;
    this.classList.add("client");
    this.#body = /** @type {Body} */ (h(bodyOf(this.lab), { class: "client__body" }));
    Object.assign(this.#body, { session: this.session, lab: this.lab, lang: this.lang });
    const remove = h(
      "button",
      {
        class: "client__remove",
        type: "button",
        title: t("Remove this client"),
        "aria-label": t("Remove this client"),
        onclick: () => ask(this, "client-remove", { card: this }),
      },
      "×",
    );
    this.#finish.addEventListener("click", () => this.session.finish());
    this.#close.addEventListener("click", () => this.session.close());
    this.#open.addEventListener("click", () => this.session.reconnect());
    this.addEventListener("failure-hide", (event) => {
      event.stopPropagation();
      this.session.hideFailure();
    });
    this.append(
      h(
        "header",
        { class: "client__head" },
        h("span", { class: "client__swatch" }),
        this.#title,
        this.#address,
        remove,
      ),
      this.#body,
      h("footer", { class: "client__foot" }, this.#state, this.#finish, this.#close, this.#open),
    );
    const fields = [...this.#body.querySelectorAll(":scope > form")].at(-1);
    if (fields) fields.after(this.#failure.element);
    else this.#body.before(this.#failure.element);
    this.session.addEventListener("change", () => this.update(this.#known));
    this.update(this.#known);
  }

  /** Show the session as it is now, with what is known of the lab's server and of all clients. */
  update(/** @type {Known} */ now) {
    this.#known = now;
    const { session } = this;
    const { client } = session;
    const known = client !== null;
    const told = now.clients.find(({ id }) => id === client);
    if (told?.state === "closed" && session.isLive) session.expectEnd();
    const run = now.runs.find(({ id }) => id === told?.run);
    const waits = session.isLive && told && run && isInBacklog(run, told);
    const number = now.numbers.get(client ?? "") ?? session.number;
    setColour(this, number);
    const own = number === null ? null : clientLabel(number);
    setText(this.#title, (client && now.names.get(client)) ?? own ?? t("New client"));
    setText(this.#address, session.isLive && session.local ? session.local : "");
    const words = [stateWord(session), waits && t("waits in the backlog")].filter(Boolean);
    setText(this.#state, words.join(" · "));
    this.dataset.state = session.state;
    const tcp = session.transport === "tcp";
    this.#finish.hidden = !(tcp && ["open", "ended"].includes(session.state));
    this.#close.hidden = !session.isLive;
    const bodyConnects = CONNECTS_ITSELF.includes(this.lab.client.kind);
    this.#open.hidden = bodyConnects || (session.isLive && session.state !== "closing");
    setText(this.#open, known ? t("Connect again") : tcp ? t("Connect") : t("Open a socket"));
    this.#updateFailure();
    this.#body.update(now);
  }

  #updateFailure() {
    const { failure, transport } = this.session;
    if (failure === null) {
      this.#failure.clear();
      return;
    }
    const needsServer = NEEDS_SERVER.includes(failure.code);
    const action = needsServer ? this.#wayOut() : null;
    const back =
      needsServer && this.#isBack ? t("The server is back on this port: send again.") : "";
    const say = (/** @type {FailureWords} */ { socketFailure }) => {
      const { what, meaning, hint } = socketFailure(failure, { transport });
      return { what: visible(what), meaning: visible(meaning), hint: action ? "" : back || hint };
    };
    this.#failure.say(failure, say, { action });
  }

  // Whether the present socket reaches the server that listens now.
  get #isBack() {
    const { serverState, serverPort = null } = this.#known;
    return serverState === "listening" && this.session.goesTo(serverPort);
  }

  #wayOut() {
    const { serverState } = this.#known;
    if (serverState === "none" || hasEnded({ state: serverState })) {
      return {
        label: t("Start the server and connect"),
        act: () => ask(this, "server-for-client", { card: this }),
      };
    }
    if (!this.session.isOutdated || serverState !== "listening" || this.#isBack) return null;
    return { label: t("Open a socket to the new port"), act: () => this.session.reconnect() };
  }
}

// The page brings the script of the one kind that its lab has (backend/web/pages/page_files.py).
function bodyOf(/** @type {Pick<LabSummary, "client">} */ { client }) {
  return client.kind === "chat" && client.form ? "client-window" : `client-${client.kind}`;
}

function stateWord(/** @type {ClientSession} */ { state, transport }) {
  const tcp = transport === "tcp";
  const words = {
    idle: tcp ? t("not connected") : t("no socket yet"),
    connecting: t("connecting…"),
    open: tcp ? t("connected") : t("socket open"),
    finished: t("we have finished sending"),
    ended: t("the server has finished sending"),
    closing: t("both sides have finished"),
    closed: tcp ? t("connection closed") : t("socket closed"),
  };
  return words[state];
}

customElements.define("client-card", ClientCard);
