"""Chat client: the main thread sends what is typed, a second thread prints what arrives."""

import argparse
import codecs
import contextlib
import io
import os
import signal
import socket
import sys
import threading

CHUNK_BYTES = 4096
LEAVE_WITHIN_S = 2.0

leaving = threading.Event()  # we leave: what the server does after that is no news
server_gone = threading.Event()  # the server left, and not we


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as two threads print; and at once


def listening_to_messages(sock: socket.socket) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")  # keeps half a character
    with contextlib.suppress(OSError):  # RST in place of FIN: the server is gone all the same
        while chunk := sock.recv(CHUNK_BYTES):  # a piece of the stream: seldom just one message
            print(decoder.decode(chunk), end="", flush=True)
    if not leaving.is_set():
        server_gone.set()
        sys.stderr.write("Сервер закрыл соединение\n")
        while not leaving.is_set():
            os.kill(os.getpid(), signal.SIGINT)  # a signal wakes the main thread out of input();
            leaving.wait(0.1)  # and another, if the first came just before input()


def send_what_is_typed(sock: socket.socket) -> None:
    try:
        while True:
            sock.sendall(f"{input()}\n".encode(errors="replace"))  # "\n" ends the message
    except (EOFError, RuntimeError):  # Ctrl+D, or there is no keyboard at all
        leaving.set()
        sock.shutdown(socket.SHUT_WR)  # sends FIN: the server reads to our end, then closes, too


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12361)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # the keyboard may send bytes that are not UTF-8
    try:
        with socket.create_connection((args.host, args.port)) as sock:  # socket, connect
            host, port = sock.getsockname()
            say(f"Подключение к серверу {args.host}:{args.port} произошло, мой адрес {host}:{port}")
            receiver = threading.Thread(target=listening_to_messages, args=(sock,), daemon=True)
            try:
                receiver.start()
                with contextlib.suppress(OSError):  # the server is gone: `receiver` sees it, too
                    send_what_is_typed(sock)
                receiver.join(LEAVE_WITHIN_S)  # it ends at the server's FIN
            finally:
                leaving.set()  # before `with` closes the socket that `receiver` reads
    except KeyboardInterrupt:  # Ctrl+C, or our own signal from the thread; both at once is one end
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    if server_gone.is_set():
        return 1
    say("Клиент остановлен")
    return 0


if __name__ == "__main__":
    sys.exit(main())
