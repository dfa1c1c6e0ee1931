// The end of a socket that ought to have been heard of: its last bytes may still be on their way, but
// after so long a silence there is no way any more.

const SILENCE_MS = 5000;

/** @type {WeakSet<object>} */
const awaited = new WeakSet();

/**
 * Call `act` once nothing more was heard of a socket for long, unless it is over before.
 * @param {object} socket
 * @param {{heard: () => number, isOver: () => boolean, act: () => void}} what
 */
export function afterSilence(socket, { heard, isOver, act }) {
  if (awaited.has(socket)) return;
  awaited.add(socket);
  const wait = (/** @type {number} */ before) =>
    setTimeout(() => {
      if (isOver()) return;
      if (heard() === before) act();
      else wait(heard());
    }, SILENCE_MS);
  wait(heard());
}
