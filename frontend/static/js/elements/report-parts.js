// The moments and the programs of a report: looked at, named, taken out, and brought back.

import { h } from "../dom/markup.js";
import { base64, LIMITS } from "../model/report.js";
import { visible } from "../model/text.js";
import { t } from "../words/i18n.js";

/** @import { Report, Moment, Program } from "../model/report.js" */
/** @typedef {"programs" | "program"} Refusal */

export class ReportParts {
  #onchange;
  #onrefuse;
  /** @type {Report | null} */
  #report = null;
  /** @type {(() => void) | null} */
  #back = null;
  #moments = h("ol", { class: "report__moments" });
  #programs = h("ul", { class: "report__programs" });
  #file = h("input", { type: "file", accept: ".py,text/x-python,text/plain", hidden: true });
  #choose = h("button", { class: "button", type: "button" }, t("Add a program"));
  #undo = h("button", { class: "button", type: "button", hidden: true }, t("Bring back"));
  element = h(
    "div",
    { class: "report__parts" },
    this.#moments,
    this.#programs,
    h("p", { class: "report__row" }, this.#choose, this.#undo),
    this.#file,
  );

  /**
   * `onchange()` after each change, `onrefuse(why)` when something does not fit.
   * @param {{onchange: () => void, onrefuse: (why: Refusal) => void}} tell
   */
  constructor({ onchange, onrefuse }) {
    this.#onchange = onchange;
    this.#onrefuse = onrefuse;
    this.#choose.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => this.#addProgram(this.#file.files?.[0]));
    this.#undo.addEventListener("click", () => {
      this.#back?.();
      this.#forget();
    });
  }

  /** Show the parts of a report, which is changed here. */
  show(/** @type {Report} */ report) {
    this.#report = report;
    this.#moments.replaceChildren(...report.moments.map((each) => this.#momentRow(each)));
    this.#programs.replaceChildren(...report.programs.map((each) => this.#programRow(each)));
  }

  #momentRow(/** @type {Moment} */ moment) {
    const source = `data:image/svg+xml;base64,${base64(moment.svg)}`;
    const caption = h("input", {
      type: "text",
      maxlength: LIMITS.caption,
      "aria-label": t("What it shows"),
      placeholder: t("What it shows"),
    });
    caption.value = moment.caption;
    caption.addEventListener("input", () => {
      moment.caption = caption.value;
      this.#onchange();
    });
    const out = this.#outOf("moments", moment);
    return h("li", {}, h("img", { src: source, alt: moment.caption }), caption, out);
  }

  #programRow(/** @type {Program} */ program) {
    return h("li", {}, h("code", {}, visible(program.name)), this.#outOf("programs", program));
  }

  #outOf(/** @type {"moments" | "programs"} */ kind, /** @type {Moment | Program} */ item) {
    const button = h("button", { class: "button button--quiet", type: "button" }, t("Remove"));
    button.addEventListener("click", () => {
      const list = /** @type {(Moment | Program)[]} */ (this.#report?.[kind]);
      const place = list.indexOf(item);
      list.splice(place, 1);
      this.#back = () => list.splice(place, 0, item);
      this.#changed();
      this.#undo.hidden = false;
      this.#undo.focus();
    });
    return button;
  }

  async #addProgram(/** @type {File | undefined} */ file) {
    this.#file.value = ""; // the same file may be chosen again
    if (!file || !this.#report) return;
    if (this.#report.programs.length >= LIMITS.programs) this.#onrefuse("programs");
    else if (file.size > LIMITS.programBytes) this.#onrefuse("program");
    else {
      const text = await file.text();
      this.#report.programs.push({ name: file.name.slice(0, LIMITS.caption), text });
      this.#changed();
    }
  }

  #forget() {
    this.#back = null;
    this.#undo.hidden = true;
    this.#changed();
  }

  #changed() {
    if (this.#report) this.show(this.#report);
    this.#onchange();
  }
}
