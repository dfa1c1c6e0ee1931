"""UDP client: registers a name and shows the time that the server sends, until "end"."""

import argparse
import socket
import threading

ANSWER_WITHIN_S = 3
done = threading.Event()  # set by the main thread: the others end then


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as two threads print; and at once


def repeat_name(sock: socket.socket, name: bytes, server: tuple[str, int], every_s: float) -> None:
    while not done.wait(every_s):
        sock.sendto(name, server)


def show_times(sock: socket.socket) -> None:
    while not done.is_set():
        try:
            data, _ = sock.recvfrom(65535)
            say(data.decode(errors="replace"))
        except OSError as error:  # Windows tells it here when the server's port is closed
            if not done.is_set():  # or we have closed the socket ourselves
                say(f"Сеть: {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12348)
    parser.add_argument("--repeat", type=float, default=15.0, help="seconds between repetitions")
    args = parser.parse_args()
    server = (args.host, args.port)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            while args.name.strip() in ("", "end"):
                args.name = input("Введите имя:\n")
            name = args.name.encode(errors="replace")
            repeat_args = (sock, name, server, args.repeat)
            sock.settimeout(ANSWER_WITHIN_S)
            sock.sendto(name, server)
            try:
                data, (host, port) = sock.recvfrom(65535)
                say(f"Подключение к серверу {host}:{port} произошло")
                say(data.decode(errors="replace"))
                sock.settimeout(None)
                threading.Thread(target=repeat_name, args=repeat_args, daemon=True).start()
                threading.Thread(target=show_times, args=(sock,), daemon=True).start()
                say("Чтобы закончить, введите end")
                while input().strip() != "end":
                    pass
            finally:  # on whatever way we leave: withdraw the name
                done.set()
                sock.sendto(b"end", server)
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        say("Клиент остановлен")
    except TimeoutError:
        parser.exit(1, f"Нет ответа от {args.host}:{args.port} за {ANSWER_WITHIN_S} с\n")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Отправить на {args.host}:{args.port} не удалось: {error}\n")


if __name__ == "__main__":
    main()
