"""Log server: shows each line that a client sends, with time and address; one client at a time."""

import argparse
import socket
from contextlib import suppress
from datetime import datetime

LINE_LIMIT_BYTES = 4096


def serve_client(conn: socket.socket, host: str, port: int) -> None:
    with suppress(OSError), conn, conn.makefile("rb") as stream:  # it may vanish at any time
        # recv() returns pieces, not messages: readline() calls it until the line is whole.
        while data := stream.readline(LINE_LIMIT_BYTES + 1):
            line = data.rstrip(b"\r\n")
            if len(line) > LINE_LIMIT_BYTES:
                break
            now = datetime.now().strftime("%Y.%m.%d %H:%M:%S")
            print(f"{now} ({host}:{port}): {line.decode(errors='replace')}", flush=True)


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
            print(f"Сервер слушает {host}:{port}", flush=True)
            while True:
                conn, (host, port) = listener.accept()  # the next one from the backlog
                serve_client(conn, host, port)  # until it leaves; all others wait
    except KeyboardInterrupt:
        print("Сервер остановлен", flush=True)
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
