"""TCP client: sends one message and shows the whole answer of the server."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12354)
    args = parser.parse_args()
    try:
        with socket.create_connection((args.host, args.port)) as sock:  # socket, connect
            print(f"Подключение к серверу {args.host}:{args.port} произошло", flush=True)
            message = args.message or input("Введите сообщение:\n")
            sock.sendall(f"{message}\n".encode(errors="replace"))  # "\n" ends the message
            # The server closes: that is the end of the answer, which may come in pieces.
            answer = sock.makefile(encoding="utf-8", errors="replace").read()
            if not answer:
                raise ConnectionError("сервер закрыл соединение без ответа")
            print(answer.rstrip("\n"), flush=True)
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        print("Клиент остановлен", flush=True)
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
