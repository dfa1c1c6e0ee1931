// What the backend tells, as types. Written by `make types` from backend/domain; not by hand.

export type ErrorCode =
  | "error"
  | "defect"
  | "lab_failure"
  | "port_in_use"
  | "bad_arguments"
  | "start_failed"
  | "bad_input"
  | "unknown_lab"
  | "unknown_program"
  | "unknown_room"
  | "unknown_run"
  | "unknown_client"
  | "unknown_person"
  | "unauthorized"
  | "forbidden"
  | "locked"
  | "invalid"
  | "run_ended"
  | "client_ended"
  | "out_of_turn"
  | "not_taken"
  | "not_opened"
  | "refused"
  | "input_full"
  | "limit"
  | "window"
  | "shutting_down"
  | "not_kept"
  | "unknown_recording"
  | "unknown_draft"
  | "attempts";

export type Transport = "udp" | "tcp";

export type Stream = "stdout" | "stderr" | "stdin";

export type Surplus = "output" | "calls" | "messages";

export type ProblemCode =
  | "error"
  | "defect"
  | "lab_failure"
  | "port_in_use"
  | "bad_arguments"
  | "start_failed"
  | "bad_input"
  | "unknown_lab"
  | "unknown_program"
  | "unknown_room"
  | "unknown_run"
  | "unknown_client"
  | "unknown_person"
  | "unauthorized"
  | "forbidden"
  | "locked"
  | "invalid"
  | "run_ended"
  | "client_ended"
  | "out_of_turn"
  | "not_taken"
  | "not_opened"
  | "refused"
  | "input_full"
  | "limit"
  | "window"
  | "shutting_down"
  | "not_kept"
  | "unknown_recording"
  | "unknown_draft"
  | "attempts"
  | "crashed"
  | "restarted"
  | "excess"
  | "reset"
  | "unreachable"
  | "too_big"
  | "timeout"
  | "bad_message"
  | "failed"
  | "foreign"
  | "idle";

export type SocketTransport = "udp" | "tcp" | "unix";

export type SocketKind = "datagram" | "stream";

export type NoFin = "unread" | "linger" | "over";

export type Phase = "enter" | "return";

export type BlockingCall =
  | "accept"
  | "connect"
  | "connect_ex"
  | "recv"
  | "recv_into"
  | "recvfrom"
  | "recvfrom_into"
  | "recvmsg"
  | "recvmsg_into"
  | "send"
  | "sendall"
  | "sendfile"
  | "sendmsg"
  | "sendto";

export type InstantCall =
  | "bind"
  | "close"
  | "detach"
  | "dup"
  | "listen"
  | "setblocking"
  | "setsockopt"
  | "settimeout"
  | "shutdown"
  | "socket"
  | "socketpair";

export type SocketCall =
  | "accept"
  | "connect"
  | "connect_ex"
  | "recv"
  | "recv_into"
  | "recvfrom"
  | "recvfrom_into"
  | "recvmsg"
  | "recvmsg_into"
  | "send"
  | "sendall"
  | "sendfile"
  | "sendmsg"
  | "sendto"
  | "bind"
  | "close"
  | "detach"
  | "dup"
  | "listen"
  | "setblocking"
  | "setsockopt"
  | "settimeout"
  | "shutdown"
  | "socket"
  | "socketpair";

export type ThreadStep =
  | "starts"
  | "began"
  | "ended"
  | "joins"
  | "joined"
  | "sleeps"
  | "slept"
  | "waits"
  | "waited"
  | "failed";

export type SyncStep =
  | "made"
  | "waiting"
  | "acquired"
  | "missed"
  | "timeout"
  | "interrupted"
  | "released"
  | "set"
  | "cleared"
  | "notified"
  | "woken"
  | "failed";

export type SyncKind = "Lock" | "RLock" | "Condition" | "Semaphore" | "BoundedSemaphore" | "Event";

export type Awaited = "notify" | "set";

