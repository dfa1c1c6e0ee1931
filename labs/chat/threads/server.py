"""Chat server: what one client writes goes to all the others; a thread listens to each client."""

import argparse
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


def listening_to_client(conn: socket.socket, address: str) -> None:
    with conn, conn.makefile("rb") as stream:
        with suppress(OSError):  # a client that vanishes leaves like any other
            # recv() returns pieces, not messages: readline() calls it until the line is whole.
            while data := stream.readline(LINE_LIMIT_BYTES + 1):
                line = data.rstrip(b"\r\n")
                if len(line) > LINE_LIMIT_BYTES:
                    break
                send_to_others(conn, f"{address}: {line.decode(errors='replace')}")
        with clients_lock:  # first out of the list, then closed: nobody sends into a closed socket
            clients.remove(conn)
    say(f"Клиент {address} отключился")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12361)
    args = parser.parse_args()
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (host, port) = listener.accept()
                with clients_lock:
                    clients.add(conn)
                say(f"Клиент {host}:{port} подключился")
                client_args = (conn, f"{host}:{port}")
                threading.Thread(target=listening_to_client, args=client_args, daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
