// What is said in a report, and of what it may hold.

import { byteCount } from "./format.js";
import { number, t } from "./i18n.js";
import { LIMITS } from "../model/report.js";

/** The words of the file around what a student wrote. */
export const reportWords = () => ({
  report: t("Report"),
  by: t("Your name"),
  answers: t("Answers"),
  none: t("Not answered."),
  notes: t("Notes"),
  moments: t("Moments"),
  programs: t("Programs"),
  recording: t("Recording"),
  save: t("Save the recording"),
  replay: t("Open this file in the replay of Socket Lab to see what happened once more."),
});

/** Why something does not go into a report. */
export const reportRefusals = Object.freeze({
  unseen: () => t("There is no picture in sight: choose Text, Hex, Calls or Threads."),
  moments: () => t("A report has at most {n} moments.", { n: number(LIMITS.moments) }),
  moment: () => t("This picture is too large for a report: show less of it."),
  programs: () => t("A report has at most {n} programs.", { n: number(LIMITS.programs) }),
  program: () =>
    t("A program in a report has at most {size}.", { size: byteCount(LIMITS.programBytes) }),
  unkept: () =>
    t("This browser keeps no more: save the report before you leave or reload the page."),
});

/** Why a report is too large. */
export const tooLarge = (/** @type {number} */ bytes) =>
  t(
    "The report would have {size}, at most {limit} are allowed: leave the recording out, or begin a new take.",
    {
      size: byteCount(bytes),
      limit: byteCount(LIMITS.bytes),
    },
  );
