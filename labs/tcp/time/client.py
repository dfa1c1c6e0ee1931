"""TCP client: sends its name, shows the time that the server tells, leaves on `end`."""

import argparse
import socket
import sys
import threading
from contextlib import suppress

leaving = threading.Event()  # we left: that the server closes after it is no news


def wait_for_end(sock: socket.socket) -> None:
    """Read the keyboard in a thread of its own, while the main thread waits for the server."""
    for line in sys.stdin:  # until Ctrl+D, if not `end`
        if line.strip() == "end":
            break
    leaving.set()
    with suppress(OSError):  # the server may have gone at the same moment
        sock.shutdown(socket.SHUT_RDWR)  # sends FIN, and wakes recv() in the main thread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", help="asked for when not given")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12353)
    args = parser.parse_args()
    try:
        with socket.create_connection((args.host, args.port)) as sock:  # socket, connect
            print(f"Подключение к серверу {args.host}:{args.port} произошло", flush=True)
            name = args.name or input("Введите имя:\n")
            sock.sendall(f"{name}\n".encode(errors="replace"))  # "\n" ends the message
            threading.Thread(target=wait_for_end, args=(sock,), daemon=True).start()
            for line in sock.makefile(encoding="utf-8", errors="replace"):
                print(line.rstrip("\n"), flush=True)
            if not leaving.is_set():
                raise ConnectionError("сервер закрыл соединение")
    except (KeyboardInterrupt, EOFError):  # Ctrl+C; Ctrl+D
        pass
    except (OSError, OverflowError, UnicodeError) as error:
        if not leaving.is_set():  # else a line came after our end: the kernel answers it with RST
            parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    print("Клиент отключился", flush=True)


if __name__ == "__main__":
    main()
