// The socket calls by what they do.

const RECEIVING = new Set([
  "recv",
  "recv_into",
  "recvfrom",
  "recvfrom_into",
  "recvmsg",
  "recvmsg_into",
]);
const SENDING = new Set(["send", "sendall", "sendto", "sendmsg", "sendfile"]);
const SENDING_IN_PARTS = new Set(["sendall", "sendfile"]);
const CONNECTING = new Set(["connect", "connect_ex"]);

/**
 * Whether a call takes bytes out of the kernel.
 * @param {string} call
 */
export const isReceiving = (call) => RECEIVING.has(call);

/**
 * Whether a call gives bytes to the kernel.
 * @param {string} call
 */
export const isSending = (call) => SENDING.has(call);

/**
 * Whether a call that fails may have sent a part of its bytes, without saying how much.
 * @param {string} call
 */
export const isSendingInParts = (call) => SENDING_IN_PARTS.has(call);

/**
 * Whether a call asks for a connection.
 * @param {string} call
 */
export const isConnecting = (call) => CONNECTING.has(call);

/**
 * Whether a call of a datagram did what it should; also one from which a signal's handler raised then.
 * @param {{error?: string | null | undefined, bytes?: number | null | undefined}} event
 */
export const hasMoved = ({ error, bytes }) => !error || typeof bytes === "number";

/**
 * What the program's line calls: `readline()` of a file made of a socket receives by `recv_into()`,
 * which nobody has written there.
 * @param {{call: string, via?: string | undefined}} event
 */
export const writtenName = ({ call, via }) => (call === "recv_into" && via ? via : call);
