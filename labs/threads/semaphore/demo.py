"""Semaphore: eight students share a room with three seats."""

import argparse
import os
import threading
import time

SEATS = 3
STAYS_S = (3.0, 2.0, 4.0, 2.5, 3.5, 2.0, 3.0, 2.5)  # one number per student
ARRIVAL_S = 0.3  # between two students who come to the door
seats = threading.Semaphore(SEATS)
inside = 0
counting = threading.Lock()  # for `inside`


def say(text: str) -> None:
    print(f"{threading.current_thread().name}: {text}\n", end="", flush=True)  # in one piece


def count(change: int, what: str) -> None:
    global inside
    with counting:  # += reads, adds and writes: another thread could come in between
        inside += change
        say(f"{what}, внутри {inside} из {SEATS}")


def visit(stay_s: float) -> None:
    say("подходит к двери")
    with seats:  # takes one of the permits; when there is none, sleeps here
        count(+1, "входит")
        time.sleep(stay_s)
        count(-1, "выходит")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 1_000_000:
        parser.error("--speed: нужно число от 0.001 до 1000000")
    students = []
    try:
        print(f"Мест: {SEATS}, студентов: {len(STAYS_S)}", flush=True)
        for number, stay_s in enumerate(STAYS_S, start=1):
            student = threading.Thread(target=visit, args=(stay_s / args.speed,), daemon=True)
            student.name = f"Студент {number}"
            student.start()
            students.append(student)
            time.sleep(ARRIVAL_S / args.speed)
        for student in students:
            student.join()
        print("Все студенты ушли", flush=True)
    except KeyboardInterrupt:
        print("Демонстрация прервана", flush=True)
        os._exit(0)  # at once: nobody is to print while Python tidies up


if __name__ == "__main__":
    main()
