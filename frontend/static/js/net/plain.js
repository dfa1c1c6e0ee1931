// All that a page needs to go on over plain HTTP: loaded when it has to, for most never do.

import { PlainClient } from "./plain-client.js";
import { PlainEvents } from "./plain-events.js";

export const openEvents = (/** @type {string} */ url) => new PlainEvents(url);
export const openClient = (/** @type {string} */ url) => new PlainClient(url);
