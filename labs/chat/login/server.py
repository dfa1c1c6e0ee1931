"""Log server with logins: shows who sent each line and when; one thread per client."""

import argparse
import contextlib
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from threading import Thread, active_count

CLIENTS_LIMIT = 32
CHUNK_BYTES = LINE_LIMIT_BYTES = 4096
ONE_SECOND = struct.pack("ll", 1, 0)  # the kernel's struct timeval: seconds and microseconds


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


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
    with contextlib.suppress(OSError):  # the client may have gone by itself
        conn.sendall(f"Ошибка: {reason}\n".encode())
        conn.shutdown(socket.SHUT_WR)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ONE_SECOND)
        conn.recv(1_000_000, socket.MSG_WAITALL)  # until the client closes, too, but 1 s at most


def serve_client(conn: socket.socket, address: str) -> None:
    login = ""
    with conn:
        try:
            for line in read_lines(conn):
                text = line.decode(errors="replace")
                if len(line) > LINE_LIMIT_BYTES:
                    refuse(conn, f"строка длиннее {LINE_LIMIT_BYTES} байт")
                    break
                if login:  # "LOGIN: " is what the client claims; we show the login that we know
                    now = time.strftime("%Y.%m.%d %H:%M:%S")
                    say(f"{now} {login}: {text.removeprefix(f'{login}: ')}")
                elif text.strip():  # an empty line is no login
                    login = text
                    say(f"подключился {login}")
        except OSError as error:  # this client vanished; the others do not notice
            say(f"{address}: {error}")
    say(f"отключился {login or address}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50009)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()
                address = f"{peer_host}:{peer_port}"
                say(f"Подключен клиент: {address}")
                if active_count() > CLIENTS_LIMIT:  # the main thread, and one for each client
                    with conn:
                        refuse(conn, f"мест нет, клиентов уже {CLIENTS_LIMIT}")
                    continue
                Thread(target=serve_client, args=(conn, address), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
