// Small choices that a browser keeps: for good (localStorage), or for this tab (sessionStorage). Where
// that is forbidden or full they last as long as the page.

const PREFIX = "socketlab.";
/** @type {Map<string, string>} */
const here = new Map();

/**
 * What was kept under a name; `whose` browser, or this tab.
 * @param {string} name
 * @param {"browser" | "tab"} [whose]
 */
export function kept(name, whose = "browser") {
  try {
    return storage(whose).getItem(PREFIX + name) ?? here.get(whose + name) ?? null;
  } catch {
    return here.get(whose + name) ?? null;
  }
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

/** The name of a choice that is of this page alone: of one lab in one room. */
export const ofPage = (/** @type {string} */ name) => `${name}.${location.pathname}`;

const storage = (/** @type {"browser" | "tab"} */ whose) =>
  whose === "tab" ? sessionStorage : localStorage;
