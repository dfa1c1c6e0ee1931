"""Log server: shows each line that a client sends, with time and address; one client at a time."""

import argparse
import socket
from datetime import datetime

LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def show_messages(conn: socket.socket, address: str) -> None:
    with conn, conn.makefile("rb") as stream:
        # recv() returns pieces, not messages: readline() calls it until the line is whole.
        while data := stream.readline(LINE_LIMIT_BYTES + 1):
            line = data.rstrip(b"\r\n")
            if len(line) > LINE_LIMIT_BYTES:
                break
            now = datetime.now().strftime("%Y.%m.%d %H:%M:%S")
            say(f"{now} ({address}): {line.decode(errors='replace')}")


def serve(listener: socket.socket) -> None:
    while True:
        conn, (host, port) = listener.accept()  # the next one from the backlog
        try:
            show_messages(conn, f"{host}:{port}")  # until it leaves; all others wait
        except OSError:  # it vanished: the next one does not notice
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50008)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            listener.bind((args.host, args.port))
            listener.listen()  # the kernel connects clients from now on and queues them: backlog
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            serve(listener)
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
