"""TCP server: tells each client the time every few seconds until that client leaves."""

import argparse
import socket
import threading
import time
from contextlib import suppress

LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def send_time(conn: socket.socket, name: bytes) -> None:
    conn.sendall(name + time.strftime(", %H:%M:%S\n").encode())


def serve_client(conn: socket.socket, address: str, interval_s: float) -> None:
    name, rest = b"", b""
    with suppress(OSError), conn:  # it may vanish at any time
        while True:
            try:
                data = conn.recv(4096)  # and not sleep(): a client that leaves wakes us at once
            except TimeoutError:
                send_time(conn, name)
                continue
            *lines, rest = (rest + data).split(b"\n")
            words = [line.strip() for line in lines]
            too_long = max(len(line) for line in [*words, rest]) > LINE_LIMIT_BYTES
            if not data or b"end" in words or too_long:
                break
            for word in words:
                if word and not name:  # a name that is repeated changes nothing
                    name = word
                    say(f"Клиент {name.decode(errors='replace')} {address} подключился")
                    conn.settimeout(interval_s)
                    send_time(conn, name)
    say(f"Клиент {address} отключился")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12353)
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between two lines")
    args = parser.parse_args()
    if not 0.01 <= args.interval <= 3600:
        parser.error("--interval: от 0.01 до 3600 секунд")
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            while True:
                conn, (host, port) = listener.accept()
                client_args = (conn, f"{host}:{port}", args.interval)
                threading.Thread(target=serve_client, args=client_args, daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
