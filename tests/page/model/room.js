// The state of a room as the reducer makes it.

import { initial, reduceAll } from "../../../frontend/static/js/model/room-state.js";

/** The state after these events, from nothing. */
export const stateAfter = (events) => reduceAll(initial(), events);

/** A state as text, in which all of it is, maps in their order. */
export const written = (state) =>
  JSON.stringify(state, (_key, value) => (value instanceof Map ? [...value] : value));
