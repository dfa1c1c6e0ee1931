"""UDP client: sends one message and shows the answer."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12346)
    args = parser.parse_args()
    try:
        message = args.message or input("Введите сообщение:\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(3)  # seconds: in UDP nothing tells that there is no server
            sock.sendto(message.encode(errors="replace"), (args.host, args.port))
            data, (host, port) = sock.recvfrom(65535)
            print(f"Подключение к серверу {host}:{port} произошло", flush=True)
            print(data.decode(errors="replace"), flush=True)
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        print("Клиент остановлен", flush=True)
    except (OSError, OverflowError, UnicodeError) as error:  # TimeoutError is an OSError, too
        parser.exit(1, f"Нет ответа от {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
