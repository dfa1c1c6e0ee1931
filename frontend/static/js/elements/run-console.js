// <run-console>: what the programs of the lab print, one tab a run; what is typed into them.
// Asks for: "run-start" {program: "client", args}, "run-stop" {run}, "run-type" {run, text},
// "run-end-input" {run}.

import { writeLine } from "./console-line.js";
import { FollowScroll } from "../dom/follow-scroll.js";
import { exitWords, runStateDot, runStateWord } from "../words/format.js";
import { t, tn } from "../words/i18n.js";
import { mainProgram, splitArguments } from "../model/lab-view.js";
import { reconcile } from "../dom/list.js";
import { reconcileLong } from "../dom/long-list.js";
import { ask, findAll, h, notYet, setAttribute, setText } from "../dom/markup.js";
import { hasEnded } from "../model/room-state.js";
import { outputIn } from "../model/takes.js";
import { roleOf } from "../model/programs.js";

/** @import { LabView } from "../model/lab-view.js" */
/** @import { Moment } from "../model/moment.js" */
/** @import { Output } from "../model/output-lines.js" */
/** @import { Run, State } from "../model/room-state.js" */
/** @import { LabSummary } from "../model/types.d.ts" */
/** @import { Refused } from "../net/live-room.js" */
/**
 * `takesWishes`: whether programs can be started, stopped and typed into here.
 * @typedef {Pick<LabView, "runs" | "main" | "names" | "take"> & {state: State, moment: Moment,
 *   lab: LabSummary, takesWishes: boolean, refused: Refused}} View
 */

const ENDED_TABS = 4; // tabs of ended runs that stay beside the running ones
/** @type {Output["lines"]} */
const NO_LINES = [];
/** @type {Readonly<Record<string, number | undefined>>} */
const TAB_STEPS = Object.freeze({ ArrowRight: 1, ArrowLeft: -1 });
/** @type {Readonly<Record<string, number | undefined>>} */
const HISTORY_STEPS = Object.freeze({ ArrowUp: -1, ArrowDown: 1 });
const HISTORY = 100; // typed lines to go back to

