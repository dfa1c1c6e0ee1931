"""Chat server: gives each client a number, tells the others who joins, what it says, who leaves."""

import argparse
import itertools
import select
import socket
import threading
from contextlib import suppress

LINE_LIMIT_BYTES = 4096
clients: set[socket.socket] = set()  # all who are in the chat now
clients_lock = threading.Lock()  # every thread uses `clients`, so only one at a time


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def send_to_others(sender: socket.socket, text: str) -> None:
    with clients_lock:  # one message after the other: everybody sees the same order
        say(text)
        # Who reads nothing has no room for more: it misses messages, and nobody waits for it.
        _, with_room, _ = select.select([], clients - {sender}, [], 0)
        for conn in with_room:
            with suppress(OSError):  # it may have vanished: its own thread notices, too
                conn.sendall(f"{text}\n".encode())


def listening_to_client(conn: socket.socket, number: int) -> None:
    with conn, conn.makefile("rb") as stream:
        send_to_others(conn, f"Клиент {number} присоединился")
        with suppress(OSError):  # a client that vanishes leaves like any other
            with clients_lock:  # nobody's message may come before the number
                conn.sendall(f"Вы — клиент {number}\n".encode())
                clients.add(conn)
            while data := stream.readline(LINE_LIMIT_BYTES + 1):
                line = data.rstrip(b"\r\n")
                if len(line) > LINE_LIMIT_BYTES:
                    break
                send_to_others(conn, f"Клиент {number}: {line.decode(errors='replace')}")
        with clients_lock:  # first out of the list, then closed: nobody sends into a closed socket
            clients.discard(conn)
        send_to_others(conn, f"Клиент {number} вышел")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12362)
    args = parser.parse_args()
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            for number in itertools.count(1):  # it only counts up: no number comes twice
                conn, (host, port) = listener.accept()
                say(f"Соединение {number}: {host}:{port}")
                client_args = (conn, number)
                threading.Thread(target=listening_to_client, args=client_args, daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
