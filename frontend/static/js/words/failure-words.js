// Failures in words: what happened, what it means on the wire, what to try.

/** @typedef {{what: string, meaning: string, hint: string}} Failure what happened, what to try */
/** @typedef {{code: string, message: string}} Problem */
/** What was to be started. @typedef {{port?: number | null, program?: string | null}} Asked */
/** @typedef {(error: Problem, asked: Asked) => Failure} RunWords */
/** @typedef {(udp: boolean, message: string) => Failure} SocketWords */

import { isFirstVersion } from "../model/programs.js";
import { t } from "./i18n.js";

/** Words for an error of the HTTP API or of a run: {what, meaning, hint}. */
export function runFailure(/** @type {Problem} */ error, /** @type {Asked} */ asked = {}) {
  const say = Object.hasOwn(RUN_FAILURES, error.code) ? RUN_FAILURES[error.code] : undefined;
  const words = say?.(error, asked);
  return words ?? { what: error.message || error.code, meaning: "", hint: "" };
}

/** @type {Record<string, RunWords | undefined>} */
const RUN_FAILURES = {
  port_in_use: (_, { port, program }) => ({
    what: port ? t("Port {port} is taken.", { port }) : t("The port is taken."),
    meaning: t(
      "bind() failed with EADDRINUSE: another socket on this machine already has this address, and the operating system gives an address to one socket only.",
    ),
    hint: isFirstVersion(program)
      ? t("Stop the program that has it (ss -lntup shows which), then start this one again.")
      : t(
          "Stop the program that has it (ss -lntup shows which), choose another port, or leave the field empty: then a free one is taken.",
        ),
  }),
  bad_arguments: (error) => ({
    what: t("The program did not accept its arguments."),
    meaning: ownWords(error),
    hint: t("It ended before it opened a socket. Correct the arguments and start it again."),
  }),
  invalid: (error) => ({
    what: t("It cannot be started like this."),
    meaning: error.message,
    hint: "",
  }),
  start_failed: (error) => {
    const said = ownWords(error);
    if (!/ status 0\b/.test(error.message)) {
      const what = t("The program ended, or took too long to start listening.");
      return { what, meaning: said, hint: t("The console shows what it said.") };
    }
    const what = t("The program exited normally, without listening.");
    const isPrinted = error.message.includes("It printed: ");
    return { what, meaning: isPrinted ? `${t("It printed:")}\n${said}` : said, hint: "" };
  },
  crashed: () => ({
    what: t("The program ended by itself, with an error."),
    meaning: "",
    hint: t("The console shows what it said."),
  }),
  excess: (error) => ({
    what: t(
      "Socket Lab ended the program: it used too much memory, or too many threads or processes.",
    ),
    meaning: error.message,
    hint: t("Look for what grows without end: threads, processes, lists."),
  }),
  idle: (error) => ({
    what: t("Socket Lab stopped it: nobody used it."),
    meaning: error.message,
    hint: "",
  }),
  restarted: () => ({
    what: t("It ended when Socket Lab was restarted."),
    meaning: "",
    hint: t("Press Start again: it gets the same port and arguments."),
  }),
  limit: (error) => ({
    what: t("Too many programs are running in this room."),
    meaning: error.message,
    hint: t("Stop one that nobody needs, then start this one."),
  }),
  no_server: () => ({
    what: t("There is no server for this client yet."),
    meaning: t("client.py needs an address to talk to, and no server of this lab is running."),
    hint: t("Start the server first."),
  }),
  run_ended: () => ({
    what: t("Nobody reads what you typed."),
    meaning: t("The program has ended, or its input is closed (EOF)."),
    hint: t("Start it again and type then."),
  }),
  input_full: () => ({
    what: t("The program does not read its input."),
    meaning: t("The pipe to its stdin is full of what was typed before."),
    hint: t("Wait until it asks again, or stop it."),
  }),
  shutting_down: () => ({
    what: t("Socket Lab is shutting down."),
    meaning: t("It starts no more programs and has stopped the running ones."),
    hint: t("Start Socket Lab again and reload the page."),
  }),
  unknown_run: () => ({
    what: t("That program is no longer in the room."),
    meaning: "",
    hint: t("Start it again."),
  }),
  forbidden: () => ({
    what: t("You may not do that here."),
    meaning: t("The host of this room decides what guests may do."),
    hint: t("Ask the host."),
  }),
  unreachable_backend: () => ({
    what: t("Socket Lab does not answer."),
    meaning: t("The request did not reach the web server that starts the programs."),
    hint: t("Check whether “socketlab serve” is still running, then try again."),
  }),
};

// What the program itself said last, without what the API says around it.
function ownWords(/** @type {Problem} */ { message }) {
  const said = /(?:refused its arguments|Its last words|It printed): (.+)$/s.exec(message)?.[1];
  return said === "(it said nothing)" ? t("It printed nothing.") : (said ?? message);
}

