// <lab-report>: the report that a student hands in: answers in fields below the questions, notes,
// moments of the picture, programs; saved as one HTML file. What is in it stays in this browser, and
// is there again after a reload. Nothing of it is sent anywhere.

import { ReportParts } from "./report-parts.js";
import { ReportFile } from "./report-file.js";
import { questionsIn } from "./task-questions.js";
import { pictureFile } from "../picture/picture-file.js";
import { find, findAll, h, notYet, setText } from "../dom/markup.js";
import { icon } from "../dom/svg.js";
import { keep, kept, ofPage } from "../dom/kept.js";
import { LIMITS, readReport } from "../model/report.js";
import { reportRefusals } from "../words/report-words.js";
import { t } from "../words/i18n.js";

/** @import { Report } from "../model/report.js" */
/** @typedef {{lab: {id: string}, lang: string}} Page */

const PICTURES = "sequence-diagram:not([hidden]), thread-lanes:not([hidden])";
const ADD = "M4 5h16v8M4 5v14h9M4 15l5-5 4 4M18 16v6m-3-3h6";
const KEEP_MS = 300; // after the last letter
const INNER = ".answer, .report__answer"; // of a question, but not of its text

export class LabReport extends HTMLElement {
  /** @type {Page} */
  #page = notYet();
  /** @type {Report} */
  #report = notYet();
  /** @type {string[]} */
  #questions = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #problem = h("p", { class: "report__problem", role: "status" });
  #parts = new ReportParts({
    onchange: () => this.#keep(),
    onrefuse: (/** @type {keyof typeof reportRefusals} */ why) => this.#say(reportRefusals[why]()),
  });
  #shown = h("span"); // how many moments there are
  #said = h("p", { class: "report__said", role: "status" });
  #add = h(
    "button",
    {
      class: "button button--icon report__add",
      type: "button",
      title: t("Add this moment to the report"),
      "aria-label": t("Add this moment to the report"),
    },
    icon(ADD),
    this.#shown,
  );

  /** Begin with what this browser has kept. */
  begin(/** @type {Page} */ page) {
    this.#page = page;
    this.#report = readReport(kept(this.#name));
    const prose = /** @type {HTMLElement} */ (this.parentElement);
    const questions = questionsIn(prose);
    this.#questions = questions.map(textOf);
    for (const [place, question] of questions.entries()) {
      const answer = this.#field(t("Your answer"), this.#report.answers[place] ?? "", (text) => {
        this.#report.answers[place] = text;
      });
      answer.classList.add("report__answer");
      question.insertBefore(answer, question.querySelector(":scope > .answer"));
    }
    this.#fill();
    this.#add.addEventListener("click", () => this.#addMoment());
    find(document, ".see__time").before(this.#add);
    find(document, ".see__head").after(this.#said);
    this.#parts.show(this.#report);
    this.#count();
    for (const type of ["keydown", "keyup"]) {
      prose.addEventListener(type, (event) => {
        if (/** @type {Element} */ (event.target).matches("textarea, input"))
          event.stopPropagation();
      });
    }
    addEventListener("pagehide", () => this.#keepNow());
  }

  get #name() {
    return `report.${ofPage(this.#page.lab.id)}`;
  }

  #fill() {
    const name = h("input", { type: "text", maxlength: LIMITS.name, autocomplete: "name" });
    name.value = this.#report.name;
    name.addEventListener("input", () => {
      this.#report.name = name.value;
      this.#keep();
    });
    const notes = this.#field(t("Notes"), this.#report.notes, (text) => {
      this.#report.notes = text;
    });
    const file = new ReportFile({
      page: this.#page,
      questions: this.#questions,
      tell: (/** @type {string} */ why) => this.#say(why),
      report: () => this.#report,
    });
    this.append(
      h("h2", {}, t("Report")),
      h(
        "p",
        { class: "report__about" },
        t(
          "Answers, moments and programs stay in this browser until you save them as one file to hand in.",
        ),
      ),
      h("label", { class: "report__field" }, h("span", {}, t("Your name")), name),
      notes,
      this.#parts.element,
      file.element,
      this.#problem,
    );
  }

  #field(
    /** @type {string} */ name,
    /** @type {string} */ value,
    /** @type {(text: string) => void} */ take,
  ) {
    const field = h("textarea", {
      rows: "2",
      maxlength: LIMITS.answer,
      "aria-label": name,
      placeholder: name,
    });
    field.value = value;
    field.addEventListener("input", () => {
      take(field.value);
      this.#keep();
    });
    return h("div", { class: "report__field" }, field);
  }

  #addMoment() {
    const picture = findAll(document, PICTURES)[0];
    const svg = picture ? pictureFile(picture) : null;
    if (svg === null) return this.#sayHere(reportRefusals.unseen());
    if (svg.length > LIMITS.momentBytes) return this.#sayHere(reportRefusals.moment());
    if (this.#report.moments.length >= LIMITS.moments)
      return this.#sayHere(reportRefusals.moments());
    this.#report.moments.push({ svg, caption: find(document, ".see__count").textContent ?? "" });
    this.#parts.show(this.#report);
    this.#say("");
    this.#keepNow();
  }

  // What was asked for in another column is answered there.
  #sayHere(/** @type {string} */ why) {
    setText(this.#said, why);
  }

  #count() {
    const n = this.#report.moments.length;
    setText(this.#shown, n === 0 ? "" : String(n));
    setText(this.#said, "");
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keepNow(), KEEP_MS);
    this.#count();
  }

  #keepNow() {
    clearTimeout(this.#timer);
    this.#count();
    const text = JSON.stringify(this.#report);
    keep(this.#name, text);
    if (!isKept(this.#name, text)) this.#say(reportRefusals.unkept());
  }

  #say(/** @type {string} */ why) {
    setText(this.#problem, why);
  }
}

// dom/kept.js remembers as long as the page is there; whoever writes has to know when that is all.
function isKept(/** @type {string} */ name, /** @type {string} */ text) {
  try {
    return localStorage.getItem(`socketlab.${name}`) === text;
  } catch {
    return false;
  }
}

function textOf(/** @type {HTMLElement} */ question) {
  const copy = /** @type {HTMLElement} */ (question.cloneNode(true));
  for (const inner of findAll(copy, INNER)) inner.remove();
  for (const code of findAll(copy, "code")) code.replaceWith(`\`${code.textContent}\``);
  return copy.textContent?.replace(/\s+/g, " ").trim() ?? "";
}

/** Put the report below the task; whoever goes there by keys meanwhile sees still where they are. */
export function showReport(/** @type {Page} */ page) {
  const report = h("lab-report", { class: "report" });
  const task = find(document, "#panel-task");
  find(task, ".prose").append(report);
  /** @type {LabReport} */ (report).begin(page);
  task.querySelector(":focus-visible")?.scrollIntoView({ block: "nearest" });
}

customElements.define("lab-report", LabReport);
