// <peer-name>: gives the program at an address a name, below the head of its lifeline. It comes when a
// head is pressed, and goes once that is done. Asks for: "peer-name" {address, name}.

import { t } from "../words/i18n.js";
import { ask, h, setStyle, setText } from "../dom/markup.js";

const NAME_LIMIT = 40; // characters, as the server has it (domain/people.py)

export class PeerName extends HTMLElement {
  #address = "";
  #label = h("label", { for: "peer-name" });
  #name = h("input", {
    class: "field",
    id: "peer-name",
    autocomplete: "off",
    maxlength: NAME_LIMIT,
    placeholder: t("Boris's nc"),
  });
  #form = h("form", { class: "peer-name__form" });

  connectedCallback() {
    if (this.firstChild) return;
    this.#form.append(
      this.#label,
      this.#name,
      h("button", { class: "button button--primary", type: "submit" }, t("Name it")),
      h(
        "button",
        { class: "button button--quiet", type: "button", onclick: () => this.close() },
        t("Cancel"),
      ),
    );
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("keydown", (event) => {
      event.stopPropagation(); // keys that move the picture are text here
      if (event.key === "Escape") this.close();
    });
    this.append(this.#form);
  }

  /** Ask for the name of the program at an address; `x` px is where its head stands. */
  open(/** @type {{address: string, name: string, x: number}} */ { address, name, x }) {
    this.#address = address;
    this.hidden = false;
    setText(this.#label, t("Who is {address}?", { address }));
    setStyle(this, "--x", `${Math.round(x)}px`);
    this.#name.value = name;
    this.#name.select();
    this.#name.focus();
  }

  close() {
    this.hidden = true;
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    ask(this, "peer-name", { address: this.#address, name: this.#name.value.trim() });
    this.close();
  }
}

customElements.define("peer-name", PeerName);
