// The recordings that a room keeps: read, kept, renamed, deleted, brought back. Tells "change".

import { ApiError, request, roomPath, send } from "./api.js";

/** @import { RecordingInfo } from "../model/types.d.ts" */

/**
 * Where the API has the recordings of a room, or one of them.
 * @param {string} room
 * @param {string} [id]
 */
export function recordingPath(room, id = "") {
  const path = `${roomPath(room)}/recordings`;
  return id === "" ? path : `${path}/${encodeURIComponent(id)}`;
}

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
    await this.trying(async () => {
      this.list = (await request("GET", this.#path())).recordings;
    });
  }

  /**
   * Keep what the room's history holds now, or of a lab the present take.
   * @param {{name: string, lab?: string}} what
   */
  async keep(what) {
    await this.trying(async () => {
      const kept = await request("POST", this.#path(), what);
      this.list = [kept, ...(this.list ?? [])];
    });
  }

  /** Call a recording something else. */
  async rename(/** @type {string} */ id, /** @type {string} */ name) {
    await this.trying(async () => {
      const renamed = await request("PATCH", this.#path(id), { name });
      this.list = (this.list ?? []).map((each) => (each.id === id ? renamed : each));
    });
  }

  /** Delete a recording. */
  async delete(/** @type {string} */ id) {
    await this.trying(async () => {
      this.deleted = await request("DELETE", this.#path(id));
      this.list = (this.list ?? []).filter((each) => each.id !== id);
    });
  }

  /** Bring back what was deleted last. */
  async bringBack() {
    const { deleted } = this;
    if (deleted === null) return;
    await this.trying(async () => {
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

  /** Do something with a recording; what is refused is told as a failure of ours. */
  async trying(/** @type {() => Promise<void>} */ act) {
    this.failure = null;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = { code: error.code, message: error.message };
    }
    this.dispatchEvent(new CustomEvent("change"));
  }

  #path(id = "") {
    return recordingPath(this.room, id);
  }
}
