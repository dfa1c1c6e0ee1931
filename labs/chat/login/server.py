"""Log server with logins: shows who sent each line and when; one thread per client."""

import argparse
import socket
import threading
from contextlib import suppress
from datetime import datetime

LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def serve_client(conn: socket.socket) -> None:
    login = ""
    with suppress(OSError), conn, conn.makefile("rb") as stream:  # it may vanish at any time
        # recv() returns pieces, not messages: readline() calls it until the line is whole.
        while data := stream.readline(LINE_LIMIT_BYTES + 1):
            line = data.rstrip(b"\r\n")
            if len(line) > LINE_LIMIT_BYTES:
                break
            text = line.decode(errors="replace")
            if login:  # "LOGIN: " is what the client claims: we show the login that we know
                now = datetime.now().strftime("%Y.%m.%d %H:%M:%S")
                say(f"{now} {login}: {text.removeprefix(f'{login}: ')}")
            elif text.strip():  # an empty line is no login
                login = text
                say(f"подключился {login}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50009)
    args = parser.parse_args()
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, _address = listener.accept()
                threading.Thread(target=serve_client, args=(conn,), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
