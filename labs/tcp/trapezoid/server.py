"""TCP server: reads lines "A B H" and answers each with the area of that trapezoid."""

import argparse
import socket
import threading
from contextlib import suppress

LINE_LIMIT_BYTES = 4096
NAMES = ("основание A", "основание B", "высота H")


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def answer_to(line: str) -> str:
    words = line.replace(",", ".").split()
    if len(words) != len(NAMES):
        return "Ошибка: нужны три числа: основание A, основание B и высота H"
    for name, word in zip(NAMES, words, strict=True):
        # Digits with one point at most: float() itself would take inf, 1e5 and 1_0, too.
        if not word.replace(".", "", 1).isdecimal() or len(word) > 100:
            return f"Ошибка: {name}: нужно число не меньше нуля, а пришло «{word[:20]}»"
    a, b, h = (float(word) for word in words)
    return f"{(a + b) / 2 * h:.12g}"


def serve_client(conn: socket.socket, host: str, port: int) -> None:
    with suppress(OSError), conn, conn.makefile("rb") as stream:  # it may vanish at any time
        # recv() returns pieces, not lines: readline() calls it until the line is whole.
        while data := stream.readline(LINE_LIMIT_BYTES + 1):
            line = data.rstrip(b"\r\n")
            if len(line) > LINE_LIMIT_BYTES:
                break
            text = line.decode(errors="replace")
            answer = answer_to(text)
            say(f"{host}:{port}: {text} -> {answer}")
            conn.sendall(f"{answer}\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12351)
    args = parser.parse_args()
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (host, port) = listener.accept()
                threading.Thread(target=serve_client, args=(conn, host, port), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
