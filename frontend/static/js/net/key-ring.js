// What this browser keeps of who it is: a token for each room, the host key, each under a name of its
// own in localStorage; and how a link brings one.

import { read, remembered, TOKEN, classOf } from "./credentials.js";

const HOST_KEY = "socketlab.host-key";
const NAME = "socketlab.name";

/** Keep the token of a room; null forgets it. */
export const keepToken = (/** @type {string} */ room, /** @type {string | null} */ token) =>
  write(TOKEN + classOf(room), token);

/** The key with which rooms are made; null where nobody gave it. */
export const hostKey = () => read(HOST_KEY);

/** Keep the host key; null forgets it. */
export const keepHostKey = (/** @type {string | null} */ key) => write(HOST_KEY, key);

/** What this browser's person was called last; "" where nobody knows. */
export const rememberedName = () => read(NAME) ?? "";

/** Remember what this browser's person is called. */
export const rememberName = (/** @type {string} */ name) => write(NAME, name);

/** The ids of the rooms for which there are tokens. */
export function roomsEntered() {
  const names = new Set(remembered.keys());
  try {
    for (const name of Object.keys(localStorage)) names.add(name);
  } catch {
    // what is remembered is in the map
  }
  return [...names]
    .filter((name) => name.startsWith(TOKEN))
    .map((each) => each.slice(TOKEN.length));
}

/**
 * Take a credential out of the page's own address, where a link brings it: #token=… of this room,
 * #host-key=…; it is kept, and leaves the address and the history.
 * @param {string | null} [room]
 */
export function takeFragment(room = null) {
  const found = /^#(token|host-key)=(.+)$/.exec(location.hash);
  if (found === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  const value = decoded(found[2]);
  if (found[1] === "host-key") keepHostKey(value);
  else if (room !== null) keepToken(room, value);
}

// A key that somebody chose may have a % of its own in it.
function decoded(/** @type {string} */ text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function write(/** @type {string} */ name, /** @type {string | null} */ value) {
  if (value === null) remembered.delete(name);
  else remembered.set(name, value);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // it is in the map
  }
}
