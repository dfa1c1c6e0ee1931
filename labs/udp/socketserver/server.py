"""UDP server on the socketserver framework: answers a message with four lines about it."""

import argparse
import signal
import socketserver
import sys
from collections import deque

KNOWN_LIMIT = 1000  # in UDP nobody says goodbye: a list without a limit would only grow


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def transform(data: bytes) -> bytes:
    # One datagram is one message, so the line end that nc adds is not needed and goes.
    message = " ".join(data.decode(errors="replace").splitlines())
    lines = [message, message[::-1], message.upper(), str(len(message))]
    return "\n".join(lines).encode()


class TransformHandler(socketserver.BaseRequestHandler):
    """The framework makes a new handler for each datagram."""

    server: "TransformServer"

    def handle(self) -> None:
        data, sock = self.request  # for UDP: the bytes, and the server's one socket
        address = f"{self.client_address[0]}:{self.client_address[1]}"
        if address not in self.server.known:
            self.server.known.append(address)
            say(f"Клиент {address} подключился")
        try:
            sent = sock.sendto(transform(data), self.client_address)
            say(f"{address}: получено {len(data)} байт, отправлено {sent} байт")
        except OSError as error:  # e.g. the answer is longer than a datagram can be
            say(f"{address}: ответ не отправлен: {error}")


class TransformServer(socketserver.UDPServer):
    """Owns the socket, and what must outlive a handler: who has been here."""

    max_packet_size = 65535  # the framework's own 8192 would cut larger datagrams

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, TransformHandler)  # calls socket() and bind()
        self.known: deque[str] = deque(maxlen=KNOWN_LIMIT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12349)
    parser.add_argument("--once", action="store_true", help="answer one datagram, then end")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        try:
            server = TransformServer((args.host, args.port))
        except (OSError, OverflowError) as error:
            print(f"Порт {args.port} занять не удалось: {error}", file=sys.stderr)
            return 2
        with server:  # closes the socket at the end, whatever happens in the block
            host, port = server.socket.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            if args.once:
                server.handle_request()
            else:
                server.serve_forever()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    return 0


if __name__ == "__main__":
    sys.exit(main())