export type BlindSpot =
  | "raw"
  | "packet"
  | "family"
  | "confluent_kafka"
  | "eventlet"
  | "gevent"
  | "grpc"
  | "psycopg2"
  | "pycurl"
  | "uvloop"
  | "zmq";

export type AwaitedInLibrary = "others" | "ready" | "line" | "loop";

export type TraceEvent = Call | Thread | Sync | Blind | Dropped;

export type Policy = "watch" | "together" | "own_desks";

export type Role = "host" | "guest";

export type MemoryState = "kept" | "failing" | "none";

export type Action =
  | "look"
  | "connect"
  | "send"
  | "start"
  | "stop"
  | "type"
  | "trace"
  | "keep"
  | "name_peer"
  | "clear"
  | "rename"
  | "manage";

export type Standing = "host" | "guest" | "owner" | "other";

export type RunState =
  | "starting"
  | "listening"
  | "running"
  | "stopping"
  | "exited"
  | "crashed"
  | "failed";

export type RunKind = "process" | "tab" | "outside";

export type AnyArgument = NumberArgument | FlagArgument | TextArgument;

export type ClientOfPage =
  | MessageClient
  | WatchClient
  | FormClient
  | ChatClient
  | BrowserClient
  | NoClient;

export type ProgramName =
  | "server"
  | "client"
  | "demo"
  | "first_server"
  | "first_client"
  | "first_demo";

export type LabTransport = "udp" | "tcp" | "none";

export type LineEnding = "" | "\n" | "\r\n";

export type Verdict = "good" | "doubtful" | "bad";

export type FindingCode =
  | "not_running"
  | "loopback_only"
  | "no_address"
  | "addresses"
  | "public"
  | "heard"
  | "not_heard"
  | "firewall_seen"
  | "firewall_unseen"
  | "labs_here"
  | "labs_open"
  | "labs_any_port"
  | "labs_ports_taken"
  | "url_fails"
  | "url_stranger"
  | "url_leads_here"
  | "certificate_unknown"
  | "websocket_works"
  | "websocket_fails"
  | "waiting_works"
  | "waiting_fails"
  | "caller_hidden"
  | "caller_seen"
  | "clock_right"
  | "clock_off";

/** An error as data: a code for scripts, a message for people. */
export interface Problem {
  code: ProblemCode;
  message: string;
}

/** What the host shows to everybody: a room, this one or a desk, and a lab in it. */
export interface Shown {
  room: string;
  lab: string | null;
}

/** A run. `exit_status` is negative for a signal; `started_at` is ISO 8601, UTC, to 1 ms. */
export interface RunInfo {
  id: string;
  room: string;
  lab: string;
  program: string;
  kind: RunKind;
  owner: string | null;
  state: RunState;
  host: string | null;
  port: number | null;
  pid: number | null;
  started_at: string;
  exit_status: number | null;
  error: Problem | null;
}

/** A browser's socket; `local` is None until it is connected, `owner` a person's id. */
export interface ClientInfo {
  id: string;
  run: string;
  transport: Transport;
  local: string | null;
  peer: string;
  number: number | null;
  owner: string | null;
}

/** A person of a room; `desk` is the id of their own room, where each guest has one. */
export interface PersonInfo {
  id: string;
  name: string;
  role: Role;
  muted: boolean;
  online: boolean;
  desk: string | null;
}

/** A room. Unix time of an event = its `t` + `clock_offset_s`. */
export interface RoomInfo {
  id: string;
  code: string | null;
  name: string;
  policy: Policy;
  locked: boolean;
  shown: Shown | null;
  epoch: string;
  last_seq: number;
  clock_offset_s: number;
  runs: readonly RunInfo[];
  clients: readonly ClientInfo[];
  people: readonly PersonInfo[];
  peers: Record<string, string>;
  takes: Record<string, number>;
}

/** A lab of one's own that cannot be read; each problem is a line of text for its author. */
export interface BrokenLab {
  id: string;
  problems: readonly string[];
}

