"""TCP client: asks for both bases and the height, shows the area that the server computed."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12351)
    args = parser.parse_args()
    try:
        with socket.create_connection((args.host, args.port)) as sock:  # socket, connect
            stream = sock.makefile(encoding="utf-8", errors="replace")
            answer = "Ошибка:"
            while answer.startswith("Ошибка:"):  # the connection stays open for another try
                prompts = ("Основание A:\n", "Основание B:\n", "Высота H:\n")
                line = " ".join(input(prompt) for prompt in prompts)
                sock.sendall(f"{line}\n".encode(errors="replace"))  # "\n" ends the message
                answer = stream.readline().rstrip()  # it may come in pieces
                if not answer:
                    raise ConnectionError("сервер закрыл соединение")
                print(answer if answer.startswith("Ошибка:") else f"Площадь трапеции: {answer}")
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        print("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
