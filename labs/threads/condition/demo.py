"""Condition: any number of threads exchange messages through a mailbox with room for three."""

import argparse
import os
import threading
import time

LIMIT = 3
PREPARE_S = {1: (0.3,) * 8, 2: (1.6,) * 5}  # per sender: one number per message
READ_S = 1.2
END = "конец"
messages: list[str] = []  # the mailbox
changed = threading.Condition()  # a lock, and a list of those who wait for news


def say(text: str) -> None:
    print(f"{threading.current_thread().name}: {text}\n", end="", flush=True)  # in one piece


def put(message: str) -> None:
    with changed:
        while len(messages) == LIMIT:  # `while`: another sender may have been quicker
            say("ждёт: ящик полон")
            changed.wait()  # gives the lock back, sleeps, takes the lock again
        messages.append(message)
        say(f"кладёт «{message}», в ящике {len(messages)} из {LIMIT}")
        changed.notify_all()  # notify() could wake a sender where a receiver is needed


def take() -> str:
    with changed:
        while not messages:
            say("ждёт: ящик пуст")
            changed.wait()
        message = messages.pop(0)
        say(f"берёт «{message}», в ящике {len(messages)} из {LIMIT}")
        changed.notify_all()
        return message


def send(sender: int, speed: float) -> None:
    for number, prepare_s in enumerate(PREPARE_S[sender], start=1):
        time.sleep(prepare_s / speed)
        put(f"сообщение {sender}.{number}")


def receive(speed: float) -> None:
    while take() != END:
        time.sleep(READ_S / speed)  # reads it without the lock: the others go on


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 1_000_000:
        parser.error("--speed: нужно число от 0.001 до 1000000")
    threading.current_thread().name = "Главный поток"
    receivers, senders = [], []
    for number in PREPARE_S:
        receivers.append(threading.Thread(target=receive, args=(args.speed,), daemon=True))
        receivers[-1].name = f"Получатель {number}"
        senders.append(threading.Thread(target=send, args=(number, args.speed), daemon=True))
        senders[-1].name = f"Отправитель {number}"
    try:
        for thread in receivers + senders:
            thread.start()
        for sender in senders:
            sender.join()
        for _receiver in receivers:
            put(END)  # one for each, behind all the messages
        for receiver in receivers:
            receiver.join()
        say("обмен закончен")
    except KeyboardInterrupt:
        print("Демонстрация прервана", flush=True)
        os._exit(0)  # at once: nobody is to print while Python tidies up


if __name__ == "__main__":
    main()
