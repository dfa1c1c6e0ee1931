"""TCP server: reads lines "A B H" and answers each with the area of that trapezoid."""

import argparse
import socket
import threading

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


def answer_lines(conn: socket.socket, address: str) -> None:
    rest = b""  # the beginning of a line whose end has not come yet
    while data := conn.recv(4096):
        *lines, rest = (rest + data).split(b"\n")  # a piece may hold many lines, or no whole one
        if max(len(line) for line in [*lines, rest]) > LINE_LIMIT_BYTES:
            return
        for line in lines:
            send_answer(conn, address, line)
    if rest:  # the stream may end without a last "\n"
        send_answer(conn, address, rest)


def send_answer(conn: socket.socket, address: str, line: bytes) -> None:
    text = line.decode(errors="replace").strip()
    answer = answer_to(text)
    say(f"{address}: {text} -> {answer}")
    conn.sendall(f"{answer}\n".encode())


def serve_client(conn: socket.socket, address: str) -> None:
    say(f"Клиент {address} подключился")
    try:
        with conn:
            answer_lines(conn, address)
    except OSError as error:  # this client vanished: the others do not notice
        say(f"{address}: {error}")
    say(f"Клиент {address} отключился")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12351)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            listener.bind((args.host, args.port))
            listener.listen()
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (host, port) = listener.accept()
                client_args = (conn, f"{host}:{port}")
                threading.Thread(target=serve_client, args=client_args, daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
