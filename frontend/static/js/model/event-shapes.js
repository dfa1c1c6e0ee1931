// What an event looks like: the fields of each type, and what is wrong with one that has not its shape.
// Nothing else reaches the views, whether it comes from a file or from a server. Pure.

/** @typedef {(value: unknown) => boolean} Check */
/** @typedef {Record<string, unknown>} Json */

const MOST_S = 1e9; // of a clock that begins when a machine does: 31 years

// name:type of each event, "?" where it may be absent. s text, n number, a texts, e error,
// b base64, i numbers, m udp|tcp|unix, v number or boolean, o stdout|stderr|stdin.
const CLIENT = "client:s run:s";
export const SHAPES = Object.freeze({
  "run.started": "run:s lab:s program:s pid:n args:a owner:s? name:s?",
  "run.listening": "run:s host:s port:n transport:m",
  "run.running": "run:s",
  "run.placed": "run:s lab:s",
  "run.slowed": "run:s slowed:v",
  "run.ending": "run:s in_s:n?",
  "run.stopping": "run:s by:s? why:e?",
  "run.exited": "run:s exit_status:n? error:e?",
  "run.crashed": "run:s exit_status:n error:e",
  "run.failed": "run:s error:e exit_status:n?",
  output: "run:s stream:o text:s",
  dropped: "what:s count:n bytes:n run:s? client:s?",
  call:
    "run:s call:s n:n socket:n transport:m thread:s tid:n phase:s? file:s? line:n? via:s? " +
    "local:s? peer:s? error:s? arguments:s? bytes:n? data:b? offset:n? accepted:n? address:s? " +
    "backlog:n? how:s? option:s? value:v? flags:s? held:n? full:v? " +
    "unseen:n? plain:n? elsewhere:v? taken:n? child:n? kind:s? inode:n? peer_inode:n? " +
    "local_file:s? peer_file:s? no_fin:s?",
  thread:
    "run:s event:s thread:s tid:n other:s? until:s? ended:v? child:n? call:s? error:s? arguments:s? file:s? line:n?",
  sync:
    "run:s event:s thread:s tid:n object:n kind:s name:s? value:n? until:s? waiting:i? woke:i? " +
    "child:n? call:s? error:s? arguments:s? file:s? line:n?",
  blind: "run:s what:s thread:s tid:n child:n? file:s? line:n? via:s?",
  "take.began": "lab:s take:n",
  "client.opened": `${CLIENT} transport:m local:s peer:s number:n? owner:s? name:s?`,
  "client.sent": `${CLIENT} bytes:n data:b`,
  "client.received": `${CLIENT} bytes:n data:b`,
  "client.eof": CLIENT,
  "client.shutdown": CLIENT,
  "client.failed": `${CLIENT} code:s message:s`,
  "client.closed": CLIENT,
  "person.joined": "person:s name:s role:s",
  "person.renamed": "person:s name:s",
  "person.muted": "person:s muted:v",
  "person.online": "person:s online:v",
  "person.left": "person:s removed:v",
  "memory.changed": "state:s reason:s? lost:n?",
  "peer.named": "address:s name:s pid:n?",
  "room.changed": "name:s policy:s locked:v",
  "room.shown": "room:s? lab:s?",
  "room.closing": "in_s:n? reason:s",
});

/** @returns {value is string} */
export const isText = (/** @type {unknown} */ value) => typeof value === "string";
/** @returns {value is number} */
export const isNumber = (/** @type {unknown} */ value) =>
  typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
/** @returns {value is Json} */
export const isObject = (/** @type {unknown} */ value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {<Item>(check: (item: unknown) => item is Item) => (value: unknown) => value is Item[]} */
export const listOf = (check) => (value) => Array.isArray(value) && value.every(check);

/** @type {Readonly<Record<string, Check>>} */
const CHECKS = Object.freeze({
  s: isText,
  n: isNumber,
  a: listOf(isText),
  i: listOf(isNumber),
  v: (value) => isNumber(value) || typeof value === "boolean",
  o: (value) => isText(value) && ["stdout", "stderr", "stdin"].includes(value),
  m: (value) => isText(value) && ["udp", "tcp", "unix"].includes(value),
  b: (value) => isText(value) && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
  e: (value) => isObject(value) && isText(value.code) && isText(value.message),
});

const FIELDS = new Map(
  Object.entries(SHAPES).map(([type, shape]) => [
    type,
    shape.split(" ").map((field) => {
      const [name, kind, optional] = field.split(/:(\w)/);
      return { name, check: CHECKS[kind], optional: optional === "?" };
    }),
  ]),
);

/** What is wrong with an event: "json", or the name of a field; null when nothing is. */
export function faultOf(/** @type {unknown} */ event) {
  if (!isObject(event)) return "json";
  if (!isText(event.type)) return "type";
  if (!isNumber(event.seq) || !Number.isSafeInteger(event.seq) || event.seq < 1) return "seq";
  if (!isNumber(event.t) || Math.abs(event.t) > MOST_S) return "t";
  for (const { name, check, optional } of FIELDS.get(event.type) ?? []) {
    if (!Object.hasOwn(event, name)) {
      if (!optional) return name;
    } else if (!check(event[name]) && !(optional && event[name] === null)) return name;
  }
  return null; // of a type that is not known the views say so themselves
}
