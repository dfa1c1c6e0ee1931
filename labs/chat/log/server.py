"""Log server: shows each line that a client sends, with time and address; one client at a time."""

import argparse
import contextlib
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator

CHUNK_BYTES = LINE_LIMIT_BYTES = 4096
ONE_SECOND = struct.pack("ll", 1, 0)  # the kernel's struct timeval: seconds and microseconds


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def read_lines(conn: socket.socket) -> Iterator[bytes]:
    """Cut the stream into lines: recv() returns pieces, not messages."""
    rest = b""  # the beginning of a line whose end has not come yet
    while len(rest.removesuffix(b"\r")) <= LINE_LIMIT_BYTES and (data := conn.recv(CHUNK_BYTES)):
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
    if rest:  # the stream may end without a last "\n"
        yield rest


def refuse(conn: socket.socket, reason: str) -> None:
    """Say why, then read on: close() over unread bytes would send RST, which may overtake us."""
    conn.sendall(f"Ошибка: {reason}\n".encode())
    conn.shutdown(socket.SHUT_WR)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ONE_SECOND)
    with contextlib.suppress(BlockingIOError):  # the second is over
        conn.recv(1_000_000, socket.MSG_WAITALL)  # until the client closes, too


def show_messages(conn: socket.socket, address: str) -> None:
    for line in read_lines(conn):
        if len(line) > LINE_LIMIT_BYTES:
            refuse(conn, f"строка длиннее {LINE_LIMIT_BYTES} байт")
            break
        now = time.strftime("%Y.%m.%d %H:%M:%S")
        say(f"{now} ({address}): {line.decode(errors='replace')}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50008)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            listener.bind((args.host, args.port))
            listener.listen()  # the kernel connects clients from now on and queues them: backlog
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()  # the next one from the backlog
                address = f"{peer_host}:{peer_port}"
                say(f"Подключен клиент: {address}")
                with conn:
                    try:
                        show_messages(conn, address)  # until it leaves; all others wait
                        say(f"Клиент {address} отключился")
                    except OSError as error:  # it vanished; the next one does not notice
                        say(f"Клиент {address} пропал: {error}")
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
