// <port-holder>: says that another program has the port that a server wanted, which one if anybody
// knows, and offers what can be done: start the same program on a free port, or say why it takes no
// other; stop ours, bring that program in.
// Asks for: "run-stop" {run}, and fires "anotherport".

import "./copy-button.js";
import { bringIn, heldPort, labElsewhere } from "../model/held-port.js";
import { ask, find, h, notYet, setText } from "../dom/markup.js";
import { t } from "../words/i18n.js";

/** @import { View } from "./run-panel.js" */

export class PortHolder extends HTMLElement {
  #what = h("p", { class: "run__moved", role: "status" });
  #fixed = h("p", { class: "run__moved" });
  #how = h("p", { class: "run__moved" }, t("To see that program here, stop it, and start it so:"));
  #code = h("code");
  #copy = h("copy-button");
  #command = h("p", { class: "command" }, this.#code, this.#copy);
  #another = h("button", { type: "button", class: "button" }, t("Start on a free port"));
  #stop = h("button", { type: "button", class: "button" }, t("Stop this one"));
  // What is known of the holder comes after the failure, and stands above it: that stays in sight.
  #growth = new ResizeObserver(() =>
    this.parentElement
      ?.querySelector(":scope > failure-note:not([hidden])")
      ?.scrollIntoView({ block: "nearest" }),
  );
  /** @type {View} */
  #view = notYet();

  connectedCallback() {
    if (this.firstChild) return;
    this.#another.addEventListener("click", () => this.dispatchEvent(new Event("anotherport")));
    this.#stop.addEventListener("click", () =>
      ask(this, "run-stop", { run: heldPort(this.#view)?.run }),
    );
    const doing = h("p", { class: "run__doing" }, this.#another, this.#stop);
    this.append(this.#what, this.#fixed, doing, this.#how, this.#command);
    this.#growth.observe(this);
  }

  update(/** @type {View} */ view) {
    this.#view = view;
    const held = heldPort(view);
    const url = `${location.origin}${location.pathname}`;
    const { terminal = null } = JSON.parse(find(document, "#page").textContent ?? "");
    const command = held && bringIn(held.name, { url, terminal });
    this.hidden = held === null;
    // A failure that says no more than that stands beside its field.
    this.#what.hidden = held?.got === null && held.name === null;
    const { got, run, fixed } = held ?? { got: null, run: null, fixed: null };
    const isBusy = view.busy !== null;
    this.#another.hidden =
      !held || got !== null || fixed !== null || isBusy || Boolean(view.refused.start);
    this.#stop.hidden = run === null || isBusy || Boolean(view.refused.stop);
    this.#fixed.hidden = fixed === null;
    this.#how.hidden = this.#command.hidden = !command;
    if (held === null) return;
    setText(this.#what, words(held));
    if (fixed) setText(this.#fixed, fixedWords({ file: fixed, port: held.taken }));
    setText(this.#code, command ?? "");
    this.#copy.text = command ?? "";
  }
}

const fixedWords = (/** @type {{file: string, port: number}} */ held) =>
  t("{file} takes no other port: {port} stands in its source.", held);

function words(/** @type {NonNullable<ReturnType<typeof heldPort>>} */ { taken, got, ...held }) {
  const lab = labElsewhere(held.name);
  const name = lab ? t("a program of another Socket Lab ({name})", { name: lab }) : held.name;
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
