// What the sequence diagram is made of: parties, their sockets, and the things drawn between them.
// Times are seconds of CLOCK_MONOTONIC; Infinity: not yet.

import type { ByteStream } from "./byte-stream.js";
import type { Datagram, Flow } from "./datagrams.js";
import type { Bar } from "./diagram-bars.js";
import type {
  Blind,
  Call,
  ClientClosed,
  ClientEof,
  ClientFailed,
  ClientOpened,
  ClientReceived,
  ClientSent,
  ClientShutdown,
  Dropped,
  RunCrashed,
  RunExited,
  RunFailed,
  RunListening,
  RunRunning,
  RunStarted,
  RunStopping,
  SocketTransport,
} from "./types.d.ts";

export type RunEvent =
  | RunStarted
  | RunListening
  | RunRunning
  | RunStopping
  | RunExited
  | RunCrashed
  | RunFailed;

export type ClientEvent =
  | ClientOpened
  | ClientSent
  | ClientReceived
  | ClientEof
  | ClientShutdown
  | ClientFailed
  | ClientClosed;

/** What can say that bytes were sent or read, or that a direction ended. */
export type Telling = Blind | Call | ClientEvent | RunEvent | Dropped;

interface PartyFacts {
  id: string;
  key: string;
  address: string;
  bornT: number;
  endT: number;
  gone: boolean;
  listens?: boolean;
  program?: string;
  lab?: string;
  owner?: string; // a person's id
  talks: number[]; // when it sent something, of late
  number?: number; // its own in the lab's take
}

export type RunParty = PartyFacts & { kind: "run"; run: string; child?: number };
export type ClientParty = PartyFacts & { kind: "client"; client: string; run: string };
export type PeerParty = PartyFacts & { kind: "peer"; transport: SocketTransport; sockets: number };

/** A lifeline: a program, a browser's client, or somebody outside. */
export type Party = RunParty | ClientParty | PeerParty;

/** One socket: who has it, where, from when to when. */
export interface End {
  id: number;
  party: Party | null; // null: nobody who has spoken yet
  transport: SocketTransport;
  address: string; // "" where it is not known
  host: string;
  known: boolean; // whether its program, or its client, tells of it
  bornT: number;
  closedT: number;
  passedOnT: number; // since when only others have it, who may tell nothing
  receivingSince: number | null; // when its call began to wait for a datagram
  pending: Sent[]; // datagrams that are on their way to it, by time
  flows: Map<number | string, { to: End; flow: Flow }[]>; // datagrams, by port or end
  talk: Transfer[]; // the last transfers of an end that is not known, for when it is
  connection: Connection | null; // TCP
  side: 0 | 1; // which end of its connection it is
  asks?: boolean | null; // TCP: whether it is the one that connected; null: not known
  peer?: string; // UDP: where a browser's client sends
  inode?: number; // unix
  file?: string | null | undefined; // unix: its name, where that is a path
  partner?: End; // unix: to which it is connected
  root?: End; // the socket itself, where this is what another process has of it
}

/** An end of a connection. */
export type TcpEnd = End & { connection: Connection };

export interface Connection {
  name: string;
  ends: [TcpEnd, TcpEnd];
  streams: [ByteStream, ByteStream]; // by who sends
  fins: [Transfer | null, Transfer | null]; // by who sends
  handshake: Transfer | null;
}

/** A piece of a stream: the bytes [a, b), sent or read by one call. */
export interface Piece {
  a: number;
  b: number;
  t: number;
  event: Call | ClientSent | ClientReceived;
  links: Link[];
  item: Transfer | null;
  from?: TcpEnd;
  to?: TcpEnd;
}

/** The bytes [from, to) went from one send to one read. */
export interface Link {
  from: number;
  to: number;
  sent: Piece;
  read: Piece;
}

export interface Arrival {
  t: number;
  event: Telling;
  from?: number;
  to?: number;
  read?: Piece;
  enterT?: number | null; // when the call began to wait
  bytes?: number;
  data?: string;
}

export type LostWhy =
  | "closed"
  | "overtaken"
  | "silent"
  | "refused"
  | "unread"
  | "gone"
  | "nobody"
  | string; // the name of an error

interface Drawn {
  id: string;
  t: number;
  gone?: boolean;
}

/** What went, or should have gone, from one end to another. */
export interface Transfer extends Drawn {
  kind: "transfer";
  what: "datagram" | "segment" | "connect" | "fin" | "rst";
  from: End;
  to: End | null;
  sentT: number | null; // null: its sender has not told of it
  askedT?: number; // when the call began that had to wait until it could send it
  bytes: number;
  data: string;
  a?: number;
  b?: number;
  arrivals: Arrival[];
  lostT: number;
  lostWhy: LostWhy | null;
  waits: "buffer" | "backlog";
  uncertain: boolean;
  takenT?: number; // since when it is known that all of it was taken, by a way that is not told
  isUnseen?: boolean; // bytes that went by another way than a call that is told
  peer?: string;
  events: Telling[];
}

/** A transfer whose sender has told of it. */
export type Sent = Transfer & { sentT: number };

/** A call that took no time. */
export interface Tick extends Drawn {
  kind: "tick";
  party: Party;
  call: string;
  /** What the line of the program calls, which may be another: `readline`. */
  name: string;
  error: string | null;
  tid: number;
  events: Call[];
}

/** Something that happened to a party. */
export interface Mark extends Drawn {
  kind: "mark";
  party: Party;
  what: "error" | "blind" | "closed" | "stopping" | "exited" | "crashed" | "failed";
  tone: "quiet" | "warn" | "danger";
  call?: string;
  error?: string;
  events: Telling[];
}

/** Where events are missing. */
export interface Break extends Drawn {
  kind: "break";
  party: Party | null;
  client?: string | null;
  count: number;
  events: Dropped[];
}

export type Item = Transfer | Bar | Tick | Mark | Break;

/** The sockets of a transport that has datagrams. */
export interface DatagramSockets {
  readonly isLossless: boolean; // whether what was sent is in the receiver's queue, until it is closed
  readonly ends: Map<string, End>; // by run/socket, or client
  endOf(call: Call): End | null;
  targetOf(datagram: Datagram): End | null;
  senderOf(datagram: Datagram): End | null; // null: not known
  release(key: string): void;
  openClient?(party: Party, event: ClientOpened): void;
  strange?(t: number): End; // somebody who has sent what nobody tells of
}

/** Who is told that an end has turned out to be somebody's, or is no more. */
export interface SocketChanges {
  touch(end: End): unknown;
  stop(end: End, t: number): unknown;
}

/** Who is told what is new, has changed, is gone. */
export interface Changes {
  add(item: Item): unknown;
  touch(item: Item): unknown;
  drop(item: Item): unknown;
}