/** A text in both languages of the page. */
export interface Words {
  ru: string;
  en: string;
}

/** What a learner can do afterwards, in both languages of the page. */
export interface Goals {
  ru: readonly string[];
  en: readonly string[];
}

/** Sends what is typed and shows what comes back. */
export interface MessageClient {
  kind: "message";
  line_ending: LineEnding;
  presets: readonly (string | Words)[];
  one_way: boolean;
  one_shot: boolean;
}

/** Registers a name, shows what the server sends, and takes leave. */
export interface WatchClient {
  kind: "watch";
  register: string;
  leave: string;
  repeat_s: number;
  line_ending: LineEnding;
}

/** One field of a form. */
export interface FormField {
  name: string;
  label: Words;
  value: string;
}

/** Makes one message of several fields. An answer with `error_prefix` is shown as an error. */
export interface FormClient {
  kind: "form";
  template: string;
  fields: readonly FormField[];
  line_ending: LineEnding;
  error_prefix: string | null;
}

/** Shows what `WHO: TEXT` lines say, and by whom; with `login_line` it logs in first. */
export interface ChatClient {
  kind: "chat";
  line_ending: LineEnding;
  login_line: string | null;
  template: string;
  one_way: boolean;
  form: boolean;
}

/** A mini browser: the raw request and response beside the page. */
export interface BrowserClient {
  kind: "browser";
  presets: readonly string[];
}

/** Nothing to connect to. */
export interface NoClient {
  kind: "none";
}

/** An option with a number from `min` to `max`. */
export interface NumberArgument {
  kind: "number";
  min: number;
  max: number;
}

/** An option that is there or not. */
export interface FlagArgument {
  kind: "flag";
}

/** A word without an option, of at most `limit` characters, that does not begin with `-`. */
export interface TextArgument {
  kind: "text";
  limit: number;
}

/** One step of a walkthrough, at its lines (the first line of a program is 1). */
export interface Step {
  program: ProgramName;
  first_line: number;
  last_line: number;
  snippet: string;
  title: Words;
  text: Words;
}

/** What is shown of a check. */
export interface CheckInfo {
  id: string;
  core: boolean;
  program: "server" | "client" | "demo";
  title: Words;
  hint: Words;
}

/** All that everybody is shown of a lab; `sources` are by file name, the task is Markdown. */
export interface LabDetail {
  id: string;
  group: string;
  name: string;
  title: Words;
  summary: Words;
  transport: LabTransport;
  port: number | null;
  source: string;
  evolves: string | null;
  server: string | null;
  needs: readonly string[];
  minutes: number | null;
  goals: Goals | null;
  is_own: boolean;
  programs: readonly ProgramName[];
  client: ClientOfPage;
  arguments: Record<string, Record<string, AnyArgument>>;
  sources: Record<string, string>;
  task: Words;
  walkthrough: readonly Step[];
  checks: readonly CheckInfo[];
}

/** What is shown of a lab in a list. `port` is its usual one; `server` the lab that lends it. */
export interface LabSummary {
  id: string;
  group: string;
  name: string;
  title: Words;
  summary: Words;
  transport: LabTransport;
  port: number | null;
  source: string;
  evolves: string | null;
  server: string | null;
  needs: readonly string[];
  minutes: number | null;
  goals: Goals | null;
  is_own: boolean;
  programs: readonly ProgramName[];
  client: ClientOfPage;
}

/** The first line. Unix time of an event = t + clock_offset_s. */
export interface Header {
  type: "recording";
  version: number;
  room: string;
  clock_offset_s: number;
  lab_ids: readonly string[];
  runs: readonly RunInfo[];
  lab?: string;
  take?: number;
}

/** A recording that a room keeps; `by` is the id of whoever kept it, where people have one. */
export interface RecordingInfo {
  id: string;
  room: string;
  name: string;
  by: string | null;
  made_at: number;
  events: number;
  size_bytes: number;
  labs: readonly string[];
  deleted: boolean;
}

