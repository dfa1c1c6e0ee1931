"""Log client with a login: sends it first, then each line that is typed as `LOGIN: TEXT`."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50009)
    args = parser.parse_args()
    try:
        with socket.create_connection((args.host, args.port)) as sock:  # socket, connect
            print(f"Подключение к серверу {args.host}:{args.port} произошло", flush=True)
            login = ""
            while not login:
                login = input("Логин:\n").strip()
            sock.sendall(f"{login}\n".encode(errors="replace"))  # "\n" ends the message
            while (text := input("Сообщение:\n")) != "end":
                sock.sendall(f"{login}: {text}\n".encode(errors="replace"))
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        print("Клиент остановлен", flush=True)
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
