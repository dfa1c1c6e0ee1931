// The sheets of what is not seen at first: each comes with the first thing that needs it. The page
// says where they are, as data of <html>.

import { soon } from "./soon.js";

/** Load a sheet; resolves once its rules hold, or when it cannot be had: then things are plain. */
const loading = (/** @type {string} */ name) =>
  soon(async () => {
    const href = document.documentElement.dataset[name];
    if (href === undefined) return;
    const link = document.createElement("link");
    await new Promise((resolve) => {
      link.addEventListener("load", resolve, { once: true });
      link.addEventListener("error", resolve, { once: true });
      link.rel = "stylesheet";
      link.href = href;
      document.head.append(link);
    });
  });

/** Of the differences, the list of events, the cards of the pictures, and failures. */
export const loadLateSheet = loading("lateSheet");
/** Of the keys. */
export const loadKeysSheet = loading("keysSheet");
/** Of the lanes. */
export const loadLanesSheet = loading("lanesSheet");
