// The replay page, put together: a file that somebody opens becomes events in time, they feed the
// state of a room, and the state is shown by the elements of the live workbench.
// The file is read here and sent nowhere.

import "../elements/bench-tabs.js";
import "../elements/reader.js";
import "../elements/run-console.js";
import "../elements/run-state.js";
import "../elements/see-view.js";
import { byteCount, inLanguage } from "../words/format.js";
import { inFrame } from "../dom/frame.js";
import { number, t, tn } from "../words/i18n.js";
import { labView } from "../model/lab-view.js";
import { reconcile } from "../dom/list.js";
import { find, h, setAttribute, setText } from "../dom/markup.js";
import { PlaybackBar } from "../elements/playback-bar.js";
import * as playback from "../model/playback.js";
import { LIMITS, readRecording, RecordingError } from "../model/recording.js";
import { visible } from "../model/text.js";
import { createViews } from "../elements/views.js";

// Where keys have a meaning of their own: typing, choosing, scrolling.
const OWN_KEYS =
  "input:not([type=range]), textarea, select, [role=tablist], [role=listbox], [role=region], " +
  "[role=log], pre";
const OWN_SPACE = "button, a, summary";
/** @type {Intl.DateTimeFormatOptions} */
const DATE = { dateStyle: "medium", timeStyle: "short" };

class Replay {
  #page;
  #root = document.querySelector(".replay");
  #views = createViews(this.#root);
  /** @type {PlaybackBar} */
  #bar = this.#root.querySelector("playback-bar");
  /** @type {HTMLInputElement} */
  #file = this.#root.querySelector("#replay-file");
  #problem = find(this.#root, ".replay-problem");
  /** @type {HTMLSelectElement} */
  #labs = this.#root.querySelector("#replay-lab");
  #labLink = find(this.#root, ".replay-lab-link");
  #column = find(this.#root, ".column--read");
  #recording = null; // {header, events, bad, badCount, missed}, its events prepared
  #moment = null; // of playback.js
  #states = null;
  #fed = 0; // events that the views have seen
  #offered = []; // the labs to choose from
  #lab = null;
  #playing = () => this.#play();
  #since = null; // the time of the last frame, while it plays
  #reading = 0; // how often a file was opened: the last one wins

  constructor(page) {
    this.#page = page;
  }