/** One thing that was found; `facts` are words and numbers to be put into a sentence. */
export interface Finding {
  code: FindingCode;
  verdict: Verdict;
  facts: Record<string, string>;
}

/** All that was found, in the order in which it is looked at. */
export interface Report {
  findings: readonly Finding[];
}

/** What the server knows of a request for the doctor: whose answer this is, and who asked. */
export interface Echo {
  instance: string;
  time: number;
  caller: string;
  hidden_by: string | null;
}

/** What every event has: its number in the room, and its time in seconds (CLOCK_MONOTONIC). */
export interface Numbered {
  seq: number;
  t: number;
}

/** A process was made, not before `t`, and before its first call. */
export interface RunStarted extends Numbered {
  type: "run.started";
  run: string;
  lab: string;
  program: string;
  pid: number;
  args: readonly string[];
  owner?: string;
  name?: string;
}

/** A server holds its port: bind(2) for UDP, listen(2) for TCP. */
export interface RunListening extends Numbered {
  type: "run.listening";
  run: string;
  host: string;
  port: number;
  transport: Transport;
}

/** A client or demo program began. */
export interface RunRunning extends Numbered {
  type: "run.running";
  run: string;
}

/** The program uses more of the processor than it may, and is slowed; or it is no more. */
export interface RunSlowed extends Numbered {
  type: "run.slowed";
  run: string;
  slowed: boolean;
}

/** Nobody uses the program: it ends in `in_s` seconds, if it is not used; without: it stays. */
export interface RunEnding extends Numbered {
  type: "run.ending";
  run: string;
  in_s?: number;
}

/** A program from outside is one of this lab's: it said so, or it talks on the lab's port. */
export interface RunPlaced extends Numbered {
  type: "run.placed";
  run: string;
  lab: string;
}

/** Somebody asked the run to end: `by` is a person's id, `why` what else than a person did. */
export interface RunStopping extends Numbered {
  type: "run.stopping";
  run: string;
  by?: string;
  why?: Problem;
}

/** The process ended by itself with status 0, or because it was stopped. */
export interface RunExited extends Numbered {
  type: "run.exited";
  run: string;
  exit_status?: number;
  error?: Problem;
}

/** The process ended by itself with an error. */
export interface RunCrashed extends Numbered {
  type: "run.crashed";
  run: string;
  exit_status: number;
  error: Problem;
}

/** The program could not start, or a defect of ours ended it. */
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
  stream: Stream;
  text: string;
}

/** That much was not told, because it was more than anybody could read. */
export interface Dropped extends Numbered {
  type: "dropped";
  what: Surplus;
  count: number;
  bytes: number;
  run?: string;
  client?: string;
}

/** The board of a lab was cleared: what comes now is its take with this number. */
export interface TakeBegan extends Numbered {
  type: "take.began";
  lab: string;
  take: number;
}

/** A browser's socket exists; `owner` and `name` are whose, where people have names. */
export interface ClientOpened extends Numbered {
  type: "client.opened";
  client: string;
  run: string;
  transport: Transport;
  local: string;
  peer: string;
  number?: number;
  owner?: string;
  name?: string;
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
  code: ProblemCode;
  message: string;
}

/** A browser's socket is gone. */
export interface ClientClosed extends Numbered {
  type: "client.closed";
  client: string;
  run: string;
}

/** A socket call of a program, as `tracing/sockets.py` tells it. */
export interface Call extends Numbered {
  type: "call";
  run: string;
  call: SocketCall;
  n: number;
  socket: number;
  transport: SocketTransport;
  thread: string;
  tid: number;
  phase?: Phase;
  file?: string;
  line?: number;
  via?: string;
  local?: string;
  peer?: string;
  kind?: SocketKind;
  inode?: number;
  peer_inode?: number;
  local_file?: string;
  peer_file?: string;
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
  full?: boolean;
  unseen?: number;
  plain?: number;
  elsewhere?: boolean;
  taken?: number;
  no_fin?: NoFin;
  child?: number;
  arguments?: string;
}

