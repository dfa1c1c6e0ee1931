// Opens recordings: a file that somebody chooses or drops, or the example. The file is read here and
// sent nowhere; what is none is refused in words.
// Tells: "recording" {name, recording}, as model/recording.js reads it.

import { byteCount } from "../words/format.js";
import { number, t } from "../words/i18n.js";
import { find, findAll, setText } from "../dom/markup.js";
import { LIMITS, readRecording, RecordingError } from "../model/recording.js";
import { fromBase64 } from "../model/payload.js";
import { recordingIn } from "../model/report.js";
import { visible } from "../model/text.js";
import { ApiError } from "../net/api.js";

/** @import { KeptRecordings } from "../net/kept-recordings.js" */

export class RecordingOpener extends EventTarget {
  #root;
  /** @type {HTMLInputElement} */
  #file;
  #problem;
  #reading = 0; // how often a file was opened: the last one wins

  /** `root` holds the field for a file, the buttons that lead to it, and the place for a problem. */
  constructor(/** @type {HTMLElement} */ root) {
    super();
    this.#root = root;
    this.#file = /** @type {HTMLInputElement} */ (find(root, "#replay-file"));
    this.#problem = find(root, ".replay-problem");
  }

  /** Hear of files. */
  start() {
    this.#file.addEventListener("change", () => this.#open(this.#file.files?.[0]));
    for (const button of findAll(this.#root, ".replay-choose")) {
      button.addEventListener("click", () => this.#file.click());
    }
    this.#acceptDrops();
  }

  /** Open the example at an address. */
  async openExample(/** @type {string} */ address) {
    await this.#read(t("Example"), async () => {
      const response = await fetch(address);
      if (!response.ok) throw new RecordingError("no_recording");
      return response.text();
    });
  }

  /** Open a recording that a room keeps. */
  async openKept(/** @type {string} */ id, /** @type {KeptRecordings} */ kept) {
    await kept.start();
    const name = kept.list?.find((each) => each.id === id)?.name ?? t("Recording");
    await this.#read(name, () => kept.file(id));
  }

  // A drop anywhere on the page opens the file; without this the browser would leave the page.
  #acceptDrops() {
    const hasFile = (/** @type {DragEvent} */ { dataTransfer }) =>
      dataTransfer?.types.includes("Files");
    const over = (/** @type {boolean} */ isOver) =>
      this.#root.classList.toggle("is-dragging", isOver);
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
      this.#open(event.dataTransfer?.files[0]);
    });
  }

  async #open(/** @type {File | undefined} */ file) {
    this.#file.value = ""; // the same file may be chosen again
    if (!file) return;
    await this.#read(file.name, async () => {
      if (file.size > LIMITS.bytes) {
        throw new RecordingError("too_big", { size: file.size, limit: LIMITS.bytes });
      }
      return file.text();
    });
  }

  async #read(/** @type {string} */ name, /** @type {() => Promise<string>} */ read) {
    this.#reading += 1;
    const reading = this.#reading;
    try {
      const recording = readRecording(recordingOf(await read()));
      if (recording.events.length === 0) throw new RecordingError("empty");
      if (reading !== this.#reading) return;
      this.#problem.hidden = true;
      this.dispatchEvent(new CustomEvent("recording", { detail: { name, recording } }));
    } catch (error) {
      if (reading === this.#reading) this.#refuse(name, error);
    }
  }

  #refuse(/** @type {string} */ name, /** @type {unknown} */ error) {
    const isOurs = error instanceof RecordingError;
    const isRefused = error instanceof ApiError;
    const other = isRefused ? visible(error.message) : t("The file could not be read.");
    const words = isOurs ? refusal(error) : other;
    setText(this.#problem, `${visible(name)}: ${words}`);
    this.#problem.hidden = false;
    this.#problem.scrollIntoView({ block: "nearest" });
    if (!isOurs && !isRefused) console.warn("replay:", error);
  }
}

// A report has the recording of its take in it (model/report.js).
function recordingOf(/** @type {string} */ text) {
  const inside = recordingIn(text);
  return inside === null ? text : new TextDecoder().decode(fromBase64(inside));
}

function refusal(/** @type {RecordingError} */ { code, values }) {
  /** @type {Record<string, () => string>} */
  const words = {
    empty: () => t("There are no events in this file."),
    no_recording: () => t("This is not a Socket Lab recording: its first line does not say so."),
    version: () =>
      t("A recording of version {version}; this page reads version {known}.", {
        ...values,
        version: visible(String(values.version).slice(0, 20)),
      }),
    too_big: () =>
      t("The file has {size}; this page reads up to {limit}.", {
        size: byteCount(Number(values.size)),
        limit: byteCount(Number(values.limit)),
      }),
    too_many: () =>
      t("The file has more than {limit} events.", { limit: number(Number(values.limit)) }),
  };
  return words[code]();
}
