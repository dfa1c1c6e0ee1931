"""TCP server on the socketserver framework: answers one message with five lines about it."""

import argparse
import socketserver
from contextlib import suppress

LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def transform(line: bytes) -> bytes:
    message = line.decode(errors="replace")  # only now, when no character can be cut in two
    letters = [char for char in message.casefold() if char.isalnum()]
    palindrome = "да" if letters and letters == letters[::-1] else "нет"
    words = f"слов: {len(message.split())}, палиндром: {palindrome}"
    lines = [message, message[::-1], message.upper(), str(len(message)), words]
    return "".join(f"{line}\n" for line in lines).encode()


class TransformHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        host, port = self.client_address
        say(f"Клиент {host}:{port} подключился")
        # In TCP, self.request is the socket of this connection; its client may vanish at any time.
        with suppress(OSError), self.request.makefile("rb") as stream:
            data = stream.readline(LINE_LIMIT_BYTES + 1)  # calls recv() until the line is whole
            line = data.rstrip(b"\r\n")
            if data and len(line) <= LINE_LIMIT_BYTES:  # b"": the client closed without a word
                self.request.sendall(transform(line))


class OneByOneServer(socketserver.TCPServer):
    allow_reuse_address = True  # SO_REUSEADDR: restart at once


class ThreadingServer(socketserver.ThreadingMixIn, OneByOneServer):
    daemon_threads = True  # no client can keep the program alive after Ctrl+C


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12354)
    parser.add_argument("--once", action="store_true", help="answer one client, then end")
    args = parser.parse_args()
    server_class = OneByOneServer if args.once else ThreadingServer  # one client needs no thread
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
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