/** A thread of a program: it began, ended, joins another, sleeps (`tracing/threads.py`). */
export interface Thread extends Numbered {
  type: "thread";
  run: string;
  event: ThreadStep;
  thread: string;
  tid: number;
  other?: string;
  ended?: boolean;
  until?: AwaitedInLibrary;
  child?: number;
  call?: string;
  error?: string;
  arguments?: string;
  file?: string;
  line?: number;
}

/** What a thread did to a lock, semaphore, event or condition (`tracing/locks.py`). */
export interface Sync extends Numbered {
  type: "sync";
  run: string;
  event: SyncStep;
  thread: string;
  tid: number;
  object: number;
  kind: SyncKind;
  name?: string;
  value?: number;
  until?: Awaited;
  waiting?: readonly number[];
  woke?: readonly number[];
  child?: number;
  call?: string;
  error?: string;
  arguments?: string;
  file?: string;
  line?: number;
}

/** A program does something that is not told (`tracing/blind.py`): once in each process. */
export interface Blind extends Numbered {
  type: "blind";
  run: string;
  what: BlindSpot;
  thread: string;
  tid: number;
  child?: number;
  file?: string;
  line?: number;
  via?: string;
}

/** Somebody came into the room for the first time. */
export interface PersonJoined extends Numbered {
  type: "person.joined";
  person: string;
  name: string;
  role: Role;
}

/** Somebody has another name now. */
export interface PersonRenamed extends Numbered {
  type: "person.renamed";
  person: string;
  name: string;
}

/** Somebody may not send any more, or may again. */
export interface PersonMuted extends Numbered {
  type: "person.muted";
  person: string;
  muted: boolean;
}

/** Somebody's page is connected, or is no more. */
export interface PersonOnline extends Numbered {
  type: "person.online";
  person: string;
  online: boolean;
}

/** Somebody left for good; `removed`: because the host removed them. */
export interface PersonLeft extends Numbered {
  type: "person.left";
  person: string;
  removed: boolean;
}

/** Whether what happens is remembered: `reason` says why not, `lost` how many events went. */
export interface MemoryChanged extends Numbered {
  type: "memory.changed";
  state: MemoryState;
  reason?: string;
  lost?: number;
}

/** A program at an address that has no name of its own was given one; empty takes it away. */
export interface PeerNamed extends Numbered {
  type: "peer.named";
  address: string;
  name: string;
  pid?: number;
}

/** The room has this name, policy and door now. */
export interface RoomChanged extends Numbered {
  type: "room.changed";
  name: string;
  policy: Policy;
  locked: boolean;
}

/** The host shows a room, this one or a desk, to everybody; without `room` no more. */
export interface RoomShown extends Numbered {
  type: "room.shown";
  room?: string;
  lab?: string;
}

/** The room ends in `in_s` seconds, in 0 now, for a reason in words; without: it stays. */
export interface RoomClosing extends Numbered {
  type: "room.closing";
  in_s?: number;
  reason: string;
}

/** One thing that happened in a room. */
export type RoomEvent =
  | RunStarted
  | RunListening
  | RunRunning
  | RunSlowed
  | RunEnding
  | RunPlaced
  | RunStopping
  | RunExited
  | RunCrashed
  | RunFailed
  | Output
  | Dropped
  | TakeBegan
  | ClientOpened
  | ClientSent
  | ClientReceived
  | ClientEof
  | ClientShutdown
  | ClientFailed
  | ClientClosed
  | Call
  | Thread
  | Sync
  | Blind
  | PersonJoined
  | PersonRenamed
  | PersonMuted
  | PersonOnline
  | PersonLeft
  | MemoryChanged
  | PeerNamed
  | RoomChanged
  | RoomShown
  | RoomClosing;

/** Events between `after` and `next` that a reader cannot have any more. */
export interface Gap {
  type: "gap";
  after: number;
  next: number;
  missed: number;
  epoch: string;
}
