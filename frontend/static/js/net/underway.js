// Datagrams that the bridge has been given, and of which it has not yet said what became of them. It
// takes them in their order, and gives credit for each that has bytes.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** Codes with which the bridge gives a datagram back: it was not passed on. */
const NOT_SENT = Object.freeze(["foreign", "forbidden"]);

export class Underway {
  /** @type {Bytes[]} oldest first */
  #datagrams = [];

  /** @param {Bytes} bytes */
  add(bytes) {
    this.#datagrams.push(bytes);
  }

  /** Credit came: the oldest one is done with, and the empty ones before it. */
  settle() {
    while (this.#datagrams.length > 0 && this.#datagrams.shift()?.length === 0);
  }

  /**
   * The datagram that an error gives back, if it does so.
   * @param {string} code
   */
  givenBack(code) {
    return NOT_SENT.includes(code) ? this.#datagrams[0] : undefined;
  }
}
