// What is true of a class: its people, how it works, what its host shows. Pure: the API tells it once,
// the events of its room go on from there.

import { standingIn } from "./permissions.js";

/** @import { Policy } from "./permissions.js" */
/** @import { PersonInfo, RoomInfo } from "./types.d.ts" */

/** @typedef {Omit<PersonInfo, "desk">} Person */
/**
 * `closing.at` is on the clock of the events, in seconds.
 * @typedef {object} ClassState
 * @property {string} id
 * @property {string} code
 * @property {string} name
 * @property {Policy} policy
 * @property {boolean} locked
 * @property {{room: string, lab: string | null} | null} shown
 * @property {{at: number, reason: string} | null} closing
 * @property {ReadonlyMap<string, Person>} people in the order in which they came
 * @property {ReadonlyMap<string, string>} peers names of programs, by address
 * @property {number} seq of the last event
 */
/** What may come: a server that is newer than the page tells of what it does not know. @typedef {any} Told */

/**
 * The state that the API tells.
 * @param {RoomInfo} room that of the class, no desk
 * @returns {ClassState}
 */
export function classFrom(room) {
  return Object.freeze({
    id: room.id,
    code: room.code ?? "",
    name: room.name,
    policy: room.policy,
    locked: room.locked,
    shown: room.shown && { room: room.shown.room, lab: room.shown.lab ?? null },
    closing: null,
    people: new Map(room.people.map(({ desk: _, ...person }) => [person.id, person])),
    peers: new Map(Object.entries(room.peers)),
    seq: room.last_seq,
  });
}

/**
 * The state after one event of the class's room; the same object when nothing has changed.
 * @param {ClassState} state
 * @param {Told} event
 * @returns {ClassState}
 */
export function reduceClass(state, event) {
  const change = event.seq > state.seq ? CHANGES[event.type]?.(state, event) : undefined;
  return change ? Object.freeze({ ...state, ...change, seq: event.seq }) : state;
}

/** @type {Record<string, ((state: ClassState, event: Told) => Partial<ClassState>) | undefined>} */
const CHANGES = {
  "person.joined": (state, { person: id, name, role }) => {
    const person = { id, name, role, muted: false, online: false };
    return { people: new Map(state.people).set(id, person) };
  },
  "person.renamed": (state, { person, name }) => withPerson(state, person, { name }),
  "person.muted": (state, { person, muted }) => withPerson(state, person, { muted }),
  "person.online": (state, { person, online }) => withPerson(state, person, { online }),
  "person.left": (state, { person }) => {
    const people = new Map(state.people);
    people.delete(person);
    return { people };
  },
  "room.changed": (_, { name, policy, locked }) => ({ name, policy, locked }),
  "room.shown": (_, { room = null, lab = null }) => ({
    shown: room === null ? null : { room, lab },
  }),
  "room.closing": (_, { t, in_s: inS, reason }) => ({ closing: { at: t + inS, reason } }),
  "peer.named": (state, { address, name }) => {
    const peers = new Map(state.peers);
    if (name) peers.set(address, name);
    else peers.delete(address);
    return { peers };
  },
};

/**
 * @param {ClassState} state
 * @param {string} id
 * @param {Partial<Person>} change
 */
function withPerson(state, id, change) {
  const person = state.people.get(id);
  return person ? { people: new Map(state.people).set(id, { ...person, ...change }) } : {};
}

/**
 * The desk of a person: a room of their own, where each guest has one; else null.
 * @param {Pick<ClassState, "id" | "policy">} state
 * @param {{id: string, role: string}} person
 */
export function deskOf(state, person) {
  return state.policy === "own_desks" && person.role === "guest"
    ? `${state.id}.${person.id}`
    : null;
}

/**
 * Where a person's page has to be instead of in this room; null: it is right here. A guest works at
 * their desk, where there are desks, unless they look at the class's room; at another's desk they are
 * only as long as it is shown.
 * @param {ClassState} state
 * @param {Pick<Person, "id" | "role">} person
 * @param {{room: string, isLooking: boolean}} page
 */
export function placeOf(state, person, { room, isLooking }) {
  const desk = deskOf(state, person);
  const standing = standingIn(person, room);
  if (standing === "guest" && desk !== null && !isLooking) return desk;
  if (standing === "owner" && desk === null) return state.id;
  if (standing === "other" && state.shown?.room !== room) return desk ?? state.id;
  return null;
}
