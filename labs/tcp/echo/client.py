"""TCP client: sends one message and reads exactly as many bytes back."""

import argparse
import socket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="Hello, world")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=50007)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect((args.host, args.port))
            message = args.message.encode(errors="replace")
            sock.sendall(message)
            data = b""
            while len(data) < len(message):  # one recv() may return any part of what was sent
                chunk = sock.recv(1024)
                if not chunk:
                    raise ConnectionError(f"закрыто после {len(data)} из {len(message)} байт")
                data += chunk
                print(f"recv: {len(chunk)} байт, вместе {len(data)} из {len(message)}", flush=True)
            # Decoded only when it is whole: a piece may end in the middle of a character.
            print(f"Сообщение сервера: {data.decode(errors='replace')}")
    except KeyboardInterrupt:
        print("Клиент остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(1, f"Нет связи с сервером {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
