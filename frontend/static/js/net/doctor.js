// What this browser finds out of its way to the server: a WebSocket, a request that waits, the clock.

/** @import { Echo, Report } from "../model/types.d.ts" */

import { send } from "./api.js";
import { at, socketAt } from "./base.js";

const ANSWER_MS = 5000;
const WAIT_S = 5;
const CLOCK_S = 5; // as in domain/findings.py

/** @typedef {{code: string, facts: Record<string, string>}} Found */

/**
 * What the server finds out of its own way to others; takes some seconds.
 * @param {string} room
 * @returns {Promise<Report>}
 */
export const readDoctor = (room) => read(at(`/api/rooms/${encodeURIComponent(room)}/doctor`));

/** @type {(waitS: number) => Promise<Echo>} */
const readEcho = (waitS) => read(at(`/api/echo?wait_s=${waitS}`));

const read = async (/** @type {string} */ path) => (await send("GET", path)).json();

/**
 * Try all, and tell each as soon as it is known.
 * @param {(found: Found) => void} tell
 */
export async function lookFromHere(tell) {
  await Promise.all([clock().then(tell), websocket().then(tell), waiting().then(tell)]);
}

/** @returns {Promise<Found>} */
async function websocket() {
  const began = performance.now();
  const reason = await new Promise((resolve) => {
    const socket = new WebSocket(socketAt("/ws/echo"));
    const timer = setTimeout(() => resolve(`${ANSWER_MS / 1000} s`), ANSWER_MS);
    socket.onopen = () => socket.send("here");
    socket.onmessage = ({ data }) => resolve(data === "here" ? null : String(data));
    socket.onclose = ({ code }) => resolve(String(code));
    addEventListener("pagehide", () => clearTimeout(timer), { once: true });
  });
  const took = Math.round(performance.now() - began);
  return reason === null
    ? { code: "websocket_works", facts: { took_ms: String(took) } }
    : { code: "websocket_fails", facts: { reason } };
}

/** @returns {Promise<Found>} */
async function waiting() {
  const facts = { wait_s: String(WAIT_S) };
  try {
    await readEcho(WAIT_S);
    return { code: "waiting_works", facts };
  } catch (error) {
    return {
      code: "waiting_fails",
      facts: { ...facts, reason: /** @type {Error} */ (error).message },
    };
  }
}

/** @returns {Promise<Found>} */
async function clock() {
  const before = Date.now();
  try {
    const { time } = await readEcho(0);
    const offsetS = time - (before + Date.now()) / 2000;
    const sign = offsetS < 0 ? "" : "+";
    return {
      code: Math.abs(offsetS) <= CLOCK_S ? "clock_right" : "clock_off",
      facts: { offset_s: `${sign}${offsetS.toFixed(1)}` },
    };
  } catch (error) {
    return {
      code: "url_fails",
      facts: { url: location.origin, reason: /** @type {Error} */ (error).message },
    };
  }
}
