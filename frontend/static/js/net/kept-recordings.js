// The recordings that a room keeps: read, kept, deleted, brought back. Tells "change".

import { ApiError, request, roomPath, send } from "./api.js";

/** @import { RecordingInfo } from "../model/types.d.ts" */

export class KeptRecordings extends EventTarget {
  /** @type {readonly RecordingInfo[] | null} the newest first; null while nobody knows */
  list = null;
  /** @type {RecordingInfo | null} what was deleted last, and can come back */
  deleted = null;
  /** @type {{code: string, message: string} | null} what was refused last */
  failure = null;
  room;

  constructor(/** @type {string} */ room) {
    super();
    this.room = room;
  }

  /** Read the list. */
  async start() {
    await this.#ask(async () => {
      this.list = (await request("GET", this.#path())).recordings;
    });
  }

  /** Keep what the room's history holds now. */
  async keep(/** @type {string} */ name) {
    await this.#ask(async () => {
      const kept = await request("POST", this.#path(), { name });
      this.list = [kept, ...(this.list ?? [])];
    });
  }

  /** Delete a recording. */
  async delete(/** @type {string} */ id) {
    await this.#ask(async () => {
      this.deleted = await request("DELETE", this.#path(id));
      this.list = (this.list ?? []).filter((each) => each.id !== id);
    });
  }

  /** Bring back what was deleted last. */
  async bringBack() {
    const { deleted } = this;
    if (deleted === null) return;
    await this.#ask(async () => {
      const back = await request("PATCH", this.#path(deleted.id), { deleted: false });
      const list = [back, ...(this.list ?? [])];
      this.list = list.toSorted((one, other) => other.made_at - one.made_at);
      this.deleted = null;
    });
  }

  /** The file of a recording, as text. */
  async file(/** @type {string} */ id) {
    const response = await send("GET", this.#path(id));
    return response.text();
  }

  #path(id = "") {
    const path = `${roomPath(this.room)}/recordings`;
    return id === "" ? path : `${path}/${encodeURIComponent(id)}`;
  }

  async #ask(/** @type {() => Promise<void>} */ act) {
    this.failure = null;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = { code: error.code, message: error.message };
    }
    this.dispatchEvent(new CustomEvent("change"));
  }
}
