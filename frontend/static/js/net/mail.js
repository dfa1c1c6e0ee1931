// The messages of this page's clients over plain HTTP, fetched in one request for all of them: a
// browser has six connections to a server, and each client that waits on one of its own takes it away
// from all others.

import { askAgain } from "./waiting.js";

/** @typedef {{n: number, type: string, data?: string, reason?: string}} Letter a message of the bridge, with its number */
/** @typedef {{after: number, take: (letter: Letter) => void, lost: (reason: string) => void}} Box */
/** @typedef {{clients: {id: string, messages: Letter[] | null}[]}} Answer */

/** The clients of one room. */
class Mail {
  #url;
  /** @type {Map<string, Box>} */
  #boxes = new Map();
  #stopping = new AbortController();

  /** @param {string} url where the messages of this room's clients are */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Fetch the messages of one client more.
   * @param {string} id
   * @param {Box} box `after` is the number of the last message that it has
   */
  open(id, box) {
    this.#boxes.set(id, box);
    this.#beginAnew();
  }

  /** @param {string} id */
  close(id) {
    if (this.#boxes.delete(id)) this.#beginAnew();
  }

  // Who waits now waits for others than it should.
  #beginAnew() {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    if (this.#boxes.size > 0) this.#follow(this.#stopping.signal);
  }

  async #follow(/** @type {AbortSignal} */ stop) {
    const url = (/** @type {number} */ waitS) => {
      const asked = [...this.#boxes].map(([id, { after }]) => `after=${id}:${after}`);
      return `${this.#url}?${asked.join("&")}&wait_s=${waitS}`;
    };
    const take = async (/** @type {Response} */ answer) => this.#deliver(await answer.json());
    try {
      await askAgain({ url, take, stop, patient: true });
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      for (const id of [...this.#boxes.keys()]) this.#lose(id, message);
    }
  }

  #deliver(/** @type {Answer} */ { clients }) {
    for (const { id, messages } of clients) {
      if (messages === null) this.#lose(id, "The server has closed it: it was silent.");
      for (const letter of messages ?? []) {
        const box = this.#boxes.get(id);
        if (!box || letter.n <= box.after) continue; // fetched before, its receipt was lost
        box.after = letter.n;
        box.take(letter);
      }
    }
  }

  #lose(/** @type {string} */ id, /** @type {string} */ reason) {
    const box = this.#boxes.get(id);
    this.#boxes.delete(id);
    box?.lost(reason);
  }
}

/** @type {Map<string, Mail>} */
const rooms = new Map();

/**
 * The mail of a room.
 * @param {string} url where the messages of its clients are
 */
export function mailAt(url) {
  const mail = rooms.get(url) ?? new Mail(url);
  rooms.set(url, mail);
  return mail;
}
