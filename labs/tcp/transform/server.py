"""TCP server: reads one message, answers with five lines about it, closes the connection."""

import argparse
import contextlib
import signal
import socket
import sys
import threading

CHUNK_BYTES = 4096
LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def read_line(conn: socket.socket) -> bytes | None:
    """Collect pieces up to the first line end or to the end of the stream; None: nothing came."""
    data = b""
    while b"\n" not in data and len(data.removesuffix(b"\r")) <= LINE_LIMIT_BYTES:
        chunk = conn.recv(CHUNK_BYTES)
        if not chunk:
            break
        data += chunk
    return data.split(b"\n")[0].removesuffix(b"\r") if data else None


def transform(line: bytes) -> str:
    if len(line) > LINE_LIMIT_BYTES:
        return f"Ошибка: строка длиннее {LINE_LIMIT_BYTES} байт\n"
    message = line.decode(errors="replace")  # only now, when no character can be cut in two
    letters = [char for char in message.casefold() if char.isalnum()]
    palindrome = "да" if letters and letters == letters[::-1] else "нет"
    words = f"слов: {len(message.split())}, палиндром: {palindrome}"
    return f"{message}\n{message[::-1]}\n{message.upper()}\n{len(message)}\n{words}\n"


def hang_up(conn: socket.socket) -> None:
    """Send FIN, then read what still comes: close() over unread bytes would send RST instead."""
    conn.shutdown(socket.SHUT_WR)
    conn.settimeout(1.0)
    with contextlib.suppress(TimeoutError):
        for _ in range(256):  # within bounds: a client may go on sending for ever
            if not conn.recv(CHUNK_BYTES):
                break


def serve_client(conn: socket.socket, address: str) -> None:
    with conn:
        try:
            line = read_line(conn)
            if line is not None:
                data = transform(line).encode()
                conn.sendall(data)
                say(f"{address}: получено {len(line)} байт, отправлено {len(data)} байт")
            hang_up(conn)
        except OSError as error:  # this client vanished; the others do not notice
            say(f"{address}: {error}")
    say(f"Клиент {address} отключился")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12352)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            listener.bind((args.host, args.port))
            listener.listen()
            host, port = listener.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()
                address = f"{peer_host}:{peer_port}"
                say(f"Клиент {address} подключился")
                threading.Thread(target=serve_client, args=(conn, address), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
