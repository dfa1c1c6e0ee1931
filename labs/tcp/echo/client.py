"""TCP client: sends one message and reads exactly as many bytes back."""

import argparse
import signal
import socket
import sys

CHUNK_BYTES = 1024


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def read_exactly(sock: socket.socket, size: int) -> bytes:
    """Call recv() until there are `size` bytes: one call may return any part of them."""
    data = b""
    while len(data) < size:
        chunk = sock.recv(min(CHUNK_BYTES, size - len(data)))
        if not chunk:
            raise ConnectionError(f"сервер вернул {len(data)} из {size} байт и закрыл соединение")
        data += chunk
        say(f"recv: {len(chunk)} байт, вместе {len(data)} из {size}")
    return data


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="Hello, world")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50007)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))
            host, port = sock.getsockname()
            say(f"Соединение с {args.host}:{args.port} установлено, наш адрес {host}:{port}")
            message = args.message.encode(errors="replace")
            sock.sendall(message)
            sock.shutdown(socket.SHUT_WR)  # "I have said everything"; the answer still arrives
            data = read_exactly(sock, len(message))
            # Decoded only when it is whole: a piece may end in the middle of a character.
            say(f"Сообщение сервера: {data.decode(errors='replace')}")
    except KeyboardInterrupt:
        say("Клиент остановлен")
    except (OSError, OverflowError, UnicodeError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