/** Words for an error of a client socket: {what, meaning, hint}. */
export function socketFailure(
  /** @type {Problem} */ { code, message },
  /** @type {{transport?: string | null}} */ { transport },
) {
  const say = Object.hasOwn(SOCKET_FAILURES, code) ? SOCKET_FAILURES[code] : undefined;
  const words = say?.(transport === "udp", message);
  return words ?? { what: message || code, meaning: "", hint: "" };
}

/** @type {Record<string, SocketWords | undefined>} */
const SOCKET_FAILURES = {
  no_run: () => ({
    what: t("There is nobody to connect to: the server has not been started."),
    meaning: t("Without a server there is no port, so there is no address to send to."),
    hint: "",
  }),
  refused: (udp) =>
    udp
      ? {
          what: t("The datagram was not accepted: nobody listens on that port."),
          meaning: t(
            "The kernel of the other side answered with ICMP “port unreachable”, and ours reports it as ECONNREFUSED. Without this answer UDP would have noticed nothing.",
          ),
          hint: t("Start the server and send again: this socket stays open."),
        }
      : {
          what: t("Connection refused."),
          meaning: t(
            "Our SYN was answered with RST: the machine is there, and no socket listens on that port.",
          ),
          hint: t("Start the server, then connect again."),
        },
  foreign: () => ({
    what: t("Not sent: this port now belongs to another program."),
    meaning: t(
      "The server that this client talked to has ended, and another program has taken its port. A client talks to its own server only.",
    ),
    hint: t("Start the server again, then connect again."),
  }),
  idle: () => ({
    what: t("Closed: it was idle for too long."),
    meaning: t("No byte passed for so long that Socket Lab closed this client."),
    hint: t("Connect again: that makes a new socket with a new address."),
  }),
  reset: () => ({
    what: t("The connection was reset."),
    meaning: t(
      "The other side sent RST instead of FIN: its program ended or closed the socket while bytes of ours were unread. What was on the way is lost.",
    ),
    hint: t("Look at the server's console, then connect again."),
  }),
  unreachable: () => ({
    what: t("The address cannot be reached."),
    meaning: t("The kernel has no route there, or a router answered with ICMP “unreachable”."),
    hint: t("Check the address that the server printed."),
  }),
  too_big: () => ({
    what: t("The datagram is too big."),
    meaning: t(
      "UDP sends a message whole or not at all: 65,535 bytes, less 20 for the IP header and 8 for the UDP header, leaves 65,507. Nothing was sent (EMSGSIZE).",
    ),
    hint: t("Send less, or split the message into several datagrams. TCP would split it for you."),
  }),
  timeout: () => ({
    what: t("No answer in time."),
    meaning: t(
      "The kernel sent SYN and nobody answered: the queue of the listening socket may be full because the program does not call accept().",
    ),
    hint: t("See what the server is doing: it may be busy with another client."),
  }),
  window: () => ({
    what: t("More was sent than Socket Lab allowed."),
    meaning: t("The server does not read, and the window between it and this page is full."),
    hint: t("Close this client and open a new one."),
  }),
  queue_full: () => ({
    what: t("Not sent: too much is waiting already."),
    meaning: t(
      "The server does not call recv(): its receive buffer is full, TCP told us to stop (window 0), and a megabyte is waiting here.",
    ),
    hint: t("Wait until the server reads, or send less."),
  }),
  not_open: () => ({
    what: t("This socket no longer sends."),
    meaning: t("Its sending side is closed: FIN has been sent, and nothing comes after FIN."),
    hint: t("Connect again: that makes a new socket with a new address."),
  }),
  limit: (_, message) => ({
    what: t("A limit of this room has been reached."),
    meaning: message,
    hint: t("Close a client that nobody needs, then try again."),
  }),
  forbidden: () => ({
    what: t("Not sent: for now you may only watch."),
    meaning: t("The host of this room decides who may send."),
    hint: t("Ask the host."),
  }),
  bad_message: (_, message) => ({
    what: t("Socket Lab did not understand this page."),
    meaning: message,
    hint: t("Reload the page. If it happens again, the mistake is ours."),
  }),
  not_opened: (_, message) => ({
    what: t("The client could not be opened."),
    meaning: t("Socket Lab refused it, or does not answer ({message}).", { message }),
    hint: t(
      "Check whether “socketlab serve” is still running and the server is listening, then connect again.",
    ),
  }),
  too_long: () => ({
    what: t("The message is too long."),
    meaning: t("A message may have at most 128 KiB."),
    hint: t("Send it in parts."),
  }),
  lost: () => ({
    what: t("The connection to Socket Lab was lost."),
    meaning: t(
      "The connection between this page and Socket Lab broke, and the client's socket was closed with it.",
    ),
    hint: t("Connect again when the page is online."),
  }),
};
