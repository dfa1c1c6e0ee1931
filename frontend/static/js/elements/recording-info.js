// What stands above a replay: the name of the recording, when it was and how much, what could not be
// read, and which of its labs is shown.
// Tells: "lab" {lab} when another one is chosen.

import { dateTime, t, tn } from "../words/i18n.js";
import { inLanguage } from "../words/format.js";
import { reconcile } from "../dom/list.js";
import { find, h, setAttribute, setText } from "../dom/markup.js";
import { beginOf } from "../model/playback.js";
import { visible } from "../model/text.js";
import { at } from "../net/base.js";

/** @import { Lab } from "../model/recorded-labs.js" */
/** @import { Recording } from "../model/recording.js" */
/** @import { Recorded } from "../model/playback.js" */

export class RecordingInfo extends EventTarget {
  #root;
  #lang;
  #room;
  /** @type {HTMLSelectElement} */
  #labs;
  #labLink;
  /** @type {Lab[]} */
  #offered = [];

  /**
   * @param {HTMLElement} root
   * @param {{lang: string, room: string}} page
   */
  constructor(root, { lang, room }) {
    super();
    this.#root = root;
    this.#lang = lang;
    this.#room = room;
    this.#labs = /** @type {HTMLSelectElement} */ (find(root, "#replay-lab"));
    this.#labLink = find(root, ".replay-lab-link");
    this.#labs.addEventListener("change", () => {
      const lab = this.#offered.find(({ id }) => id === this.#labs.value);
      this.dispatchEvent(new CustomEvent("lab", { detail: { lab } }));
    });
  }

  /**
   * Tell of a recording, its events prepared, and offer its labs.
   * @param {string} name
   * @param {Omit<Recording, "events"> & {events: readonly Recorded[]}} recording
   * @param {Lab[]} labs
   */
  describe(name, { header, events, bad, badCount, missed }, labs) {
    setText(find(this.#root, ".replay-name"), visible(name));
    const facts = [
      dateTime(events[0].t + header.clockOffsetS),
      header.take === null ? null : t("Take {n}", { n: header.take }),
      tn("{n} event", "{n} events", events.length - beginOf(events, header.take)),
      missed > 0 ? tn("{n} event is missing here", "{n} events are missing here", missed) : null,
    ];
    setText(find(this.#root, ".replay-facts"), facts.filter(Boolean).join(" · "));
    this.#tellBad(bad, badCount);
    this.#offered = labs;
    reconcile(this.#labs, labs, {
      key: ({ id }) => id,
      create: (lab) => h("option", { value: lab.id }, this.#nameOf(lab)),
    });
    find(this.#root, ".replay-choice").hidden = labs.length < 2;
  }

  /** Name the lab that is shown, and lead to it. */
  showLab(/** @type {Lab} */ lab) {
    this.#labs.value = lab.id;
    setText(this.#labLink, this.#nameOf(lab));
    this.#labLink.hidden = lab.id === "";
    const address = at(`/r/${this.#room}/labs/${lab.id}`);
    const isHere = this.#room !== "" && !lab.isStrange;
    setAttribute(this.#labLink, "href", isHere ? address : null);
  }

  #nameOf(/** @type {Lab} */ lab) {
    return lab.isStrange ? visible(lab.id) : inLanguage(lab.title, this.#lang);
  }

  #tellBad(/** @type {{line: number}[]} */ bad, /** @type {number} */ badCount) {
    const note = find(this.#root, ".replay-bad");
    note.hidden = badCount === 0;
    if (badCount === 0) return;
    const lines = bad.map(({ line }) => line).join(", ") + (badCount > bad.length ? "…" : "");
    const words = tn(
      "{n} line is not an event and was left out: line {lines}.",
      "{n} lines are not events and were left out: lines {lines}.",
      badCount,
      { lines },
    );
    setText(note, words);
  }
}
