"""UDP client: registers a name and shows the time that the server sends, until "end"."""

import argparse
import signal
import socket
import sys
import threading
import time

BUFFER_BYTES = 65535
ANSWER_WITHIN_S = 3.0
LOOK_EVERY_S = 0.5
done = threading.Event()  # set by the main thread: the receiving thread ends then


def say(text: str) -> None:
    print(text, flush=True)


def show_times(sock: socket.socket, name: bytes, server: tuple[str, int], repeat_s: float) -> None:
    heard = True
    repeat_at = time.monotonic() + repeat_s
    while not done.is_set():
        try:
            if time.monotonic() >= repeat_at:
                if not heard:
                    say("Сервер молчит, повторяю имя")
                sock.sendto(name, server)
                heard, repeat_at = False, time.monotonic() + repeat_s
            data, _server = sock.recvfrom(BUFFER_BYTES)
            heard = True
            say(data.decode(errors="replace"))
        except TimeoutError:
            continue  # nothing came: look at `done` and at the clock, then wait again
        except OSError as error:
            say(f"Сеть: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12348)
    parser.add_argument("--repeat", type=float, default=15.0, help="seconds between repetitions")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            text = args.name
            while text.strip() in ("", "end"):
                say("Введите имя:")
                text = input()
            name, server = text.encode(errors="replace"), (args.host, args.port)
            receiver = threading.Thread(
                target=show_times, args=(sock, name, server, args.repeat), daemon=True
            )
            sock.settimeout(ANSWER_WITHIN_S)
            sock.sendto(name, server)
            try:
                data, (host, port) = sock.recvfrom(BUFFER_BYTES)
                say(f"Подключение к серверу {host}:{port} произошло")
                say(data.decode(errors="replace"))
                say("Чтобы закончить, введите end")
                sock.settimeout(LOOK_EVERY_S)  # from now on recvfrom returns even if nothing came
                receiver.start()
                while input().strip() != "end":
                    pass
            finally:  # on whatever way we leave: withdraw the name
                done.set()
                sock.sendto(b"end", server)
                if receiver.is_alive():
                    receiver.join()
    except (KeyboardInterrupt, EOFError):  # Ctrl+C, or the input ended (Ctrl+D)
        say("Клиент остановлен")
    except TimeoutError:
        print(f"Нет ответа от {args.host}:{args.port} за {ANSWER_WITHIN_S:.0f} с", file=sys.stderr)
        return 1
    except (OSError, OverflowError, UnicodeError) as error:
        print(f"Отправить на {args.host}:{args.port} не удалось: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
