"""UDP server: answers a message with four lines: itself, reversed, in upper case, its length."""

import argparse
import signal
import socket
import sys
from collections import deque

BUFFER_BYTES = 65535  # room for the largest UDP datagram: a smaller buffer would cut it
KNOWN_LIMIT = 1000  # in UDP nobody says goodbye: a list without a limit would only grow


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def transform(data: bytes) -> bytes:
    # One datagram is one message, so the line end that nc adds is not needed and goes.
    message = " ".join(data.decode(errors="replace").splitlines())
    lines = [message, message[::-1], message.upper(), str(len(message))]
    return "\n".join(lines).encode()


def serve(sock: socket.socket) -> None:
    known: deque[str] = deque(maxlen=KNOWN_LIMIT)  # a full deque drops its oldest entry
    while True:
        data, client = sock.recvfrom(BUFFER_BYTES)
        address = f"{client[0]}:{client[1]}"
        if address not in known:
            known.append(address)
            say(f"Клиент {address} подключился")
        try:
            sent = sock.sendto(transform(data), client)
            say(f"{address}: получено {len(data)} байт, отправлено {sent} байт")
        except OSError as error:  # e.g. the answer is longer than a datagram can be
            say(f"{address}: ответ не отправлен: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12346)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            try:
                sock.bind((args.host, args.port))
            except (OSError, OverflowError) as error:
                print(f"Порт {args.port} занять не удалось: {error}", file=sys.stderr)
                return 2
            host, port = sock.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            serve(sock)
    except KeyboardInterrupt:
        say("Сервер остановлен")
    return 0


if __name__ == "__main__":
    sys.exit(main())
