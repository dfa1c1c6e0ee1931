"""UDP server: sends the time every few seconds to each client that gave its name."""

import argparse
import signal
import socket
import sys
import threading
import time

NAME_LIMIT = 40
CLIENTS_LIMIT = 100  # anybody may register: a table without a limit would only grow
clients: dict[tuple[str, int], tuple[str, float]] = {}  # address: name, and until when it counts
lock = threading.Lock()  # two threads use the table: whoever touches it holds the lock
done = threading.Event()  # set by the main thread: the sending thread ends then


def say(text: str) -> None:
    print(text, flush=True)  # at once, even when the output goes into a pipe


def receive(sock: socket.socket, keep_s: float) -> None:
    while True:
        data, address = sock.recvfrom(65535)  # room for the largest UDP datagram
        name = " ".join(data.decode(errors="replace").split())[:NAME_LIMIT] or "без имени"
        lock.acquire()
        try:
            known = clients.pop(address, None)
            if name == "end":
                say(f"Клиент {known[0] if known else '?'} {address[0]}:{address[1]} отключился")
            elif len(clients) >= CLIENTS_LIMIT:
                sock.sendto(f"Ошибка: клиентов уже {CLIENTS_LIMIT}".encode(), address)
            else:
                clients[address] = (name, time.monotonic() + keep_s)
                if not known:  # the first answer at once: it says that the server is here
                    say(f"Клиент {name} {address[0]}:{address[1]} подключился")
                    sock.sendto(f"{name}, {time.strftime('%H:%M:%S')}".encode(), address)
        except OSError as error:  # this client did not get its answer: the others do
            say(f"{address[0]}:{address[1]}: {error}")
        finally:
            lock.release()  # a lock that stays taken would stop the other thread for ever


def send_times(sock: socket.socket, interval_s: float) -> None:
    while not done.wait(interval_s):
        lock.acquire()
        try:
            for address, (name, until) in list(clients.items()):
                if until < time.monotonic():
                    del clients[address]
                    say(f"Клиент {name} {address[0]}:{address[1]} молчит и забыт")
                    continue
                try:
                    sock.sendto(f"{name}, {time.strftime('%H:%M:%S')}".encode(), address)
                except OSError as error:
                    say(f"{address[0]}:{address[1]}: {error}")
        finally:
            lock.release()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12347)
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between answers")
    parser.add_argument("--keep", type=float, default=60.0, help="seconds that a name counts")
    args = parser.parse_args()
    if not 0.01 <= args.interval <= 3600:
        parser.error("--interval: от 0.01 до 3600 секунд")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender = threading.Thread(target=send_times, args=(sock, args.interval), daemon=True)
    sender.start()
    try:
        sock.bind((args.host, args.port))
        say("Ожидание подключения клиента… {}:{}".format(*sock.getsockname()))
        receive(sock, args.keep)
    except KeyboardInterrupt:
        say("Сервер остановлен")
    except (OSError, OverflowError) as error:
        print(f"Порт {args.port} занять не удалось: {error}", file=sys.stderr)
        return 2
    finally:
        done.set()
        sender.join(1.0)  # first the sender ends, then its socket is closed
        sock.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
