// Saves a report as a file: brings the recording of the take, and refuses what is too large.

import { find, h, setText } from "../dom/markup.js";
import { ApiError, send } from "../net/api.js";
import { LIMITS, writeReport } from "../model/report.js";
import { visible } from "../model/text.js";
import { reportWords, tooLarge } from "../words/report-words.js";
import { t } from "../words/i18n.js";

/** @import { Report } from "../model/report.js" */
/**
 * @typedef {{page: {lab: {id: string}, lang: string}, questions: string[],
 *   report: () => Report, tell: (why: string) => void}} Given
 */

const SAVED_MS = 60_000; // until a browser has taken a file

export class ReportFile {
  #given;
  #with = h("input", { type: "checkbox", checked: true });
  #save = h("button", { class: "button button--primary", type: "button" }, t("Save the report"));
  element = h(
    "p",
    { class: "report__row" },
    this.#save,
    h("label", {}, this.#with, " ", t("with the recording of this take")),
  );

  constructor(/** @type {Given} */ given) {
    this.#given = given;
    this.#save.addEventListener("click", () => this.#write());
  }

  async #write() {
    const { tell } = this.#given;
    this.#save.disabled = true;
    tell("");
    try {
      const recording = this.#with.checked ? await this.#recording() : null;
      const file = new Blob([this.#html(recording)], { type: "text/html" });
      if (file.size > LIMITS.bytes) tell(tooLarge(file.size));
      else this.#give(file);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const why = visible(error.message);
      tell(
        t("The recording could not be fetched: {why} Save the report without it, or try again.", {
          why,
        }),
      );
    } finally {
      this.#save.disabled = false;
    }
  }

  #html(/** @type {string | null} */ recording) {
    const { page, questions, report } = this.#given;
    return writeReport({
      lang: page.lang,
      title: find(document, "h1").textContent?.trim() ?? page.lab.id,
      made: new Date().toLocaleString(page.lang),
      questions,
      report: report(),
      recording,
      recordingName: `${this.#name}.jsonl`,
      words: reportWords(),
    });
  }

  // In base64, as a file has it that is a link.
  async #recording() {
    const { href } = /** @type {HTMLAnchorElement} */ (find(document, ".save-take"));
    const { pathname, search } = new URL(href);
    const blob = await (await send("GET", pathname + search)).blob();
    if (blob.size > LIMITS.bytes) throw new ApiError("too_big", tooLarge(blob.size));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return base64Of(bytes);
  }

  get #name() {
    const who = this.#given
      .report()
      .name.trim()
      .replace(/[^\p{L}\p{N}]+/gu, "-");
    return [this.#given.page.lab.id.replace("/", "-"), who].filter(Boolean).join("-");
  }

  #give(/** @type {Blob} */ file) {
    const url = URL.createObjectURL(file);
    h("a", { href: url, download: `${this.#name}.html` }).click();
    setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
    setText(this.#save, t("Save the report"));
  }
}

const PIECE = 0x8000; // arguments of one call

function base64Of(/** @type {Uint8Array} */ bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  }
  return btoa(pieces.join(""));
}
