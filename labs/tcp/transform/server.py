"""TCP server: reads one message, answers with five lines about it, closes the connection."""

import argparse
import socket
import threading
from contextlib import suppress

LINE_LIMIT_BYTES = 4096


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def transform(line: bytes) -> bytes:
    message = line.decode(errors="replace")  # only now, when no character can be cut in two
    letters = [char for char in message.casefold() if char.isalnum()]
    palindrome = "да" if letters and letters == letters[::-1] else "нет"
    words = f"слов: {len(message.split())}, палиндром: {palindrome}"
    lines = [message, message[::-1], message.upper(), str(len(message)), words]
    return "".join(f"{line}\n" for line in lines).encode()


def serve_client(conn: socket.socket, host: str, port: int) -> None:
    say(f"Клиент {host}:{port} подключился")
    with suppress(OSError), conn, conn.makefile("rb") as stream:  # it may vanish at any time
        data = stream.readline(LINE_LIMIT_BYTES + 1)  # calls recv() until the line is whole
        line = data.rstrip(b"\r\n")
        if data and len(line) <= LINE_LIMIT_BYTES:  # b"": the client closed without a word
            conn.sendall(transform(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12352)
    args = parser.parse_args()
    try:
        with socket.create_server((args.host, args.port)) as listener:  # socket, bind, listen
            host, port = listener.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            while True:
                conn, (host, port) = listener.accept()
                threading.Thread(target=serve_client, args=(conn, host, port), daemon=True).start()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Сервер не может слушать {args.host}:{args.port}: {error}\n")


if __name__ == "__main__":
    main()
