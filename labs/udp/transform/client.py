"""UDP client: sends one message and shows the answer."""

import argparse
import signal
import socket
import sys

BUFFER_BYTES = 65535
ANSWER_WITHIN_S = 3.0


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12346)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        message = args.message
        if message is None:
            say("Введите сообщение:")
            message = input()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(ANSWER_WITHIN_S)
            sock.sendto(message.encode(errors="replace"), (args.host, args.port))
            data, server = sock.recvfrom(BUFFER_BYTES)
            say(f"Подключение к серверу {server[0]}:{server[1]} произошло")
            say(data.decode(errors="replace"))
    except (KeyboardInterrupt, EOFError):  # Ctrl+C, or the input ended (Ctrl+D)
        say("Клиент остановлен")
    except TimeoutError:
        print(
            f"Нет ответа от {args.host}:{args.port} за {ANSWER_WITHIN_S:.0f} с: в UDP "
            "потерянная датаграмма и отсутствующий сервер выглядят одинаково",
            file=sys.stderr,
        )
        return 1
    except (OSError, OverflowError, UnicodeError) as error:
        print(f"Отправить на {args.host}:{args.port} не удалось: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
