// The life of a client, as its events tell it: one socket that a page has opened. Pure.

/** @import { ClientEvent } from "./diagram.d.ts" */
/** @import { Transport } from "./types.d.ts" */

/**
 * A client: what is known of its socket, and how many bytes and messages went each way.
 * @typedef {{id: string, run: string, transport: Transport | null, local: string | null,
 *   peer: string | null, state: ClientState, sent: number, received: number, messagesSent: number,
 *   messagesReceived: number, error: {code: string, message: string} | null, asOf: number,
 *   owner: string | null, nth: number, number: number | null}} Client `owner` is a person's id,
 *   `nth` which of theirs it is, `number` its own in the lab's take
 */
/** @typedef {"open" | "finished" | "ended" | "closing" | "closed"} ClientState */

// What each event makes of each state.
/** @type {Readonly<Record<ClientState, Record<string, ClientState>>>} */
const CLIENT_STATES = Object.freeze({
  open: { "client.shutdown": "finished", "client.eof": "ended", "client.closed": "closed" },
  finished: { "client.eof": "closing", "client.closed": "closed" }, // it sends no more
  ended: { "client.shutdown": "closing", "client.closed": "closed" }, // the lab sends no more
  closing: { "client.closed": "closed" },
  closed: {},
});

/**
 * A client before any event of it.
 * @param {string} id
 * @param {string} run
 * @returns {Client}
 */
export function newClient(id, run) {
  return Object.freeze({
    id,
    run,
    transport: null,
    local: null,
    peer: null,
    state: "open",
    sent: 0, // bytes
    received: 0,
    messagesSent: 0,
    messagesReceived: 0,
    error: null,
    asOf: 0,
    owner: null, // where people have no names
    nth: 0,
    number: null, // what nobody has told
  });
}

/**
 * What an event changes of a client; null for a type that is not known.
 * @param {Client} client
 * @param {ClientEvent} event
 * @returns {Partial<Client> | null}
 */
export function clientChange(client, event) {
  switch (event.type) {
    case "client.opened":
      return {
        transport: event.transport,
        local: event.local,
        peer: event.peer,
        state: "open",
        owner: event.owner ?? null,
        number: event.number ?? null,
      };
    case "client.sent":
      return { sent: client.sent + event.bytes, messagesSent: client.messagesSent + 1 };
    case "client.received":
      return {
        received: client.received + event.bytes,
        messagesReceived: client.messagesReceived + 1,
      };
    case "client.failed": {
      const neverOpened = client.asOf === 0;
      const error = { code: event.code, message: event.message };
      return neverOpened ? { error, state: "closed" } : { error };
    }
    case "client.eof":
    case "client.shutdown":
    case "client.closed":
      return { state: CLIENT_STATES[client.state][event.type] ?? client.state };
    default:
      return null;
  }
}
