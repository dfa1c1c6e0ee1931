"""Low level: threads from start_new_thread, joined by hand with a lock for each."""

import _thread
import argparse
import os
import time

STEPS = 5
PACES_S = (0.8, 1.1, 1.4, 1.7)  # one number per thread: seconds for a step
total = 0
lock = _thread.allocate_lock()  # for `total`


def say(text: str) -> None:
    print(f"{text}\n", end="", flush=True)  # in one piece, as many threads print; and at once


def work(name: str, pace_s: float, running: _thread.LockType) -> None:
    global total
    say(f"{name}: начинает, номер потока в ядре {_thread.get_native_id()}")
    for step in range(1, STEPS + 1):
        time.sleep(pace_s)
        with lock:  # += reads, adds and writes: another thread could come in between
            total += 1
            say(f"{name}: шаг {step} из {STEPS}, всего шагов {total}")
    say(f"{name}: закончил")
    running.release()  # main() waits for it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 1_000_000:
        parser.error("--speed: нужно число от 0.001 до 1000000")
    all_running = []
    try:
        for number, pace_s in enumerate(PACES_S, start=1):
            running = _thread.allocate_lock()
            running.acquire()  # before the start: the thread has to find it taken
            work_args = (f"Поток {number}", pace_s / args.speed, running)
            _thread.start_new_thread(work, work_args)
            all_running.append(running)
        for number, running in enumerate(all_running, start=1):
            say(f"Главный поток: ждёт поток {number}")
            running.acquire()  # "join": sleeps until the thread releases it
        say(f"Главный поток: все закончили, всего шагов {total}")
    except KeyboardInterrupt:
        say("Демонстрация прервана")
        os._exit(0)  # at once: nobody is to print while Python tidies up


if __name__ == "__main__":
    main()
