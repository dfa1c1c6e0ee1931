"""UDP client: registers a name and shows the time that the server sends, until "end"."""

import argparse
import socket
import threading

done = threading.Event()  # set by the main thread: the others end then


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as two threads print; and at once


def repeat_name(sock: socket.socket, name: bytes, server: tuple[str, int], every_s: float) -> None:
    while not done.wait(every_s):
        try:
            sock.sendto(name, server)
        except OSError:  # only this repetition is lost, or the main thread has closed the socket
            pass


def show_times(sock: socket.socket) -> None:
    while not done.is_set():
        try:
            say(sock.recvfrom(65535)[0].decode(errors="replace"))
        except OSError:  # the main thread has closed the socket, and has set `done` before
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12348)
    parser.add_argument("--repeat", type=float, default=15.0, help="seconds between repetitions")
    args = parser.parse_args()
    server = (args.host, args.port)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            name = (args.name or input("Введите имя:\n")).encode(errors="replace")
            repeat_args = (sock, name, server, args.repeat)
            sock.settimeout(3)  # seconds: in UDP nothing tells that there is no server
            sock.sendto(name, server)
            try:
                data, (host, port) = sock.recvfrom(65535)
                say(f"Подключение к серверу {host}:{port} произошло")
                say(data.decode(errors="replace"))
                sock.settimeout(None)
                threading.Thread(target=repeat_name, args=repeat_args, daemon=True).start()
                threading.Thread(target=show_times, args=(sock,), daemon=True).start()
                while input().strip() != "end":
                    pass
            finally:  # on whatever way we leave: withdraw the name
                done.set()
                sock.sendto(b"end", server)
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        say("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:  # TimeoutError is an OSError, too
        parser.exit(1, f"Нет ответа от {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
