// <message-log>: what one client sent and received, piece by piece, as text or hex.

import { FollowScroll } from "../dom/follow-scroll.js";
import { byteCount, clientLabel } from "../words/format.js";
import { clockTime, t } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { h, setAttribute } from "../dom/markup.js";
import { hexDump, readable } from "../model/payload.js";
import { longText } from "../picture/long-text.js";

/** @import { Bytes, ClientSession, Entry } from "../net/client-session.js" */
/** @import { Transport } from "../model/types.d.ts" */
/** @typedef {Extract<Entry, {bytes: Bytes}>} Piece of what was sent or received */

const ARROWS = Object.freeze({ sent: "→", unsent: "✕", received: "←" });
const SHOWN_BYTES = 16_384; // of one message; the rest is counted

export class MessageLog extends HTMLElement {
  #list = h("ol", { class: "log__list" });
  #follow = new FollowScroll(this);
  /** @type {Set<number>} */
  #hex = new Set(); // ids of entries shown as hex
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Transport} */
  #transport = "tcp";

  connectedCallback() {
    if (this.firstChild) return;
    setAttribute(this, "role", "log");
    setAttribute(this, "tabindex", 0); // it scrolls
    setAttribute(this, "aria-label", t("Messages"));
    this.append(this.#list);
  }

  /** Show the entries of a session's log. */
  update(/** @type {ClientSession} */ session) {
    this.#entries = session.log;
    this.#transport = session.transport;
    this.hidden = this.#entries.length === 0;
    reconcile(this.#list, this.#entries, {
      key: (entry) => entry.id,
      create: (entry) => this.#create(entry),
    });
    this.#follow.keep();
  }

  #create(/** @type {Entry} */ entry) {
    if (!("bytes" in entry))
      return h("li", { class: "log__note" }, noteWords(entry, this.#transport));
    const text = h("div", { class: "log__text" });
    const hex = h(
      "button",
      { class: "log__hex", type: "button", "aria-pressed": "false", title: t("Show the bytes") },
      "hex",
    );
    hex.addEventListener("click", () => this.#toggleHex(entry, text, hex));
    const size = this.#sizeWords(entry);
    const item = h(
      "li",
      { class: `log__entry log__entry--${entry.kind}` },
      h("span", { class: "log__arrow", "aria-hidden": "true" }, ARROWS[entry.kind]),
      h("span", { class: "visually-hidden" }, kindWords(entry)),
      text,
      h(
        "span",
        { class: "log__aside" },
        h("span", {}, size),
        hex,
        h("time", {}, clockTime(entry.at)),
      ),
    );
    writeText(text, entry.bytes);
    return item;
  }

  #sizeWords(/** @type {Piece} */ { kind, bytes }) {
    if (kind === "unsent") return t("not sent");
    if (bytes.length === 0) return t("0 bytes: an empty datagram");
    const size = byteCount(bytes.length);
    return this.#transport === "tcp" && kind === "received"
      ? t("one piece, {size}", { size })
      : size;
  }

  #toggleHex(
    /** @type {Piece} */ entry,
    /** @type {HTMLElement} */ text,
    /** @type {HTMLElement} */ button,
  ) {
    const asHex = !this.#hex.has(entry.id);
    if (asHex) this.#hex.add(entry.id);
    else this.#hex.delete(entry.id);
    setAttribute(button, "aria-pressed", String(asHex));
    if (asHex) {
      const dump = hexDump(entry.bytes.subarray(0, SHOWN_BYTES), { width: 8 });
      const shown = longText(dump, Math.min(entry.bytes.length, SHOWN_BYTES));
      text.replaceChildren(h("pre", { class: "log__dump", tabindex: "0" }, ...shown));
    } else writeText(text, entry.bytes);
  }
}

function kindWords(/** @type {Piece} */ { kind }) {
  if (kind === "unsent") return ""; // its size says it
  return kind === "sent" ? t("sent") : t("received");
}

// One line a line; a newline at the end is shown as ↵, not as an empty line.
function writeText(/** @type {HTMLElement} */ element, /** @type {Bytes} */ bytes) {
  const text = readable(bytes.subarray(0, SHOWN_BYTES));
  const ended = text.endsWith("\n");
  const size = Math.min(bytes.length, SHOWN_BYTES);
  element.replaceChildren(...longText(ended ? text.slice(0, -1) : text, size));
  if (ended) element.append(h("span", { class: "log__newline", title: t("newline") }, "↵"));
  const rest = bytes.length - SHOWN_BYTES;
  if (rest > 0) element.append(h("span", { class: "log__rest" }, ` … +${byteCount(rest)}`));
}

function noteWords(/** @type {Entry} */ entry, /** @type {Transport} */ transport) {
  switch (entry.kind) {
    case "opened":
      return transport === "udp"
        ? t("{client}: a new socket, {local}", {
            client: clientLabel(entry.number ?? "?"),
            local: entry.local,
          })
        : t("{client} connected, {local}", {
            client: clientLabel(entry.number ?? "?"),
            local: entry.local,
          });
    case "eof":
      return t("← FIN: the server sends no more");
    case "finished":
      return t("→ FIN: we send no more, and still listen");
    case "closed":
      return entry.unsentBytes > 0
        ? t("socket closed, {size} were never sent", { size: byteCount(entry.unsentBytes) })
        : t("socket closed");
    default:
      return entry.kind;
  }
}

customElements.define("message-log", MessageLog);
