// <run-panel>: the lab's server (or demo): its state and address, start and stop, how to
// reach it from a terminal, and what went wrong in words.
// Asks for: "run-start" {port, args}, "run-stop" {run}, "run-choose" {run}, "failure-hide".

import "./copy-button.js";
import { addressOf, exitWords, runStateDot, runStateWord } from "../words/format.js";
import { t, tn } from "../words/i18n.js";
import { LateFailure } from "./late-failure.js";
import { isFarAway, mainProgram, splitArguments, terminalCommands } from "../model/lab-view.js";
import { reconcile } from "../dom/list.js";
import { ask, find, h, notYet, setAttribute, setText } from "../dom/markup.js";
import { inFolder } from "../model/commands.js";
import { countConnected } from "../model/connected.js";
import { isFirstVersion } from "../model/programs.js";
import { hasEnded } from "../model/room-state.js";
import { visible } from "../model/text.js";

/** @import { LabView } from "../model/lab-view.js" */
/** @import { LabSummary } from "../model/types.d.ts" */
/** @import { Failure, Refused } from "../net/live-room.js" */
/** @import { Problem } from "../words/failure-words.js" */
/** @import { ShownState } from "../words/format.js" */
/**
 * `busy` is what the API is asked for, `failure` what it refused last.
 * @typedef {Pick<LabView, "main" | "active" | "names" | "clients"> & {lab: LabSummary, isKnown: boolean,
 *   busy: "start" | "stop" | null, pageHost?: string, refused: Refused, failure: Failure | null}} View
 */

const LAST_PORT = 65_535;
/** @type {readonly ShownState[]} */
const AT_REST = Object.freeze(["none", "exited", "crashed", "failed", "gone"]);
// Failures that a field has caused, which are said beside it.
const CAUSED_BY = Object.freeze({
  port_in_use: "port",
  bad_arguments: "args",
  start_failed: "args",
});

export class RunPanel extends HTMLElement {
  #dot = h("span", { class: "dot" });
  #name = h("h2", { class: "run__name" });
  #address = h("code", { class: "run__address" });
  #button = h("button", { class: "button run__button", type: "submit", form: "run-form" });
  #state = h("p", { class: "run__state", role: "status" });
  #refused = h("p", { class: "refused" });
  #holder = h("port-holder", { hidden: true });
  #choice = h("select", { class: "field run__choice", "aria-label": t("Which run"), hidden: true });
  #failure = new LateFailure({ id: "run-failure" });
  #commands = h("ul", { class: "commands" });
  #far = h(
    "p",
    { class: "run__moved", hidden: true },
    t(
      "Only browsers reach it, through this page: it listens on the loopback of the computer that runs Socket Lab.",
    ),
  );
  #portLabel = h("label", { for: "run-port" }, t("Port"));
  #port = h("input", {
    class: "field",
    id: "run-port",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: "6",
  });
  #args = h("input", {
    class: "field mono",
    id: "run-args",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "--help",
  });
  #options = h("details", { class: "run__options" });
  /** @type {View} */
  #view = notYet();
  /** @type {string | null} */
  #hidden = null; // the run whose failure a person has put away

  connectedCallback() {
    if (this.firstChild) return;
    this.#choice.addEventListener("change", () =>
      ask(this, "run-choose", { run: this.#choice.value }),
    );
    this.#options.append(
      h("summary", {}, t("Port and arguments")),
      h(
        "form",
        {
          class: "run__form",
          id: "run-form",
          onsubmit: (/** @type {SubmitEvent} */ event) => this.#submit(event),
        },
        this.#portLabel,
        this.#port,
        h("label", { for: "run-args" }, t("Arguments")),
        this.#args,
      ),
    );
    this.#holder.addEventListener("anotherport", () => this.#ask(0));
    this.addEventListener("failure-hide", () => {
      this.#hidden = this.#view.main?.id ?? null;
    });
    this.append(
      h(
        "header",
        { class: "run__head" },
        this.#dot,
        h("div", { class: "run__who" }, this.#name, this.#address),
        this.#button,
      ),
      this.#state,
      this.#refused,
      this.#holder,
      this.#choice,
      this.#failure.element,
      this.#commands,
      this.#far,
      this.#options,
    );
  }

  update(/** @type {View} */ view) {
    this.#view = view;
    // From now on it shows what is, and not all that it has.
    setAttribute(this, "data-told", view.isKnown ? "all" : "little");
    const { lab, main, names, pageHost } = view;
    const state = shownState(view);
    setAttribute(this.#dot, "class", runStateDot(state));
    setText(this.#name, main ? (names.get(main.id) ?? "") : `${mainProgram(lab)}.py`);
    const live = main !== null && !hasEnded(main);
    setText(this.#address, live ? addressOf(main, lab.transport) : "");
    this.#updateButton(state);
    setText(this.#state, stateWords(view, state));
    this.#holder.update?.(view); // it comes a second after the page
    this.#updateChoice();
    this.#updateOptions(state);
    this.#updateFailure();
    this.#far.hidden = !isFarAway(main, { pageHost });
    reconcile(this.#commands, terminalCommands(lab, main, { pageHost }), {
      key: (command) => command,
      create: commandRow,
    });
  }

  #updateButton(/** @type {ShownState} */ state) {
    /** @type {Record<string, string>} */
    const words = { starting: t("Starting…"), stopping: t("Stopping…") };
    const live = state === "listening" || state === "running";
    const what = this.#wasRestarted ? t("Start again") : startWords(this.#view);
    setText(this.#button, words[state] ?? (live ? t("Stop") : what));
    setAttribute(this.#button, "aria-disabled", state in words ? "true" : null);
    const refused = this.#view.refused[live ? "stop" : "start"] ?? "";
    this.#button.disabled = refused !== "";
    this.#refused.hidden = refused === "";
    setText(this.#refused, refused);
    this.#button.classList.toggle("button--danger", live || state === "stopping");
    this.#button.classList.toggle("button--primary", !live && state !== "stopping");
  }

  // Whether the program would still run, had the playground not been started anew.
  get #wasRestarted() {
    const { main } = this.#view;
    return main?.state === "exited" && main.error?.code === "restarted";
  }

  #updateChoice() {
    const { active, main, names, lab } = this.#view;
    this.#choice.hidden = active.length < 2;
    const options = active.map((run) => ({
      id: run.id,
      words: `${names.get(run.id)} · ${addressOf(run, lab.transport)}`,
    }));
    reconcile(this.#choice, options, {
      key: ({ id }) => id,
      create: ({ id }) => h("option", { value: id }),
      update: (option, { words }) => setText(option, words),
    });
    if (main) this.#choice.value = main.id;
  }

  #updateFailure() {
    const { failure, main, busy } = this.#view;
    const broken = main?.state === "crashed" || main?.state === "failed" || this.#wasRestarted;
    const ended = main && broken && main.id !== this.#hidden ? main.error : null;
    const error = failure ?? (busy ? null : ended);
    this.#place(error);
    if (!error) {
      this.#failure.clear();
      return;
    }
    this.#failure.say(error, ({ runFailure }) => {
      const asked = failure ?? { port: null, program: main?.program };
      const { what, meaning, hint } = runFailure(error, asked);
      return { what: visible(what), meaning: visible(meaning, { lines: true }), hint };
    });
  }

  // Beside the field that caused it, as long as that is seen.
  #place(/** @type {(Problem & {field?: string}) | null} */ error) {
    const causes = /** @type {Record<string, string | undefined>} */ (CAUSED_BY);
    const field = error && (error.field ?? causes[error.code]);
    const isBeside = Boolean(field && this.#options.open && !this.#options.hidden);
    for (const input of [this.#port, this.#args]) {
      const isCause = isBeside && input.id === `run-${field}`;
      setAttribute(input, "aria-invalid", isCause ? "true" : null);
      setAttribute(input, "aria-describedby", isCause ? "run-failure" : null);
    }
    const place = isBeside ? this.#options : this.#choice;
    const { element } = this.#failure;
    if (place.nextElementSibling !== element) place.after(element);
  }

  #updateOptions(/** @type {ShownState} */ state) {
    const { lab } = this.#view;
    const demo = mainProgram(lab) === "demo";
    this.#options.hidden = !AT_REST.includes(state);
    this.#port.hidden = demo;
    this.#portLabel.hidden = demo;
    setAttribute(this.#port, "placeholder", lab.port ?? "");
    setText(this.#options.firstChild, demo ? t("Arguments") : t("Port and arguments"));
  }

  #press() {
    const state = shownState(this.#view);
    if (state === "starting" || state === "stopping") return;
    if (state === "listening" || state === "running") {
      ask(this, "run-stop", { run: this.#view.main?.id });
    } else this.#start();
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    this.#press();
  }

  #start() {
    const typed = this.#port.value.trim();
    const port = typed === "" ? null : Number(typed);
    if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= LAST_PORT)) {
      const message = t(
        "“{text}” is not a port. A port is a number from 1 to {last}; 0 means any free one.",
        { text: visible(typed), last: LAST_PORT },
      );
      ask(this, "run-refuse", { code: "invalid", message, field: "port" });
      return;
    }
    this.#ask(port);
  }

  #ask(/** @type {number | null} */ port) {
    const args = splitArguments(this.#args.value);
    const again =
      this.#wasRestarted && port === null && args.length === 0 ? this.#view.main?.id : null;
    ask(this, "run-start", { port, args, again });
  }
}

