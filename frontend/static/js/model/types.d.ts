// What the backend tells, as types. Written by `make types` from backend/domain; not by hand.

/** An error as data: a code for scripts, a message for people. */
export interface Problem {
  code: string;
  message: string;
}

/** What every event has: its number in the room, and its time in seconds (CLOCK_MONOTONIC). */
export interface Numbered {
  seq: number;
  t: number;
}

/** A process was made. */
export interface RunStarted extends Numbered {
  type: "run.started";
  run: string;
  lab: string;
  program: string;
  pid: number;
  args: readonly string[];
}

/** A server holds its port: bind(2) for UDP, listen(2) for TCP. */
export interface RunListening extends Numbered {
  type: "run.listening";
  run: string;
  host: string;
  port: number;
  transport: string;
}

/** A client or demo program began. */
export interface RunRunning extends Numbered {
  type: "run.running";
  run: string;
}

/** Somebody asked the run to end. */
export interface RunStopping extends Numbered {
  type: "run.stopping";
  run: string;
}

/** The process ended by itself with status 0, or because it was stopped. */
export interface RunExited extends Numbered {
  type: "run.exited";
  run: string;
  exit_status?: number;
}

/** The process ended by itself with an error. */
export interface RunCrashed extends Numbered {
  type: "run.crashed";
  run: string;
  exit_status: number;
  error: Problem;
}

/** The program could not start. */
export interface RunFailed extends Numbered {
  type: "run.failed";
  run: string;
  error: Problem;
  exit_status?: number;
}

/** A piece of text that a program printed (stdout, stderr) or was typed into it (stdin). */
export interface Output extends Numbered {
  type: "output";
  run: string;
  stream: string;
  text: string;
}

/** That much was not told, because it was more than anybody could read. */
export interface Dropped extends Numbered {
  type: "dropped";
  what: string;
  count: number;
  bytes: number;
  run?: string;
  client?: string;
}

/** A socket call of a program, as `tracing/sockets.py` tells it. */
export interface Call extends Numbered {
  type: "call";
  run: string;
  call: string;
  n: number;
  socket: number;
  transport: string;
  thread: string;
  tid: number;
  phase?: string;
  file?: string;
  line?: number;
  local?: string;
  peer?: string;
  error?: string;
  bytes?: number;
  data?: string;
  offset?: number;
  accepted?: number;
  address?: string;
  backlog?: number;
  how?: string;
  option?: string;
  value?: number | boolean;
  flags?: string;
  held?: number;
}

/** A thread of a program: it began, ended, starts or joins another (`tracing/threads.py`). */
export interface Thread extends Numbered {
  type: "thread";
  run: string;
  event: string;
  thread: string;
  tid: number;
  other?: string;
  ended?: boolean;
  file?: string;
  line?: number;
}

/** What a thread did to a lock, semaphore, event or condition (`tracing/locks.py`). */
export interface Sync extends Numbered {
  type: "sync";
  run: string;
  event: string;
  thread: string;
  tid: number;
  object: number;
  kind: string;
  value?: number;
  until?: string;
  waiting?: readonly number[];
  woke?: readonly number[];
  file?: string;
  line?: number;
}

/** A browser's socket exists. */
export interface ClientOpened extends Numbered {
  type: "client.opened";
  client: string;
  run: string;
  transport: string;
  local: string;
  peer: string;
}

/** The kernel took these bytes from a client. */
export interface ClientSent extends Numbered {
  type: "client.sent";
  client: string;
  run: string;
  bytes: number;
  data: string;
}

/** A client received these bytes: one datagram, or one piece of the stream. */
export interface ClientReceived extends Numbered {
  type: "client.received";
  client: string;
  run: string;
  bytes: number;
  data: string;
}

/** The lab closed its sending side (TCP FIN). */
export interface ClientEof extends Numbered {
  type: "client.eof";
  client: string;
  run: string;
}

/** The client closed its sending side (TCP FIN); answers still arrive. */
export interface ClientShutdown extends Numbered {
  type: "client.shutdown";
  client: string;
  run: string;
}

/** The kernel refused something to a client. */
export interface ClientFailed extends Numbered {
  type: "client.failed";
  client: string;
  run: string;
  code: string;
  message: string;
}

/** A browser's socket is gone. */
export interface ClientClosed extends Numbered {
  type: "client.closed";
  client: string;
  run: string;
}

/** One thing that happened in a room. */
export type RoomEvent =
  | RunStarted
  | RunListening
  | RunRunning
  | RunStopping
  | RunExited
  | RunCrashed
  | RunFailed
  | Output
  | Dropped
  | Call
  | Thread
  | Sync
  | ClientOpened
  | ClientSent
  | ClientReceived
  | ClientEof
  | ClientShutdown
  | ClientFailed
  | ClientClosed;

/** Events between `after` and `next` that a reader cannot have any more. */
export interface Gap {
  type: "gap";
  after: number;
  next: number;
  missed: number;
}
