"""Event: two threads exchange messages through a mailbox with room for one."""

import argparse
import os
import threading
import time

PREPARE_S = (0.3, 0.3, 0.3, 0.3, 1.8, 1.8, 1.8, 1.8)  # one number per message: quick, then slow
READ_S = 1.0
END = "конец"
slot = ""  # the mailbox: right for one sender and one receiver
ready = threading.Event()  # the slot holds a message that was not taken yet
free = threading.Event()  # the slot may be written


def say(text: str) -> None:
    print(f"{threading.current_thread().name}: {text}\n", end="", flush=True)  # in one piece


def put(message: str) -> None:
    global slot
    say(f"отправляет «{message}»")
    free.wait()  # without this, a quick second message would replace the first
    free.clear()
    slot = message
    ready.set()  # last: a receiver that waits goes on at once


def take() -> str:
    ready.wait()
    ready.clear()  # before free.set(): later, it could wipe out the next "ready"
    message = slot
    say(f"получает «{message}»")
    free.set()
    return message


def send(speed: float) -> None:
    for number, prepare_s in enumerate(PREPARE_S, start=1):
        time.sleep(prepare_s / speed)
        put(f"сообщение {number}")
    put(END)  # goes the same way as the messages, so it overtakes none of them


def receive(speed: float) -> None:
    say("ждёт первого сообщения")
    while (message := take()) != END:
        time.sleep(READ_S / speed)
        say(f"прочитал «{message}», ждёт следующего")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 1_000_000:
        parser.error("--speed: нужно число от 0.001 до 1000000")
    receiver = threading.Thread(target=receive, name="Получатель", args=(args.speed,), daemon=True)
    sender = threading.Thread(target=send, name="Отправитель", args=(args.speed,), daemon=True)
    try:
        free.set()  # the mailbox is empty
        receiver.start()
        sender.start()
        sender.join()
        receiver.join()
        print("Главный поток: обмен закончен", flush=True)
    except KeyboardInterrupt:
        print("Демонстрация прервана", flush=True)
        os._exit(0)  # at once: nobody is to print while Python tidies up


if __name__ == "__main__":
    main()