// What the button starts is the finished program, also while the panel tells of a first version.
function startWords(/** @type {View} */ { lab, main }) {
  const program = mainProgram(lab);
  if (isFirstVersion(main?.program)) return t("Start {program}", { program: `${program}.py` });
  return program === "demo" ? t("Run") : t("Start");
}

/** @returns {ShownState} */
function shownState(/** @type {View} */ { main, busy }) {
  if (busy === "start") return "starting";
  if (busy === "stop") return "stopping";
  return main?.state ?? "none";
}

function stateWords(/** @type {View} */ { main, clients, lab }, /** @type {ShownState} */ state) {
  if (state === "none")
    return mainProgram(lab) === "demo" ? t("Not run yet.") : t("Not started yet.");
  if (main?.error?.code === "excess")
    return t(
      "Socket Lab ended the program: it used too much memory, or too many threads or processes.",
    );
  const isOver = state === "failed" && main?.exit_status === 0; // it printed its help, say
  if (main !== null && (isOver || state === "exited" || state === "crashed" || state === "gone")) {
    return exitWords(main.exit_status);
  }
  const word = runStateWord(state);
  if (main === null || (state !== "listening" && state !== "running")) return word;
  const connected = countConnected(main, clients);
  const parts = [word, main.pid ? `pid ${main.pid}` : null];
  if (main.slowed) parts.push(t("slowed down"));
  if (connected > 0) parts.push(tn("{n} client", "{n} clients", connected));
  return parts.filter(Boolean).join(" · ");
}

function commandRow(/** @type {string} */ command) {
  const { terminal = null } = JSON.parse(find(document, "#page").textContent ?? "");
  const copy = h("copy-button");
  copy.text = inFolder(command, terminal);
  const words = command.split(" ").flatMap((word) => [" ", h("span", {}, word)]);
  return h("li", { class: "command" }, h("code", {}, ...words.slice(1)), copy);
}

customElements.define("run-panel", RunPanel);
