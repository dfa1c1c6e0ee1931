"""Event: two threads exchange messages through a mailbox with room for one."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable

PREPARE_S = (0.3, 0.3, 0.3, 0.3, 1.8, 1.8, 1.8, 1.8)  # one number per message: quick, then slow
READ_S = 1.0
END = "конец"

printing = threading.Lock()


def say(text: str) -> None:
    with printing:  # print() writes a text and its line end apart: unlocked, lines could mix
        print(f"{threading.current_thread().name}: {text}", flush=True)


class Mailbox:
    """A slot for one message, right for one sender and one receiver."""

    def __init__(self) -> None:
        self.message = ""
        self.ready = threading.Event()  # the slot holds a message that was not taken yet
        self.free = threading.Event()  # the slot may be written
        self.free.set()

    def put(self, message: str) -> None:
        say(f"отправляет «{message}»")
        self.free.wait()  # without this, a quick second message would replace the first
        self.free.clear()
        self.message = message
        self.ready.set()  # last: a receiver that waits goes on at once

    def take(self) -> str:
        self.ready.wait()
        self.ready.clear()  # before free.set(): later, it could wipe out the next "ready"
        message = self.message
        say(f"получает «{message}»")
        self.free.set()
        return message


def send(mailbox: Mailbox, speed: float) -> None:
    for number, prepare_s in enumerate(PREPARE_S, start=1):
        time.sleep(prepare_s / speed)
        mailbox.put(f"сообщение {number}")
    mailbox.put(END)  # goes the same way as the messages, so it overtakes none of them


def receive(mailbox: Mailbox, speed: float) -> None:
    say("ждёт первого сообщения")
    while (message := mailbox.take()) != END:
        time.sleep(READ_S / speed)
        say(f"прочитал «{message}», ждёт следующего")


def start(name: str, work: Callable[..., None], *args: object) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, args=args, daemon=True)
    thread.start()  # daemon: a thread that waits must not keep the program alive after Ctrl+C
    return thread


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 1_000_000:  # refuses "nan", too: it is in no range
        parser.error("--speed: нужно число от 0.001 до 1000000")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    mailbox = Mailbox()
    threading.current_thread().name = "Главный поток"
    try:
        receiver = start("Получатель", receive, mailbox, args.speed)
        sender = start("Отправитель", send, mailbox, args.speed)
        sender.join()
        receiver.join()
        say("обмен закончен")
    except KeyboardInterrupt:
        printing.acquire()  # and keep it: nobody may print while Python shuts down
        print("Демонстрация прервана", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
