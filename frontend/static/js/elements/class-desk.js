// <class-desk>: one desk of a class in a few words: whose, what runs, what happened last, what waits.
// Asks for: "desk-show" {desk, lab}, with a null desk to show nothing any more.

import { at } from "../net/base.js";
import { runStateDot, runStateWord } from "../words/format.js";
import { agoWords, lastWords, placeWords, waitWords } from "../words/desk-words.js";
import { t, tn } from "../words/i18n.js";
import { reconcile } from "../dom/list.js";
import { ask, h, notYet, setAttribute, setColour, setText } from "../dom/markup.js";
import { fileOf } from "../model/new-run.js";
import { labOf, toneOf } from "../model/desks.js";
import { numberOf } from "../model/people.js";
import { visible } from "../model/text.js";

/** @import { DeskSummary, RunBrief } from "../model/desk-summary.d.ts" */
/** @typedef {{desk: DeskSummary, titles: Record<string, string>, isShown: boolean}} Shown */

const RUNS_SHOWN = 2;

export class ClassDesk extends HTMLElement {
  /** @type {Shown} */
  #shown = notYet();
  #dot = h("span", { class: "dot" });
  #here = h("span", { class: "visually-hidden" });
  #link = h("a", { class: "desk-card__link" });
  #muted = h("span", { class: "tag" }, t("muted"));
  #show = h("button", { class: "button desk-card__show", type: "button" });
  #runs = h("ul", { class: "desk-card__runs" });
  #none = h("p", { class: "desk-card__none" }, t("Nothing runs."));
  #last = h("p", { class: "desk-card__last" });
  #ago = h("span", { class: "desk-card__ago" });
  #wait = h(
    "p",
    { class: "desk-card__wait" },
    h("span", { class: "visually-hidden" }, t("waits:")),
    " ",
    h("span"),
  );
  #clients = h("span");
  #checks = h("span", { class: "desk-card__checks" });

  connectedCallback() {
    if (this.firstChild) return;
    this.classList.add("card", "desk-card");
    this.#show.addEventListener("click", () => this.#askToShow());
    this.append(
      h(
        "header",
        { class: "desk-card__head" },
        h("h2", { class: "desk-card__name" }, this.#link),
        this.#muted,
        this.#dot,
        this.#here,
      ),
      this.#runs,
      this.#none,
      this.#last,
      this.#wait,
      h("footer", { class: "desk-card__foot" }, this.#clients, this.#checks, this.#ago, this.#show),
    );
  }

  /** Show a desk as it is, at a time of the server's clock. */
  update(/** @type {Shown} */ shown, /** @type {number} */ now) {
    this.#shown = shown;
    const { desk, isShown } = shown;
    const lab = labOf(desk);
    setColour(this, numberOf(desk.person));
    this.dataset.tone = toneOf(desk);
    this.toggleAttribute("data-away", !desk.online);
    this.toggleAttribute("data-shown", isShown);
    setText(this.#link, visible(desk.name));
    setAttribute(this.#link, "href", at(`/r/${desk.desk}${lab ? `/labs/${lab}` : ""}`));
    setAttribute(this.#dot, "class", desk.online ? "dot dot--on" : "dot");
    setText(this.#here, desk.online ? t("is here") : t("is away"));
    setAttribute(this.#dot, "title", desk.online ? t("is here") : t("is away"));
    this.#muted.hidden = !desk.muted;
    setText(this.#show, isShown ? t("Stop showing") : t("Show to all"));
    this.#updateRuns(desk);
    setText(this.#clients, desk.clients ? tn("{n} client", "{n} clients", desk.clients) : "");
    const { checks } = desk;
    setText(this.#checks, checks ? t("{passed} of {total} checks", checks) : "");
    this.tick(now);
  }

  /** Say how long ago, and how long by now. */
  tick(/** @type {number} */ now) {
    const { desk } = this.#shown;
    const { text, tone } = lastWords(desk);
    setText(this.#last, text);
    setAttribute(this.#last, "title", text);
    this.#last.dataset.tone = tone;
    setText(this.#ago, desk.last ? agoWords(desk.last, now) : "");
    const [wait] = desk.waits;
    this.#wait.hidden = wait === undefined;
    if (wait === undefined) return;
    const words = [waitWords(wait, now), placeWords(wait)].filter(Boolean).join(" · ");
    setText(this.#wait.lastChild, words);
    setAttribute(this.#wait, "title", `${t("waits:")} ${words}`);
  }

  #updateRuns(/** @type {DeskSummary} */ { runs }) {
    this.#none.hidden = runs.length > 0;
    this.#runs.hidden = runs.length === 0;
    reconcile(this.#runs, runs.slice(0, RUNS_SHOWN), {
      key: ({ id }) => id,
      create: () =>
        h(
          "li",
          { class: "desk-card__run" },
          h("span", { class: "dot" }),
          h("span", { class: "desk-card__lab" }),
          h("span", { class: "desk-card__state" }),
        ),
      update: (item, run) => this.#updateRun(item, run),
    });
  }

  #updateRun(/** @type {HTMLElement} */ item, /** @type {RunBrief} */ run) {
    const [dot, lab, state] = item.children;
    const program = run.program === "server" ? "" : ` · ${fileOf(run)}`;
    const title = this.#shown.titles[run.lab] ?? run.lab;
    setAttribute(dot, "class", runStateDot(run.state));
    setText(lab, visible(`${title || t("own program")}${program}`));
    setText(state, runStateWord(run.state));
    setAttribute(item, "title", run.error ? visible(run.error) : null);
    item.dataset.state = run.state;
  }

  #askToShow() {
    const { desk, isShown } = this.#shown;
    ask(this, "desk-show", isShown ? { desk: null } : { desk: desk.desk, lab: labOf(desk) });
  }
}

customElements.define("class-desk", ClassDesk);
