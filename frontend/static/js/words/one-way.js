// What is said where a server only takes and never answers.

import { t } from "./i18n.js";

/** What a client of a server says that only listens. */
export function oneWayWords() {
  return t("This server never answers: it shows what it gets in its console.");
}
