// <port-holder>: says that another program has the port that a server wanted, which one if anybody
// knows, and how that program can be brought in.

import "./copy-button.js";
import { bringIn, heldPort } from "../model/held-port.js";
import { find, h, setText } from "../dom/markup.js";
import { t } from "../words/i18n.js";

export class PortHolder extends HTMLElement {
  #what = h("p", { class: "run__moved", role: "status" });
  #how = h("p", { class: "run__moved" }, t("To see that program here, stop it, and start it so:"));
  #code = h("code");
  #copy = h("copy-button");
  #command = h("p", { class: "command" }, this.#code, this.#copy);

  connectedCallback() {
    if (!this.firstChild) this.append(this.#what, this.#how, this.#command);
  }

  update(/** @type {Parameters<typeof heldPort>[0]} */ view) {
    const held = heldPort(view);
    const url = `${location.origin}${location.pathname}`;
    const { terminal = null } = JSON.parse(find(document, "#page").textContent ?? "");
    const command = held && bringIn(held.name, { url, terminal });
    // A failure that says no more than that stands beside its field.
    this.hidden = held === null || (held.got === null && held.name === null);
    this.#how.hidden = this.#command.hidden = !command;
    if (held === null) return;
    setText(this.#what, words(held));
    setText(this.#code, command ?? "");
    this.#copy.text = command ?? "";
  }
}

function words(/** @type {NonNullable<ReturnType<typeof heldPort>>} */ { taken, got, name }) {
  if (name === null)
    return t("Port {taken} was taken by another program, so this one got port {port}.", {
      taken,
      port: got,
    });
  if (got === null) return t("Port {taken} belongs to {name}.", { taken, name });
  return t("Port {taken} belongs to {name}, so this one got port {port}.", {
    taken,
    name,
    port: got,
  });
}

customElements.define("port-holder", PortHolder);
