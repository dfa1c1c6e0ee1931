"""TCP client: asks for both bases and the height, shows the area that the server computed."""

import argparse
import socket


def read_line(sock: socket.socket) -> str:
    data = b""
    while not data.endswith(b"\n"):  # the answer may come in pieces
        chunk = sock.recv(4096)
        if not chunk:
            raise ConnectionError("сервер закрыл соединение")
        data += chunk
    return data.decode(errors="replace").strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12351)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))
            answer = "Ошибка:"
            while answer.startswith("Ошибка:"):  # the connection stays open for another try
                prompts = ("Основание A:\n", "Основание B:\n", "Высота H:\n")
                line = " ".join(input(prompt) for prompt in prompts)
                sock.sendall(f"{line}\n".encode(errors="replace"))  # "\n" ends the message
                answer = read_line(sock)
                print(answer if answer.startswith("Ошибка:") else f"Площадь трапеции: {answer}")
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        print("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
