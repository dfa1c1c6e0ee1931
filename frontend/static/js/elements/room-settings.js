// <room-settings>: how the class works. The host sets it; a guest reads what it means to them.
// Asks for: "room-change" {change}, "room-clear", "room-close", "room-leave".

import "./sure-button.js";
import { POLICIES, policyForGuest } from "../words/class-words.js";
import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";

/** @import { ClassRoom } from "../net/class-room.js" */

export class RoomSettings extends HTMLElement {
  #policies = POLICIES.map(([policy, word, meaning]) =>
    h(
      "label",
      { class: "policy" },
      h("input", { type: "radio", name: "policy", value: policy }),
      h("span", { class: "policy__word" }, word),
      h("span", { class: "policy__meaning" }, meaning),
    ),
  );
  #door = h("input", { type: "checkbox", role: "switch" });
  #name = h("input", {
    class: "field",
    autocomplete: "off",
    maxlength: 40,
    "aria-label": t("Name"),
  });
  #meaning = h("p", { class: "settings__meaning" });
  #isHost = false;

  /** Show it, for the host or for a guest. */
  update(/** @type {ClassRoom} */ { state, isHost }) {
    if (!this.firstChild || isHost !== this.#isHost) {
      this.#isHost = isHost;
      this.replaceChildren(...(isHost ? this.#forHost() : this.#forGuest()));
    }
    for (const label of this.#policies) {
      const input = /** @type {HTMLInputElement} */ (label.firstChild);
      input.checked = input.value === state.policy;
    }
    this.#door.checked = state.locked;
    if (document.activeElement !== this.#name) this.#name.value = state.name;
    setText(this.#meaning, policyForGuest(state.policy));
  }

  #forGuest() {
    const leave = sure(
      t("Leave the room"),
      t("Leave for good? Your name becomes free."),
      t("Leave"),
    );
    leave.addEventListener("sure", () => ask(this, "room-leave"));
    return [
      h("h3", {}, t("How we work")),
      this.#meaning,
      h("div", { class: "settings__ends" }, leave),
    ];
  }

  #forHost() {
    const policies = h("fieldset", { class: "policies" }, h("legend", {}, t("How we work")));
    policies.append(...this.#policies);
    policies.addEventListener("change", (event) => {
      const { value: policy } = /** @type {HTMLInputElement} */ (event.target);
      ask(this, "room-change", { change: { policy } });
    });
    this.#door.addEventListener("change", () =>
      ask(this, "room-change", { change: { locked: this.#door.checked } }),
    );
    const door = h(
      "label",
      { class: "settings__door" },
      this.#door,
      h("span", {}, t("Lock the door")),
    );
    door.append(h("small", {}, t("Nobody new can join; whoever is inside stays.")));
    const rename = h("form", { class: "settings__name" }, this.#name);
    rename.append(h("button", { class: "button", type: "submit" }, t("Rename")));
    rename.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(this, "room-change", { change: { name: this.#name.value } });
    });
    const clear = sure(
      t("Clear the timeline"),
      t("Forget all that has happened here? Programs go on."),
      t("Clear"),
    );
    clear.addEventListener("sure", () => ask(this, "room-clear"));
    const close = sure(
      t("Close the room"),
      t("Close it for good? Everybody has to leave, and everything in it stops."),
      t("Close"),
    );
    close.addEventListener("sure", () => ask(this, "room-close"));
    return [
      policies,
      door,
      h("h3", {}, t("This room")),
      rename,
      h("div", { class: "settings__ends" }, clear, close),
    ];
  }
}

function sure(
  /** @type {string} */ label,
  /** @type {string} */ question,
  /** @type {string} */ deed,
) {
  return Object.assign(h("sure-button"), { label, question, deed });
}

customElements.define("room-settings", RoomSettings);
