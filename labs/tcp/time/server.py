"""TCP server: tells each client the time every few seconds until that client leaves."""

import argparse
import signal
import socket
import sys
import time
from collections.abc import Iterator
from threading import Thread

CHUNK_BYTES = LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def lines_and_ticks(conn: socket.socket, interval_s: float) -> Iterator[bytes | None]:
    """Wait for client and clock at once: yield its lines, and None whenever the time is due."""
    rest, next_tick = b"", None  # the first line starts the clock
    while len(rest.removesuffix(b"\r")) <= LINE_LIMIT_BYTES:
        conn.settimeout(None if next_tick is None else max(next_tick - time.monotonic(), 0.001))
        try:  # recv(), not sleep(): a client that leaves wakes us at once
            data = conn.recv(CHUNK_BYTES) or b"\nend\n"  # the end of the stream means the same
        except TimeoutError:
            next_tick = time.monotonic() + interval_s
            yield None
            continue
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if line.strip():  # an empty line is no name
                next_tick = next_tick or time.monotonic()
                yield line.removesuffix(b"\r")
    yield rest


def refuse_line(conn: socket.socket) -> None:
    conn.sendall(f"Ошибка: строка длиннее {LINE_LIMIT_BYTES} байт\n".encode())
    conn.shutdown(socket.SHUT_WR)
    for _ in range(256):  # close() over unread bytes would send RST, which may overtake our words
        if not conn.recv(CHUNK_BYTES):
            break


def serve_client(conn: socket.socket, peer: tuple[str, int], interval_s: float) -> None:
    name, address = "", f"{peer[0]}:{peer[1]}"
    with conn:
        try:
            for line in lines_and_ticks(conn, interval_s):
                conn.settimeout(3.0)  # for sendall(): a client that never reads is dropped
                if line is None:
                    conn.sendall(f"{name}, {time.strftime('%H:%M:%S')}\n".encode())
                elif len(line) > LINE_LIMIT_BYTES:
                    refuse_line(conn)
                    break
                elif line == b"end":
                    break
                elif not name:  # a name that is repeated changes nothing
                    name = line.decode(errors="replace").strip()
                    say(f"Клиент {name} {address} подключился")
        except OSError as error:  # this client vanished; the others do not notice
            say(f"{address}: {error}")
    say(f"Клиент {name or '?'} {address} отключился")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12353)
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between two lines")
    args = parser.parse_args()
    if not 0.01 <= args.interval <= 3600:
        parser.error("--interval: от 0.01 до 3600 секунд")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            while True:
                conn, peer = listener.accept()
                Thread(target=serve_client, args=(conn, peer, args.interval), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
