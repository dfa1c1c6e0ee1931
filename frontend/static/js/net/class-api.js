// The HTTP API of a class: its room, its people, the way in.

import { request, roomPath } from "./api.js";
import { at } from "./base.js";
import { keepToken } from "./key-ring.js";

/** @import { Policy } from "../model/permissions.js" */
/** @import { PersonInfo, RoomInfo } from "../model/types.d.ts" */
/** @typedef {{room: RoomInfo, person: PersonInfo, token: string}} Admission */
/** @typedef {{size: number, path: string}} QrCode the `d` of an SVG path */
/** @typedef {{address: string, link: string, qr: QrCode}} Way */
/** @typedef {{code: string, ways: Way[]}} Invitation */

/**
 * Make a room; this browser is its host then.
 * @param {{name: string, policy: Policy, host: string}} room `host` is what the host is called
 * @param {string} key
 * @returns {Promise<Admission>}
 */
export async function makeRoom(room, key) {
  return admitted(await request("POST", at("/api/rooms"), room, { key }));
}

/**
 * All rooms of the playground, for who holds the key.
 * @param {string} key
 * @returns {Promise<{rooms: RoomInfo[]}>}
 */
export const listRooms = (key) => request("GET", at("/api/rooms"), undefined, { key });

/**
 * Come into a room, by its code or id: as a guest; with the key as a host.
 * @param {string} codeOrId
 * @param {string} name
 * @param {string} [key]
 * @returns {Promise<Admission>}
 */
export async function joinRoom(codeOrId, name, key) {
  const path = at(`/api/rooms/${encodeURIComponent(codeOrId)}/people`);
  return admitted(await request("POST", path, { name }, key ? { key } : {}));
}

/** @param {Admission} admission */
function admitted(admission) {
  keepToken(admission.room.id, admission.token);
  return admission;
}

/**
 * Who this browser is in a room.
 * @param {string} room
 * @returns {Promise<PersonInfo>}
 */
export const readMe = (room) => request("GET", `${roomPath(room)}/people/me`);

/**
 * @param {string} room
 * @returns {Promise<Invitation>}
 */
export const readInvitation = (room) => request("GET", `${roomPath(room)}/invitation`);

/**
 * @param {string} room
 * @param {{name?: string, policy?: Policy, locked?: boolean, shown?: {room: string, lab: string | null} | null}} change
 * @returns {Promise<RoomInfo>}
 */
export const changeRoom = (room, change) => request("PATCH", roomPath(room), change);

/** End a room for good. */
export const closeRoom = (/** @type {string} */ room) => request("DELETE", roomPath(room));

/** Forget the events of a room. */
export const clearTimeline = (/** @type {string} */ room) =>
  request("DELETE", `${roomPath(room)}/events`);

/**
 * @param {string} room
 * @param {string} person
 * @param {{name?: string, muted?: boolean}} change
 * @returns {Promise<PersonInfo>}
 */
export const changePerson = (room, person, change) =>
  request("PATCH", personPath(room, person), change);

/**
 * Remove somebody for good; oneself: leave.
 * @param {string} room
 * @param {string} person
 */
export const removePerson = (room, person) => request("DELETE", personPath(room, person));

/**
 * A new token for somebody, with which they come in again in another browser; the old one ends.
 * @param {string} room
 * @param {string} person
 * @returns {Promise<Admission>}
 */
export const renewToken = (room, person) => request("POST", `${personPath(room, person)}/token`);

/**
 * @param {string} room
 * @param {string} person
 */
const personPath = (room, person) => `${roomPath(room)}/people/${encodeURIComponent(person)}`;
