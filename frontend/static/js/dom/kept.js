// Small choices that a browser keeps: for good (localStorage), or for this tab (sessionStorage). Where
// that is forbidden or full they last as long as the page.

const PREFIX = "socketlab.";
const STILL_MS = 200; // after the last change of what changes in each frame
/** @type {Map<string, string>} */
const here = new Map();
/** @type {Map<string, string | null>} what the browser has not been given yet, by name */
const late = new Map();
/** @type {number | undefined} */
let timer;

/**
 * What was kept under a name; `whose` browser, or this tab.
 * @param {string} name
 * @param {"browser" | "tab"} [whose]
 */
export function kept(name, whose = "browser") {
  let text = late.get(name);
  if (text !== undefined) return text;
  try {
    text = storage(whose).getItem(PREFIX + name);
  } catch {
    // then it is known until the page goes
  }
  return text ?? here.get(whose + name) ?? null;
}

/**
 * Keep a text; null: nothing any more.
 * @param {string} name
 * @param {string | null} text
 * @param {"browser" | "tab"} [whose]
 */
export function keep(name, text, whose = "browser") {
  if (text === null) here.delete(whose + name);
  else here.set(whose + name, text);
  try {
    if (text === null) storage(whose).removeItem(PREFIX + name);
    else storage(whose).setItem(PREFIX + name, text);
  } catch {
    // then it is known until the page goes
  }
}

/**
 * Keep a text that changes many times in a row: the browser is given the last one of them, when it changes
 * no more or the page goes.
 * @param {string} name
 * @param {string | null} text
 */
export function keepLast(name, text) {
  late.set(name, text);
  clearTimeout(timer);
  timer = setTimeout(keepLate, STILL_MS);
  addEventListener("pagehide", keepLate);
}

function keepLate() {
  for (const [name, text] of late) keep(name, text);
  late.clear();
}

/** The name of a choice that is of this page alone: of one lab in one room. */
export const ofPage = (/** @type {string} */ name) => `${name}.${location.pathname}`;

const storage = (/** @type {"browser" | "tab"} */ whose) =>
  whose === "tab" ? sessionStorage : localStorage;
