"""TCP server: sends every byte that a client sends back to it, unchanged."""

import argparse
import codecs
import signal
import socket
import sys
import threading

CHUNK_BYTES = 1024  # recv() returns at most so much; often less, never a promise


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def echo(conn: socket.socket) -> int:
    """Send back what comes until the client has nothing more to say; return how much it was."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")  # keeps half a character
    total = 0
    while data := conn.recv(CHUNK_BYTES):  # b"" is the end: the client will send no more
        say(f"Получено сообщение: {decoder.decode(data).rstrip()}")
        conn.sendall(data)  # send() might take only a part; sendall() goes on to the last byte
        total += len(data)
    return total


def serve_client(conn: socket.socket, address: str) -> None:
    with conn:
        try:
            total = echo(conn)
            say(f"Клиент {address} закончил: вернули байт: {total}")
        except OSError as error:  # this client vanished; the others do not notice
            say(f"Клиент {address} пропал: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50007)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once
            listener.bind((args.host, args.port))
            listener.listen()
            host, port = listener.getsockname()
            say(f"Сервер слушает {host}:{port}")
            while True:
                conn, (peer_host, peer_port) = listener.accept()
                address = f"{peer_host}:{peer_port}"
                say(f"Подключен клиент: {address}")
                threading.Thread(target=serve_client, args=(conn, address), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
