// Requests that wait for news, one after the other, as long as somebody wants them. Where somebody
// between cuts those that wait long, they wait less long.

import { send } from "./api.js";

/** @import { ApiError } from "./api.js" */

export const WAITS = Object.freeze({
  longestS: 20,
  shortestS: 1,
  spareS: 15, // so much longer than it waits an answer may take
  pauseMs: 300, // after a failure, and longer each time
  failures: 4, // in a row, and there is no way
});

/**
 * Ask again and again, until `stop` says so; what fails for good is thrown.
 * @param {object} way
 * @param {(waitS: number) => string} way.url
 * @param {(answer: Response) => Promise<void>} way.take
 * @param {AbortSignal} way.stop
 * @param {boolean} [way.patient] whether the first answer, too, may fail
 */
export async function askAgain({ url, take, stop, patient = false }) {
  let waitS = patient ? WAITS.longestS : 0; // 0: an answer at once tells that there is a way
  let failures = 0;
  let hasWorked = patient;
  while (!stop.aborted) {
    try {
      const timeout = AbortSignal.timeout((waitS + WAITS.spareS) * 1000);
      const answer = await send("GET", url(waitS), { signal: AbortSignal.any([stop, timeout]) });
      if (stop.aborted) return;
      await take(answer);
      if (waitS === 0) waitS = WAITS.longestS;
      failures = 0;
      hasWorked = true;
    } catch (error) {
      if (stop.aborted) return;
      failures += 1;
      const { status = 0 } = /** @type {ApiError} */ (error);
      const isRefused = status >= 400 && status < 500 && status !== 408;
      if (isRefused || !hasWorked || failures >= WAITS.failures) throw error;
      waitS = Math.max(WAITS.shortestS, waitS / 2);
      await pause(failures * WAITS.pauseMs, stop);
    }
  }
}

/**
 * Let time pass, until `stop` says that nobody waits any more.
 * @param {number} ms
 * @param {AbortSignal} [stop]
 * @returns {Promise<void>}
 */
export const pause = (ms, stop) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    stop?.addEventListener("abort", end, { once: true });
  });
