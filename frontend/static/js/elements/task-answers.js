// The answers to a task's questions, folded, each below its question; what answers no question of
// its own stands below the task. The server gives them to hosts only, and renders them.

import { questionsIn } from "./task-questions.js";
import { find, h } from "../dom/markup.js";
import { loadLateSheet } from "../dom/late-sheet.js";
import { ApiError, readAnswers } from "../net/api.js";
import { t } from "../words/i18n.js";

/** @typedef {{room: string, lab: {id: string}, lang: string}} Page */

/** Show the answers that a lab has. Whoever may not have them, or cannot now, sees none. */
export async function showAnswers(/** @type {Page} */ { room, lab, lang }) {
  const { html } = await readAnswers(room, lab.id).catch(noAnswers);
  if (html === null) return;
  await loadLateSheet();
  const said = new DOMParser().parseFromString(html[lang], "text/html").body;
  const prose = find(document, "#panel-task .prose");
  placeByQuestion(said, questionsIn(prose));
  if (said.childElementCount > 0) prose.append(folded(t("Answers"), said));
}

// Where a list answers each question, its answers go to them.
function placeByQuestion(/** @type {Element} */ said, /** @type {Element[]} */ questions) {
  const list = said.querySelector("h2 + ol");
  if (!list || list.children.length !== questions.length) return;
  list.previousElementSibling?.remove();
  list.remove();
  for (const [place, answer] of [...list.children].entries()) {
    questions[place].append(folded(t("Answer"), answer));
  }
}

const folded = (/** @type {string} */ name, /** @type {Element} */ answer) =>
  h("details", { class: "answer" }, h("summary", {}, name), h("div", {}, ...answer.childNodes));

function noAnswers(/** @type {unknown} */ error) {
  if (!(error instanceof ApiError)) throw error;
  return { html: null };
}
