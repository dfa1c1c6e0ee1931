"""UDP server: sends the time every few seconds to each client that gave its name."""

import argparse
import socket
import threading
import time

CLIENTS_LIMIT = 100
clients: dict[tuple[str, int], tuple[str, float]] = {}  # address: name, and until when it counts
lock = threading.Lock()  # two threads use the table: whoever touches it holds the lock
done = threading.Event()  # set by the main thread: the sending thread ends then


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def send_time(sock: socket.socket, address: tuple[str, int], name: str) -> None:
    try:
        sock.sendto(f"{name}, {time.strftime('%H:%M:%S')}".encode(), address)
    except OSError as error:  # only this line is lost: the others get theirs
        say(f"{address[0]}:{address[1]}: {error}")


def receive_names(sock: socket.socket, keep_s: float) -> None:
    while True:
        data, address = sock.recvfrom(65535)
        name = " ".join(data.decode(errors="replace").split())[:40] or "без имени"
        lock.acquire()
        try:
            known, _until = clients.pop(address, ("", 0.0))
            if name == "end":
                say(f"Клиент {known or '?'} {address[0]}:{address[1]} отключился")
            elif len(clients) < CLIENTS_LIMIT:
                clients[address] = (name, time.monotonic() + keep_s)
                if not known:  # the first line at once: it says that the server is here
                    say(f"Клиент {name} {address[0]}:{address[1]} подключился")
                    send_time(sock, address, name)
        finally:
            lock.release()  # a lock that stays taken would stop the other thread for ever


def send_times(sock: socket.socket, interval_s: float) -> None:
    while not done.wait(interval_s):
        lock.acquire()
        try:
            for address, (name, until) in list(clients.items()):
                if time.monotonic() < until:
                    send_time(sock, address, name)
                else:
                    del clients[address]
                    say(f"Клиент {name} {address[0]}:{address[1]} молчит и забыт")
        finally:
            lock.release()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12347)
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between answers")
    parser.add_argument("--keep", type=float, default=60.0, help="seconds that a name counts")
    args = parser.parse_args()
    if not 0.01 <= args.interval <= 3600:
        parser.error("--interval: от 0.01 до 3600 секунд")
    try:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender = threading.Thread(target=send_times, args=(sock, args.interval), daemon=True)
        sender.start()
        try:
            sock.bind((args.host, args.port))
            host, port = sock.getsockname()
            say(f"Ожидание подключения клиента… {host}:{port}")
            receive_names(sock, args.keep)
        finally:
            done.set()
            sender.join()  # first the sender ends, then its socket is closed
            sock.close()
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Порт {args.port} занять не удалось: {error}\n")


if __name__ == "__main__":
    main()
