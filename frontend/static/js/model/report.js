// The report that a student hands in: one HTML file that needs nothing else, made of plain values,
// and what can be taken out of one. Pure. All text is escaped; nothing in the file runs or loads.

import { visible } from "./text.js";

/** @typedef {{svg: string, caption: string}} Moment a picture of one, and what is said of it */
/** @typedef {{name: string, text: string}} Program */
/**
 * @typedef {{name: string, notes: string, answers: string[], moments: Moment[],
 *   programs: Program[]}} Report `answers` by the place of the question
 */
/**
 * `recording` is the file of the take in base64, null: none; `words` are those around all of it.
 * @typedef {{lang: string, title: string, made: string, questions: string[], report: Report,
 *   recording: string | null, recordingName: string, words: Record<Word, string>}} Written
 */
/** @typedef {"report" | "by" | "answers" | "none" | "notes" | "moments" | "programs" |
 *   "recording" | "save" | "replay"} Word */

export const LIMITS = Object.freeze({
  name: 100, // characters
  answer: 10_000, // characters, of notes, too
  caption: 200, // characters
  moments: 12,
  momentBytes: 400_000,
  programs: 4,
  programBytes: 64 * 1024,
  bytes: 32 * 2 ** 20, // of the whole file
});

const RECORDING = "data:application/x-ndjson;base64,";
const BEGINS = "<!doctype html><!-- Socket Lab report 1 -->";
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE = `
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif;
  color: #1d2126; background: #fff; overflow-wrap: anywhere; }
h1 { margin-bottom: 0; line-height: 1.2; }
.by { color: #535c66; }
.said, pre { white-space: pre-wrap; tab-size: 4; }
.said { padding-inline-start: 0.75rem; border-inline-start: 3px solid #2f4858; }
.question { font-weight: 600; }
.question code { font: 600 0.9em ui-monospace, monospace; }
.none { color: #626a73; font-style: italic; }
pre { padding: 0.75rem; background: #f4f3ef; font: 13px/1.45 ui-monospace, monospace; }
figure { margin: 1rem 0; break-inside: avoid; }
img { max-width: 100%; border: 1px solid #e2dfd6; }
li, h2, h3 { break-inside: avoid; break-after: auto; }
h2, h3 { break-after: avoid; }
@media print { body { margin: 0; max-width: none; } .screen { display: none; } }
`;

/** A report that nobody has written in. @returns {Report} */
export const emptyReport = () => ({ name: "", notes: "", answers: [], moments: [], programs: [] });

/** Read what was kept as JSON; what has not the shape of a report counts as nothing. */
export function readReport(/** @type {string | null} */ kept) {
  const found = parsed(kept);
  const list = (/** @type {unknown} */ value) => (Array.isArray(value) ? value : []);
  return /** @type {Report} */ ({
    name: text(found.name, LIMITS.name),
    notes: text(found.notes, LIMITS.answer),
    answers: list(found.answers).map((each) => text(each, LIMITS.answer)),
    moments: list(found.moments)
      .slice(0, LIMITS.moments)
      .map((each) => ({
        svg: text(each?.svg, LIMITS.momentBytes),
        caption: text(each?.caption, LIMITS.caption),
      })),
    programs: list(found.programs)
      .slice(0, LIMITS.programs)
      .map((each) => ({
        name: text(each?.name, LIMITS.caption),
        text: text(each?.text, LIMITS.programBytes),
      })),
  });
}

/** Write a report as an HTML file. */
export function writeReport(/** @type {Written} */ written) {
  const { lang, title, made, report, words } = written;
  const heading = `${words.report}: ${title}`;
  const by = [report.name.trim(), made].filter(Boolean).map(escaped).join(" · ");
  return `${BEGINS}
<html lang="${escaped(lang)}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped([title, report.name.trim()].filter(Boolean).join(" – "))}</title>
<style>${STYLE}</style></head><body>
<h1>${escaped(heading)}</h1>
<p class="by">${by}</p>
${[answers(written), notes(written), moments(written), programs(written), recording(written)].join("")}
</body></html>
`;
}

/** The base64 of the recording in a report; null where there is none, or where it is no report. */
export function recordingIn(/** @type {string} */ html) {
  if (!html.startsWith(BEGINS)) return null;
  const link = html.lastIndexOf(`href="${RECORDING}`);
  if (link === -1) return null;
  const start = link + 'href="'.length + RECORDING.length;
  return html.slice(start, html.indexOf('"', start));
}

/** Escape a text for HTML, in and out of attributes; what cannot be seen is shown. */
export function escaped(/** @type {string} */ text) {
  return visible(text, { lines: true })
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function answers(/** @type {Written} */ { questions, report, words }) {
  const items = questions.map(
    (question, place) =>
      `<li><p class="question">${asked(question)}</p>${said(report.answers[place], words)}</li>`,
  );
  return section(words.answers, items.length > 0 ? `<ol>${items.join("\n")}</ol>` : "");
}

/** A question as HTML: what stands between backquotes in it is code. */
const asked = (/** @type {string} */ question) =>
  escaped(question).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

const said = (/** @type {string | undefined} */ text, /** @type {Written["words"]} */ words) =>
  text?.trim()
    ? `<p class="said">${escaped(text)}</p>`
    : `<p class="none">${escaped(words.none)}</p>`;

const notes = (/** @type {Written} */ { report, words }) =>
  section(words.notes, report.notes.trim() && said(report.notes, words));

function moments(/** @type {Written} */ { report, words }) {
  const figures = report.moments.map(({ svg, caption }, place) => {
    const name = escaped(caption.trim() || `${words.moments} ${place + 1}`);
    const source = `data:image/svg+xml;base64,${base64(svg)}`;
    return `<figure><img src="${source}" alt="${name}"><figcaption>${name}</figcaption></figure>`;
  });
  return section(words.moments, figures.join("\n"));
}

const programs = (/** @type {Written} */ { report, words }) =>
  section(
    words.programs,
    report.programs
      .map(({ name, text }) => `<h3>${escaped(name)}</h3><pre><code>${escaped(text)}</code></pre>`)
      .join("\n"),
  );

function recording(/** @type {Written} */ { recording: file, recordingName, words }) {
  if (file === null) return "";
  const link = `<a download="${escaped(recordingName)}" href="${RECORDING}${file}">`;
  return section(
    words.recording,
    `<p class="screen">${link}${escaped(words.save)}</a></p><p>${escaped(words.replay)}</p>`,
  );
}

const section = (/** @type {string} */ title, /** @type {string} */ body) =>
  body ? `<section><h2>${escaped(title)}</h2>\n${body}</section>\n` : "";

/** Encode a text as base64 of its UTF-8. */
export function base64(/** @type {string} */ text) {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** @returns {Record<string, unknown>} */
function parsed(/** @type {string | null} */ kept) {
  try {
    return JSON.parse(kept ?? "{}") ?? {};
  } catch {
    return {};
  }
}

const text = (/** @type {unknown} */ value, /** @type {number} */ limit) =>
  typeof value === "string" ? value.slice(0, limit) : "";
