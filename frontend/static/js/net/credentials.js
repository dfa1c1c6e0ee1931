// How this browser says who it is. It has a token for each room that its person came into (a room's
// desks, ROOM.PERSON, have that of the room), which goes into a header or the first message of a
// WebSocket; never into an address, which others get to see. What is kept, and how: key-ring.js.

export const TOKEN = "socketlab.token."; // in localStorage, with the id of a room after it
const ROOM_IN = /\/(?:api|ws)\/rooms\/([^/?#]+)/;

// A browser that may keep nothing remembers as long as the page is there.
/** @type {Map<string, string>} */
export const remembered = new Map();

/** The room that a desk belongs to; a room that is none is its own. */
export const classOf = (/** @type {string} */ room) => room.split(".")[0];

/** The token of this browser's person in a room; null where they have not come in. */
export const tokenOf = (/** @type {string} */ room) => read(TOKEN + classOf(room));

/** What this browser has kept under a name. */
export function read(/** @type {string} */ name) {
  try {
    return localStorage.getItem(name) ?? remembered.get(name) ?? null;
  } catch {
    return remembered.get(name) ?? null;
  }
}

/** The token to bring to an address of ours: of a room, by HTTP or WebSocket. */
export function tokenAt(/** @type {string} */ address) {
  const room = ROOM_IN.exec(address);
  return room && tokenOf(room[1]);
}

/** Open a WebSocket of ours, and say on it who we are. */
export function openSocket(/** @type {string} */ url) {
  const socket = new WebSocket(url);
  const token = tokenAt(url);
  if (token) {
    const hello = JSON.stringify({ type: "hello", token });
    socket.addEventListener("open", () => socket.send(hello), { once: true });
  }
  return socket;
}
