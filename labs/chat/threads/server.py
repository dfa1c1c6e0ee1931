"""Chat server: what one client writes goes to all the others; a thread listens to each client."""

import argparse
import contextlib
import signal
import socket
import struct
import sys
from threading import Lock, Thread, active_count

CLIENTS_LIMIT = 32
LINE_LIMIT_BYTES = 4096
ONE_SECOND = struct.pack("ll", 1, 0)  # the kernel's struct timeval: seconds and microseconds
clients: set[socket.socket] = set()  # all who are in the chat now
clients_lock = Lock()  # every thread uses `clients`, so only one at a time


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def send_to_others(sender: socket.socket, text: str) -> None:
    with clients_lock:  # one message after the other: everybody sees the same order
        say(text)
        for conn in clients - {sender}:
            try:
                conn.sendall(f"{text}\n".encode())
            except OSError:  # gone, or took nothing for 1 s: wake its own thread, which clears up
                with contextlib.suppress(OSError):
                    conn.shutdown(socket.SHUT_RDWR)


def refuse(conn: socket.socket, reason: str) -> None:
    """Say why, then read on: close() over unread bytes would send RST, which may overtake us."""
    with clients_lock:
        clients.discard(conn)  # no message of the others may follow our last words
    conn.sendall(f"Ошибка: {reason}\n".encode())
    conn.shutdown(socket.SHUT_WR)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ONE_SECOND)
    conn.recv(1_000_000, socket.MSG_WAITALL)  # until the client closes, too, but 1 s at most


def listening_to_client(conn: socket.socket, address: str) -> None:
    with conn, conn.makefile("rb") as reader:
        try:  # recv() returns pieces, not messages: readline() calls it until the line is whole
            while data := reader.readline(LINE_LIMIT_BYTES + 2):  # 2: the longest end, "\r\n"
                line = data.removesuffix(b"\n").removesuffix(b"\r")
                if len(line) > LINE_LIMIT_BYTES:
                    refuse(conn, f"строка длиннее {LINE_LIMIT_BYTES} байт")
                    break
                send_to_others(conn, f"{address}: {line.decode(errors='replace')}")
        except OSError as error:  # this client vanished; the others do not notice
            say(f"{address}: {error}")
        with clients_lock:  # first out of the list, then closed: nobody sends into a closed socket
            clients.discard(conn)
    say(f"Клиент {address} отключился")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12361)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()
                conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, ONE_SECOND)
                if active_count() > CLIENTS_LIMIT:  # the main thread, and one for each client
                    with conn, contextlib.suppress(OSError):
                        refuse(conn, f"мест нет, клиентов уже {CLIENTS_LIMIT}")
                    continue
                with clients_lock:
                    clients.add(conn)
                address = f"{peer_host}:{peer_port}"
                say(f"Клиент {address} подключился")
                Thread(target=listening_to_client, args=(conn, address), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
