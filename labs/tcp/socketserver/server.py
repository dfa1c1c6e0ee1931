"""TCP server on the socketserver framework: answers one message with five lines about it."""

import argparse
import contextlib
import signal
import socket
import socketserver
import sys

CHUNK_BYTES = 4096
LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def transform(line: bytes) -> str:
    if len(line) > LINE_LIMIT_BYTES:
        return f"Ошибка: строка длиннее {LINE_LIMIT_BYTES} байт\n"
    message = line.decode(errors="replace")  # only now, when no character can be cut in two
    letters = [char for char in message.casefold() if char.isalnum()]
    palindrome = "да" if letters and letters == letters[::-1] else "нет"
    words = f"слов: {len(message.split())}, палиндром: {palindrome}"
    return f"{message}\n{message[::-1]}\n{message.upper()}\n{len(message)}\n{words}\n"


class TransformHandler(socketserver.StreamRequestHandler):
    """The framework makes a new handler for each connection and closes it afterwards."""

    def handle(self) -> None:
        address = f"{self.client_address[0]}:{self.client_address[1]}"
        say(f"Клиент {address} подключился")
        try:
            # rfile is the stream as a file: readline() calls recv() until the line is whole.
            data = self.rfile.readline(LINE_LIMIT_BYTES + 2)  # 2: the longest line end, "\r\n"
            if data:
                line = data.removesuffix(b"\n").removesuffix(b"\r")
                sent = self.wfile.write(transform(line).encode())
                say(f"{address}: получено {len(data)} байт, отправлено {sent} байт")
            self.hang_up()
        except OSError as error:  # left to the framework, this would be printed as a traceback
            say(f"{address}: {error}")
        say(f"Клиент {address} отключился")

    def hang_up(self) -> None:
        """Send FIN, then read what still comes: close() over unread bytes would send RST."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1.0)
        with contextlib.suppress(TimeoutError):
            for _ in range(256):  # within bounds: a client may go on sending for ever
                if not self.connection.recv(CHUNK_BYTES):
                    break


class OneByOneServer(socketserver.TCPServer):
    allow_reuse_address = True  # SO_REUSEADDR: restart at once


class ThreadingServer(socketserver.ThreadingMixIn, OneByOneServer):
    daemon_threads = True  # no client can keep the program alive after Ctrl+C


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12354)
    parser.add_argument("--once", action="store_true", help="answer one client, then end")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    server_class = OneByOneServer if args.once else ThreadingServer  # one client needs no threads
    try:
        with server_class((args.host, args.port), TransformHandler) as server:
            host, port = server.socket.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            if args.once:
                server.handle_request()
            else:
                server.serve_forever()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