  start() {
    this.#file.addEventListener("change", () => this.#open(this.#file.files[0]));
    this.#labs.addEventListener("change", () => this.#choose(this.#labs.value));
    for (const button of this.#root.querySelectorAll(".replay-choose")) {
      button.addEventListener("click", () => this.#file.click());
    }
    const on = (type, act) =>
      this.#bar.addEventListener(type, ({ detail }) => this.#move(act(this.#moment, detail)));
    on("playback-play", (moment, { playing }) => playback.play(moment, playing));
    on("playback-step", (moment, { by }) => playback.step(moment, by));
    on("playback-seek", (moment, { time }) => playback.seek(moment, time));
    on("playback-speed", (moment, { speed }) => playback.atSpeed(moment, speed));
    on("playback-skip", (moment, { skip }) => playback.skippingWaits(moment, skip));
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#acceptDrops();
    if (new URLSearchParams(location.search).has("example")) this.#openExample();
  }

  // A drop anywhere on the page opens the file; without this the browser would leave the page.
  #acceptDrops() {
    const hasFile = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
    const over = (isOver) => this.#root.classList.toggle("is-dragging", isOver);
    document.addEventListener("dragover", (event) => {
      if (!hasFile(event)) return;
      event.preventDefault();
      over(true);
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) over(false);
    });
    document.addEventListener("drop", (event) => {
      over(false);
      if (!hasFile(event)) return;
      event.preventDefault();
      this.#open(event.dataTransfer.files[0]);
    });
  }

  async #open(file) {
    this.#file.value = ""; // the same file may be chosen again
    if (!file) return;
    await this.#show(file.name, async () => {
      if (file.size > LIMITS.bytes) {
        throw new RecordingError("too_big", { size: file.size, limit: LIMITS.bytes });
      }
      return file.text();
    });
  }

  async #openExample() {
    await this.#show(t("Example"), async () => {
      const response = await fetch(this.#page.example);
      if (!response.ok) throw new RecordingError("no_recording");
      return response.text();
    });
  }

  async #show(name, read) {
    const reading = ++this.#reading;
    try {
      const recording = readRecording(await read());
      if (reading !== this.#reading) return;
      this.#load(name, recording);
    } catch (error) {
      if (reading === this.#reading) this.#refuse(name, error);
    }
  }

  #refuse(name, error) {
    const isOurs = error instanceof RecordingError;
    const words = isOurs ? refusal(error) : t("The file could not be read.");
    setText(this.#problem, `${visible(name)}: ${words}`);
    this.#problem.hidden = false;
    this.#problem.scrollIntoView({ block: "nearest" });
    if (!isOurs) console.warn("replay:", error);
  }

  #load(name, recording) {
    const events = playback.prepare(recording);
    if (events.length === 0) throw new RecordingError("empty");
    this.#problem.hidden = true;
    this.#recording = { ...recording, events };
    this.#states = new playback.States(events);
    find(this.#root, ".replay-open").hidden = true;
    find(this.#root, ".replay-shown").hidden = false;
    document.body.classList.add("is-replaying");
    this.#describe(name);
    this.#moment = playback.playback(events);
    this.#offerLabs(events);
    find(this.#bar, ".playback__play").focus({ preventScroll: true });
  }

  #describe(name) {
    const { header, events, bad, badCount, missed } = this.#recording;
    setText(this.#root.querySelector(".replay-name"), visible(name));
    const first = new Date((events[0].t + header.clockOffsetS) * 1000);
    const facts = [
      Number.isNaN(first.getTime())
        ? null
        : new Intl.DateTimeFormat(this.#page.lang, DATE).format(first),
      tn("{n} event", "{n} events", events.length),
      missed > 0 ? tn("{n} event is missing here", "{n} events are missing here", missed) : null,
    ];
    setText(this.#root.querySelector(".replay-facts"), facts.filter(Boolean).join(" · "));
    const note = find(this.#root, ".replay-bad");
    note.hidden = badCount === 0;
    if (badCount === 0) return;
    const lines = bad.map(({ line }) => line).join(", ") + (badCount > bad.length ? "…" : "");
    setText(
      note,
      tn(
        "{n} line is no event and was left out: line {lines}.",
        "{n} lines are no events and were left out: lines {lines}.",
        badCount,
        { lines },
      ),
    );
  }

  // The labs of the recording that this playground has; the one with most events comes first.
  #offerLabs(events) {
    const labOf = new Map();
    const counts = new Map();
    for (const { type, run, lab } of events) {
      if (type === "run.started") labOf.set(run, lab);
      const of = labOf.get(run);
      if (of) counts.set(of, (counts.get(of) ?? 0) + 1);
    }
    const known = this.#page.labs.filter(({ id }) => counts.has(id));
    const unknown = [...counts.keys()].filter((id) => !known.some((lab) => lab.id === id));
    const labs = [...known, ...unknown.map((id) => strangeLab(id, events))];
    labs.sort((a, b) => counts.get(b.id) - counts.get(a.id));
    reconcile(this.#labs, labs, {
      key: ({ id }) => id,
      create: (lab) => h("option", { value: lab.id }, this.#nameOf(lab)),
    });
    this.#labs.closest("label").hidden = labs.length < 2;
    this.#offered = labs;
    this.#choose(labs[0]?.id ?? null);
  }

  #nameOf(lab) {
    return lab.isStrange ? visible(lab.id) : inLanguage(lab.title, this.#page.lang);
  }

  #choose(id) {
    const lab = this.#offered.find((each) => each.id === id) ?? strangeLab("", []);
    this.#lab = lab;
    setText(this.#labLink, this.#nameOf(lab));
    this.#labLink.hidden = lab.id === "";
    setAttribute(
      this.#labLink,
      "href",
      lab.isStrange ? null : `/r/${this.#page.room}/labs/${lab.id}`,
    );
    this.#fed = Infinity; // the views begin anew
    this.#move(this.#moment);
    this.#showSources(lab);
  }

  // The Read column of the lab, as the server writes it for the workbench.
  async #showSources(lab) {
    if (lab.isStrange) {
      this.#column.replaceChildren(
        h("p", { class: "replay-none" }, t("This playground does not have the recorded lab.")),
      );
      return;
    }
    const address = `/replay/labs/${lab.id}?lang=${this.#page.lang}`;
    const response = await fetch(address).catch(() => null);
    if (this.#lab !== lab) return;
    if (!response?.ok) {
      const words = t("The programs of the lab could not be loaded.");
      this.#column.replaceChildren(h("p", { class: "replay-none" }, words));
      return;
    }
    const html = await response.text();
    if (this.#lab !== lab) return;
    const parsed = new DOMParser().parseFromString(html, "text/html");
    this.#column.replaceChildren(document.adoptNode(parsed.querySelector("lab-reader")));
    const server = lab.programs.includes("demo") ? "demo.py" : "server.py";
    /** @type {HTMLElement | null} */ (this.#column.querySelector(`[id="tab-${server}"]`))?.click();
    this.#update();
  }

  #key(event) {
    const { target, key } = event;
    if (this.#moment === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || target.closest(OWN_KEYS)) return;
    if (key === " " && !target.closest(OWN_SPACE)) {
      this.#move(playback.play(this.#moment, !this.#moment.playing));
    } else if (key === "ArrowRight") this.#move(playback.step(this.#moment, 1));
    else if (key === "ArrowLeft") this.#move(playback.step(this.#moment, -1));
    else return;
    event.preventDefault();
  }

  #move(moment) {
    this.#moment = moment;
    const { reset, events } = playback.feed(moment.events, this.#fed, moment.count);
    const view = this.#view();
    for (const each of this.#views) {
      if (reset) each.reset();
      if (events.length > 0) each.take(events, view);
    }
    this.#fed = moment.count;
    this.#update();
    if (!moment.playing) {
      this.#since = null;
      return;
    }
    this.#since ??= performance.now();
    inFrame("take", this.#playing);
  }

  // One frame after the other while it plays; #move() asks for the next.
  #play() {
    if (!this.#moment.playing) return;
    const now = performance.now();
    const passedS = (now - this.#since) / 1000;
    this.#since = now;
    this.#move(playback.advance(this.#moment, passedS));
  }

  #view() {
    const { events, time, count } = this.#moment;
    const state = this.#states.at(count);
    return {
      ...labView(state, this.#lab, null),
      state,
      room: this.#recording.header.room,
      lab: this.#lab,
      lang: this.#page.lang,
      clockOffsetS: this.#recording.header.clockOffsetS,
      isReplay: true,
      events,
      until: time,
      count,
    };
  }

  #update() {
    const view = this.#view();
    for (const each of this.#views) each.update(view);
    this.#bar.update(this.#moment, view);
  }
}

// A lab that the recording names and this playground does not have.
function strangeLab(id, events) {
  const starts = events.filter((event) => event.type === "run.started" && event.lab === id);
  const programs = [...new Set(starts.map((event) => event.program))];
  return { id, isStrange: true, programs, server: null, transport: null, client: { kind: "none" } };
}

function refusal({ code, values }) {
  const words = {
    empty: () => t("There are no events in this file."),
    no_recording: () => t("This is no recording of Socket Lab: its first line does not say so."),
    version: () =>
      t("A recording of version {version}; this page reads version {known}.", {
        ...values,
        version: visible(values.version.slice(0, 20)),
      }),
    too_big: () =>
      t("The file has {size}; this page reads up to {limit}.", {
        size: byteCount(values.size),
        limit: byteCount(values.limit),
      }),
    too_many: () => t("The file has more than {limit} events.", { limit: number(values.limit) }),
  };
  return words[code]();
}

new Replay(JSON.parse(document.getElementById("page").textContent)).start();
