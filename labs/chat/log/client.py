"""Log client: sends each line that is typed to the server, until `end`."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50008)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))  # succeeds in the backlog, before accept()
            host, port = sock.getsockname()
            print(f"Подключение к {args.host}:{args.port} произошло, мой адрес {host}:{port}")
            while (text := input("Сообщение:\n")) != "end":
                data = f"{text}\n".encode(errors="replace")  # "\n" ends the message
                sock.sendall(data)  # returns when the kernel has the bytes, not the server
                print(f"Отправлено байт: {len(data)}", flush=True)
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        print("Клиент остановлен", flush=True)
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
