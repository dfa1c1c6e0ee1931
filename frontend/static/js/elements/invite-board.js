// <invite-board>: how others come in: the code, the address, a link; and all of it so large that the
// last row can read it, with a QR code.

import "./copy-button.js";
import { at } from "../net/base.js";
import { spokenCode } from "../words/class-words.js";
import { t } from "../words/i18n.js";
import { h, setAttribute, setText } from "../dom/markup.js";
import { svg } from "../dom/svg.js";

/** @import { Invitation, QrCode } from "../net/class-api.js" */

const QUIET = 4; // squares around a QR code (ISO/IEC 18004)

export class InviteBoard extends HTMLElement {
  #code = h("output", { class: "invite__code" });
  #address = h("span", { class: "invite__address mono" });
  #copy = h("copy-button");
  #ways = h("select", { class: "field", "aria-label": t("Address of this Socket Lab") });
  #show = h("button", { class: "button button--primary", type: "button" }, t("Show it large"));
  #board = h("dialog", { class: "board", "aria-label": t("Join this room") });
  #boardCode = h("p", { class: "board__code" });
  #boardAddress = h("p", { class: "board__address mono" });
  #qr = h("div", { class: "board__qr" });
  /** @type {Invitation | null} */
  #invitation = null;

  connectedCallback() {
    if (this.firstChild) return;
    this.#show.addEventListener("click", () => this.#board.showModal());
    this.#ways.addEventListener("change", () => this.#choose());
    this.#board.addEventListener("click", () => this.#board.close());
    this.#board.append(
      h(
        "div",
        { class: "board__words" },
        h("p", { class: "board__hint" }, t("Open this address")),
        this.#boardAddress,
        h("p", { class: "board__hint" }, t("and type the code")),
        this.#boardCode,
        h("button", { class: "button", type: "button" }, t("Close")),
      ),
      this.#qr,
    );
    this.append(
      h("p", { class: "invite__line" }, h("span", {}, t("Code")), this.#code, this.#show),
      h("p", { class: "invite__line" }, this.#address, this.#copy),
      this.#ways,
      this.#board,
    );
  }

  /** Show an invitation, with the address under which this page was opened, if it is one of them. */
  update(/** @type {Invitation} */ invitation) {
    const here = this.address;
    this.#invitation = invitation;
    setText(this.#code, spokenCode(invitation.code));
    setText(this.#boardCode, spokenCode(invitation.code));
    const options = invitation.ways.map(({ address }) => h("option", { value: address }, address));
    this.#ways.replaceChildren(...options);
    this.#ways.hidden = options.length < 2;
    if (invitation.ways.some(({ address }) => address === here)) this.#ways.value = here;
    this.#choose();
  }

  /** Under which address others come here. */
  get address() {
    return this.#ways.value || `${location.origin}${at("")}`;
  }

  #choose() {
    const way = this.#invitation?.ways.find(({ address }) => address === this.#ways.value);
    if (!way) return;
    setText(this.#address, way.link);
    this.#copy.text = way.link;
    setText(this.#boardAddress, way.address.replace(/^http:\/\//, ""));
    this.#qr.replaceChildren(picture(way.qr));
  }
}

function picture(/** @type {QrCode} */ { size, path }) {
  const side = size + 2 * QUIET;
  const image = svg("svg", { viewBox: `${-QUIET} ${-QUIET} ${side} ${side}`, role: "img" });
  setAttribute(image, "aria-label", t("QR code of the link"));
  image.append(svg("path", { d: path }));
  return image;
}

customElements.define("invite-board", InviteBoard);
