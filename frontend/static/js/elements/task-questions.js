// The questions of a task: what stands as a numbered list below its third heading and those after it,
// as the printed sheet has it (css/print.css).

import { findAll } from "../dom/markup.js";

/** The questions, in their order. */
export const questionsIn = (/** @type {ParentNode} */ prose) =>
  findAll(prose, "h2:nth-of-type(n + 3) + ol > li");
