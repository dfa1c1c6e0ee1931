"""UDP server: answers a message with four lines: itself, reversed, in upper case, its length."""

import argparse
import socket
from collections import deque


def transform(data: bytes) -> bytes:
    message = " ".join(data.decode(errors="replace").splitlines())  # also without nc's line end
    lines = [message, message[::-1], message.upper(), str(len(message))]
    return "\n".join(lines).encode()


def serve(sock: socket.socket) -> None:
    known: deque[tuple[str, int]] = deque(maxlen=1000)  # nobody says goodbye in UDP
    while True:
        data, (host, port) = sock.recvfrom(65535)
        if (host, port) not in known:
            known.append((host, port))
            print(f"Клиент {host}:{port} подключился", flush=True)
        try:
            sent = sock.sendto(transform(data), (host, port))
            print(f"{host}:{port}: получено {len(data)} байт, отправлено {sent} байт", flush=True)
        except OSError as error:  # for instance, the answer is too long for a datagram
            print(f"{host}:{port}: ответ не отправлен: {error}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12346)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((args.host, args.port))
            host, port = sock.getsockname()
            print(f"Ожидание подключения клиента… {host}:{port}", flush=True)
            serve(sock)
    except KeyboardInterrupt:
        print("Сервер остановлен", flush=True)
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Порт {args.port} занять не удалось: {error}\n")


if __name__ == "__main__":
    main()
