// The way to the recordings of a hosted room: who has not come in goes to its door, and comes back.

import { at } from "./base.js";
import { ClassRoom } from "./class-room.js";
import { classOf, tokenOf } from "./credentials.js";
import { keepToken, takeFragment } from "./key-ring.js";

/** @import { ApiError } from "./api.js" */
/** @import { ClassPage } from "./class-room.js" */

/**
 * Find out who asks. Resolves with their class; null while the server does not say; never, when the
 * page goes to the door.
 * @param {ClassPage} page
 * @param {string} recording the id of the one that is asked for, or ""
 * @returns {Promise<ClassRoom | null>}
 */
export async function whoAsks(page, recording) {
  takeFragment(page.room);
  if (tokenOf(page.room) === null) return goToDoor(page.room, recording);
  const mine = new ClassRoom(page);
  try {
    await mine.read();
  } catch (error) {
    if (/** @type {ApiError} */ (error).status !== 401) return null;
    keepToken(page.room, null);
    return goToDoor(page.room, recording, { again: "" });
  }
  return mine;
}

/**
 * @param {string} room
 * @param {string} recording
 * @param {Record<string, string>} [more]
 * @returns {Promise<never>}
 */
function goToDoor(room, recording, more = {}) {
  const query = new URLSearchParams({ recordings: room, recording, ...more });
  location.replace(`${at(`/join/${encodeURIComponent(classOf(room))}`)}?${query}`);
  return new Promise(() => {});
}
