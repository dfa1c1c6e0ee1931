// A WebSocket on trial: whether it opens and something comes through it, soon enough; later, whether it
// still lives.

/** @typedef {EventTarget & {send: (data: string) => void, close: () => void}} Stream what a timeline needs of a WebSocket */
/** How it failed: at once, or by silence; `said`: the server itself closed it, with a code. @typedef {"closed" | "silent" | "said"} Failure */

export const LIMITS = Object.freeze({
  proofMs: 3000, // from the attempt to the first message
  quietMs: 25_000, // without a message, and it is asked
  answerMs: 5000, // and then it has so long
});
const PING = JSON.stringify({ type: "ping" }); // answered by an empty batch

/**
 * Resolve with null once something has come through, else with how it failed.
 * @param {Stream} socket
 * @returns {Promise<Failure | null>}
 */
export function proofOf(socket) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("silent"), LIMITS.proofMs);
    const end = (/** @type {Failure | null} */ how) => {
      clearTimeout(timer);
      resolve(how);
    };
    socket.addEventListener("open", () => socket.send(PING), { once: true });
    socket.addEventListener("message", () => end(null), { once: true });
    socket.addEventListener("close", (event) => end(howClosed(event)), { once: true });
  });
}

// 1006 is what a browser says when nobody did (RFC 6455, 7.1.5), 1000 and 1001 what a machine between
// says; the others are ours.
function howClosed(/** @type {Event} */ event) {
  const { code = 1006 } = /** @type {CloseEvent} */ (event);
  return [1000, 1001, 1002, 1006].includes(code) ? "closed" : "said";
}

/**
 * Call `lost` when nothing comes through a WebSocket any more, not even an answer. What is returned asks
 * at once, for when the network may be another.
 * @param {Stream} socket
 * @param {() => void} lost
 */
export function watch(socket, lost) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const ask = () => {
    clearTimeout(timer);
    socket.send(PING);
    timer = setTimeout(lost, LIMITS.answerMs);
  };
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, LIMITS.quietMs);
  };
  socket.addEventListener("message", rest);
  socket.addEventListener("close", () => clearTimeout(timer), { once: true });
  rest();
  return ask;
}