export class RunConsole extends HTMLElement {
  #tabs = h("div", { class: "console__tabs", role: "tablist", "aria-label": t("Programs") });
  #note = h("span", { class: "console__note" });
  #stop = h("button", { class: "console__button", type: "button" }, t("Stop"));
  #lines = h("div", {
    class: "console__lines",
    role: "log",
    tabindex: "0",
    "aria-label": t("Output"),
  });
  #forgotten = h("p", { class: "console__dropped" });
  #box = h("div", { class: "console__box", id: "console-box", role: "tabpanel" });
  #empty = h("p", { class: "console__empty" });
  #exit = h("p", { class: "console__exit" });
  #toEnd = h("button", { class: "console__end", type: "button", hidden: true }, t("To the end ↓"));
  #input = h("input", {
    class: "console__input",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    "aria-label": t("Type into the program"),
  });
  #prompt = h("form", { class: "console__prompt" });
  #launch = h("form", { class: "console__launch" });
  #args = h("input", {
    class: "console__input",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": t("Arguments of client.py"),
    placeholder: t("arguments"),
  });
  #follow = new FollowScroll(this.#box, {
    onchange: (following) => {
      this.#toEnd.hidden = following;
    },
  });
  /** @type {string[]} */
  #history = [];
  #historyAt = 0;
  /** @type {string | null} */
  #shown = null; // run id
  /** @type {string | null} */
  #newest = null;
  #moved = false; // another tab is in front, and has to be in sight
  #written = NO_LINES; // the lines as they stand on the page
  /** @type {View} */
  #view = notYet();

  connectedCallback() {
    if (this.firstChild) return;
    this.#stop.addEventListener("click", () => ask(this, "run-stop", { run: this.#shown }));
    this.#toEnd.addEventListener("click", () => this.#follow.toEnd());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#prompt.addEventListener("submit", (event) => this.#type(event));
    this.#launch.addEventListener("submit", (event) => this.#start(event));
    this.#tabs.addEventListener("keydown", (event) => this.#moveTab(event));
    const eof = h(
      "button",
      { class: "console__button", type: "button", title: t("End of input, as in a terminal") },
      "Ctrl+D",
    );
    eof.addEventListener("click", () => ask(this, "run-end-input", { run: this.#shown }));
    this.#prompt.append(
      h("span", { class: "console__sign", "aria-hidden": "true" }, "›"),
      this.#input,
      eof,
    );
    this.#launch.append(
      h("button", { class: "console__button", type: "submit" }, t("+ client.py in the console")),
      this.#args,
    );
    this.#box.append(this.#empty, this.#forgotten, this.#lines, this.#exit);
    this.append(
      h("header", { class: "console__head" }, this.#tabs, this.#note, this.#stop),
      h("div", { class: "console__view" }, this.#box, this.#toEnd),
      this.#prompt,
      this.#launch,
    );
  }

  update(/** @type {View} */ view) {
    this.#view = view;
    const tabs = tabsOf(view);
    this.#choose(tabs);
    const run = tabs.find((tab) => tab.id === this.#shown) ?? null;
    this.#updateTabs(tabs);
    this.#updateLines(run);
    this.#updateFoot(run);
    this.#bringIntoSight();
    this.#follow.keep();
  }

  // A run that has just started comes to the front; otherwise a person's choice stays.
  #choose(/** @type {Run[]} */ tabs) {
    const newest = tabs.at(-1)?.id ?? null;
    if (newest !== this.#newest && newest !== null) this.#show(newest);
    this.#newest = newest;
    if (!tabs.some((tab) => tab.id === this.#shown)) this.#show(newest);
  }

  #show(/** @type {string | null} */ run) {
    if (this.#shown === run) return;
    this.#shown = run;
    this.#follow.toEnd();
    this.#moved = true;
  }

  #updateTabs(/** @type {Run[]} */ tabs) {
    reconcile(
      this.#tabs,
      tabs.map((run) => ({ run, selected: run.id === this.#shown })),
      {
        key: ({ run }) => run.id,
        create: ({ run }) => this.#createTab(run),
        update: (tab, { run, selected }) => {
          setAttribute(tab.firstChild, "class", runStateDot(run.state));
          setText(tab.lastChild, this.#view.names.get(run.id) ?? "");
          setAttribute(tab, "aria-selected", String(selected));
          setAttribute(tab, "tabindex", selected ? "0" : "-1");
          setAttribute(
            tab,
            "title",
            `${runStateWord(run.state)}${run.pid ? ` · pid ${run.pid}` : ""}`,
          );
        },
      },
    );
  }

  #bringIntoSight() {
    /** @type {HTMLElement | null} */
    const tab = this.#tabs.querySelector('[aria-selected="true"]');
    if (!this.#moved || !tab) return;
    this.#moved = false;
    const { offsetLeft, offsetWidth } = tab;
    this.#tabs.scrollLeft =
      offsetLeft - this.#tabs.offsetLeft - (this.#tabs.clientWidth - offsetWidth) / 2;
  }

  #createTab(/** @type {Run} */ run) {
    const choose = () => {
      this.#show(run.id);
      this.update(this.#view);
    };
    return h(
      "button",
      {
        class: "console__tab",
        type: "button",
        role: "tab",
        "aria-controls": "console-box",
        onclick: choose,
      },
      h("span"),
      h("span"),
    );
  }

  #moveTab(/** @type {KeyboardEvent} */ event) {
    const step = TAB_STEPS[event.key];
    if (!step) return;
    const tabs = findAll(this.#tabs, '[role="tab"]');
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next?.click();
    next?.focus();
    event.preventDefault();
  }

  #updateLines(/** @type {Run | null} */ run) {
    const { take, state } = this.#view;
    const all = run ? state.output.get(run.id) : null;
    const output = run && all ? outputIn(take, run.id, all) : null;
    const lines = output?.lines ?? NO_LINES;
    if (lines !== this.#written) {
      reconcileLong(this.#lines, lines, {
        scope: run?.id,
        number: (line) => line.id,
        create: () => h("div"),
        update: writeLine,
      });
    }
    this.#written = lines;
    this.#exit.hidden = run === null || !hasEnded(run);
    if (run) setText(this.#exit, exitWords(run.exit_status));
    this.#empty.hidden = lines.length > 0;
    setText(this.#empty, this.#emptyWords(run));
    const forgotten = output?.forgotten ?? 0;
    this.#forgotten.hidden = forgotten === 0;
    if (forgotten > 0) {
      setText(
        this.#forgotten,
        tn("{n} earlier line is not kept", "{n} earlier lines are not kept", forgotten),
      );
    }
  }

  #emptyWords(/** @type {Run | null} */ run) {
    if (run) return hasEnded(run) ? t("It printed nothing.") : t("It has printed nothing yet.");
    if (this.#view.moment.until !== null) return t("At this moment no program has started yet.");
    return mainProgram(this.#view.lab) === "demo"
      ? t("The program's output appears here.")
      : t("The programs' output appears here. Start the server first.");
  }

  #updateFoot(/** @type {Run | null} */ run) {
    const { lab, main, takesWishes, refused } = this.#view;
    const live = run !== null && !hasEnded(run);
    setText(this.#note, live && run.pid ? `pid ${run.pid}` : "");
    this.#stop.hidden = !takesWishes || !(live && roleOf(run.program) === "client");
    this.#prompt.hidden =
      !takesWishes || !(roleOf(run?.program) === "client" && run?.state === "running");
    const reachable = takesWishes && main !== null && main.state === "listening";
    this.#stop.disabled = Boolean(refused.stop);
    this.#prompt.inert = Boolean(refused.type);
    this.#launch.inert = Boolean(refused.start);
    setAttribute(this.#args, "placeholder", refused.start ?? t("arguments"));
    this.#launch.hidden = !lab.programs.includes("client") || !reachable || !this.#prompt.hidden;
  }

  #type(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const text = this.#input.value;
    this.#input.value = "";
    if (text !== "") this.#history = [...this.#history.slice(1 - HISTORY), text];
    this.#historyAt = this.#history.length;
    this.#follow.toEnd();
    ask(this, "run-type", { run: this.#shown, text: `${text}\n` });
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (event.key === "d" && event.ctrlKey) {
      event.preventDefault();
      ask(this, "run-end-input", { run: this.#shown });
      return;
    }
    const step = HISTORY_STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    this.#historyAt = Math.min(Math.max(this.#historyAt + step, 0), this.#history.length);
    this.#input.value = this.#history[this.#historyAt] ?? "";
  }

  #start(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    ask(this, "run-start", { program: "client", args: splitArguments(this.#args.value) });
  }
}

// All running programs, the main run, and the last few others that ended since it started.
function tabsOf(/** @type {View} */ { runs, main }) {
  const since = main ? runs.slice(runs.indexOf(main) + 1) : runs;
  const ended = since.filter((run) => hasEnded(run) && run.program !== main?.program);
  const kept = new Set(ended.slice(-ENDED_TABS).map((run) => run.id));
  return runs.filter((run) => !hasEnded(run) || run.id === main?.id || kept.has(run.id));
}

customElements.define("run-console", RunConsole);
