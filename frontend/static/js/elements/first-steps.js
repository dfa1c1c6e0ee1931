// A strip over the pictures that tells somebody new what to press, until they have seen one exchange.
// Asks for: "run-start" {}, "client-wanted".

import { firstStep } from "../model/first-steps.js";
import { keep, kept } from "../dom/kept.js";
import { t } from "../words/i18n.js";
import { ask, h, setText } from "../dom/markup.js";
import { mainProgram } from "../model/lab-view.js";

/** @import { Step } from "../model/first-steps.js" */
/** @import { View } from "./see-view.js" */

const SEEN = "first-steps";

export class FirstSteps {
  #words = h("p", { class: "first__words" });
  #act = h("button", { class: "button button--primary", type: "button" });
  #hide = h(
    "button",
    {
      class: "button button--quiet button--icon",
      type: "button",
      "aria-label": t("Hide these hints"),
      title: t("Hide these hints"),
    },
    "×",
  );
  element = h(
    "div",
    { class: "first", role: "note", hidden: true },
    this.#words,
    this.#act,
    this.#hide,
  );
  /** @type {Step | null} */
  #step = null;
  #picture = "text";

  constructor() {
    this.#hide.addEventListener("click", () => this.#end());
    this.#act.addEventListener("click", () => {
      if (this.#step === "start") ask(this.element, "run-start", {});
      else if (this.#step === "talk") ask(this.element, "client-wanted", {});
      else this.#end();
    });
  }

  /** Speak of the picture that is shown. */
  set picture(/** @type {string} */ mode) {
    this.#picture = mode;
    if (this.#step === "look") setText(this.#words, this.#exchange);
  }

  update(/** @type {View} */ view) {
    const mayAct = view.takesWishes && view.isKnown && !view.refused.start && kept(SEEN) === null;
    const step = mayAct ? firstStep(view) : null;
    this.element.hidden = step === null;
    if (step === null || step === this.#step) return;
    this.#step = step;
    const [words, act] = this.#says(step, `${mainProgram(view.lab)}.py`);
    setText(this.#words, words);
    setText(this.#act, act);
    this.#hide.hidden = step === "look"; // the other button does the same
  }

  /** @returns {[string, string]} */
  #says(/** @type {Step} */ step, /** @type {string} */ program) {
    if (step === "start") {
      return [t("Begin here: start the program."), t("Start {program}", { program })];
    }
    if (step === "talk") {
      return [t("The server listens: talk to it from this page."), t("Talk to it")];
    }
    return [this.#exchange, t("Got it")];
  }

  get #exchange() {
    if (this.#picture === "list") return t("The first exchange: a row is an event. Press one.");
    if (this.#picture === "lanes") {
      return t("The first exchange: a bar is a thread that waits. Press one.");
    }
    return t("The first exchange: an arrow is a message, a bar is a call that waits. Press one.");
  }

  #end() {
    keep(SEEN, "seen");
    this.element.hidden = true;
  }
}
