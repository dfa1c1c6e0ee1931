"""HTTP server on a bare TCP socket: answers with the page in index.html, read at each request."""

import argparse
import socket
import threading
from pathlib import Path

PAGE = Path(__file__).with_name("index.html")  # the only file that this server ever opens
LINE_LIMIT_BYTES = 8192
SILENCE_S = 20


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def status_of(words: list[str]) -> str:
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return "400 Bad Request"
    method, path, _version = words
    if method not in ("GET", "HEAD"):
        return "405 Method Not Allowed"
    return "200 OK" if path.split("?")[0] in ("/", "/index.html") else "404 Not Found"


def serve_client(conn: socket.socket, host: str, port: int) -> None:
    try:
        with conn, conn.makefile("rb") as stream:
            conn.settimeout(SILENCE_S)
            # The request line: method, path and version, if it is HTTP.
            words = stream.readline(LINE_LIMIT_BYTES).decode("latin-1").split()
            while stream.readline(LINE_LIMIT_BYTES).strip():  # the fields, up to the empty line
                pass
            status = status_of(words)
            body = PAGE.read_bytes() if status == "200 OK" else f"<h1>{status}</h1>".encode()
            head = (
                f"HTTP/1.1 {status}\r\n"
                "Allow: GET, HEAD\r\n"
                "Connection: close\r\n"
                "Content-Type: text/html; charset=utf-8\r\n"
                f"Content-Length: {len(body)}\r\n"
                "\r\n"
            )
            conn.sendall(head.encode() + (b"" if words[:1] == ["HEAD"] else body))
            say(f"{host}:{port}: {' '.join(words[:2])!r} -> {status}")
    except OSError as error:  # this client vanished or was silent: the others do not notice
        say(f"{host}:{port}: {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    args = parser.parse_args()
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает http://{host}:{port}/")
            while True:
                conn, (host, port) = listener.accept()
                threading.Thread(target=serve_client, args=(conn, host, port), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
