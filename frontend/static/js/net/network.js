// Whether WebSockets get through this network, as the timeline has found out: clients go by it.
// Some networks let a page load and break every WebSocket: they answer the handshake themselves, let
// it hang, close it at once, or let it open and nothing through.

/** @typedef {"unknown" | "websocket" | "plain"} Way */

/** Tells "way" when it changes. */
class Network extends EventTarget {
  /** @type {number | null} since when nothing comes any more, in Unix seconds; null: it does */
  lostAt = null;
  /** @type {Way} */
  #way = "unknown";

  /** How to connect: "unknown" until the first attempt has come to its end. */
  get way() {
    return this.#way;
  }

  /** @param {Way} way */
  set way(way) {
    if (way === this.#way) return;
    this.#way = way;
    this.dispatchEvent(new Event("way"));
  }

  /** Resolves once it is known. */
  async known() {
    while (this.#way === "unknown") {
      await new Promise((resolve) => this.addEventListener("way", resolve, { once: true }));
    }
  }
}

export const network = new Network();

/**
 * The address over plain HTTP of what a WebSocket of ours is at this one.
 * @param {string} url
 */
export function plainAddress(url) {
  const address = url.replace(/^ws/, "http").replace("/ws/rooms/", "/api/rooms/");
  return address.replace(/\/client$/, "/clients");
}
