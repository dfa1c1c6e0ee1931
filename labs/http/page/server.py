"""HTTP server on a bare TCP socket: answers with the page in index.html, read at each request."""

import argparse
import re
import signal
import socket
import sys
import time
from pathlib import Path
from threading import Thread

PAGE = Path(__file__).with_name("index.html")  # the only file that this server ever opens
HEAD_LIMIT_BYTES, HEAD_WITHIN_S = 8192, 20.0
# A request line "METHOD TARGET VERSION", fields "name: value", an empty line (RFC 9112, 2.1).
HEAD = re.compile(rb"([A-Z-]+) ([^\x00- \x7f]+) HTTP/1\.\d\r?\n(?:[!-9;-~]+:.*\n)*\r?\n", re.I)


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def read_head(conn: socket.socket) -> bytes:
    """Collect pieces up to the empty line, or what there is at the limit or the stream's end."""
    head, until = b"", time.monotonic() + HEAD_WITHIN_S
    while len(head) <= HEAD_LIMIT_BYTES and not re.search(rb"\n\r?\n", head):
        conn.settimeout(max(until - time.monotonic(), 0.001))  # one time limit for all pieces
        head += (data := conn.recv(HEAD_LIMIT_BYTES))
        if not data:
            break
    return head


def status_of(head: bytes) -> str:
    if len(head) > HEAD_LIMIT_BYTES:
        return "431 Request Header Fields Too Large"
    request = HEAD.match(head)
    if not request:
        return "400 Bad Request"
    if request[1] not in (b"GET", b"HEAD"):
        return "405 Method Not Allowed"
    return "200 OK" if request[2].split(b"?")[0] in (b"/", b"/index.html") else "404 Not Found"


def response_to(head: bytes, status: str) -> bytes:
    body = PAGE.read_bytes() if status == "200 OK" else f"<h1>{status}</h1>".encode()
    fields = f"HTTP/1.1 {status}\r\nAllow: GET, HEAD\r\nConnection: close\r\n"
    fields += f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return fields.encode() + (b"" if head.startswith(b"HEAD ") else body)


def serve_client(conn: socket.socket, host: str, port: int) -> None:
    with conn:
        try:
            try:
                head = read_head(conn)
                status = status_of(head)
            except TimeoutError:
                head, status = b"", "408 Request Timeout"
            conn.sendall(response_to(head, status))
            say(f"{host}:{port}: {head[:80].partition(b' HTTP')[0]!r} -> {status}")
            conn.shutdown(socket.SHUT_WR)
            for _ in range(256):  # close() over unread bytes would send RST instead
                if not conn.recv(HEAD_LIMIT_BYTES):
                    break
        except OSError as error:  # this client vanished; the others do not notice
            say(f"{host}:{port}: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает http://{host}:{port}/")
            while True:
                conn, peer = listener.accept()
                Thread(target=serve_client, args=(conn, *peer), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
