// The words that explain events, loaded when first asked for.

import { Explanations } from "../model/explanations.js";
import { at } from "./base.js";

/** @type {Map<string, Promise<Explanations>>} by language */
const loading = new Map();

/** The explanations in a language, fetched once a page. */
export function loadExplanations(/** @type {string} */ lang) {
  let promise = loading.get(lang);
  if (!promise) {
    promise = fetchExplanations(lang);
    promise.catch(() => loading.delete(lang)); // the next who asks may have more luck
    loading.set(lang, promise);
  }
  return promise;
}

async function fetchExplanations(/** @type {string} */ lang) {
  const response = await fetch(at(`/api/explanations?lang=${encodeURIComponent(lang)}`));
  if (!response.ok) throw new Error(`GET /api/explanations: ${response.status}`);
  return new Explanations(await response.json());
}
