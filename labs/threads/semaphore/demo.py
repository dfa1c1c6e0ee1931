"""Semaphore: eight students share a room with three seats."""

import argparse
import signal
import sys
import threading
import time

SEATS = 3
STAYS_S = (3.0, 2.0, 4.0, 2.5, 3.5, 2.0, 3.0, 2.5)  # one number per student
ARRIVAL_S = 0.3  # between two students who come to the door

printing = threading.Lock()


def say(text: str) -> None:
    with printing:  # print() writes a text and its line end apart: unlocked, lines could mix
        print(f"{threading.current_thread().name}: {text}", flush=True)


class Room:
    def __init__(self) -> None:
        self.seats = threading.Semaphore(SEATS)
        self.counting = threading.Lock()
        self.inside = 0

    def count(self, change: int, what: str) -> None:
        with self.counting:  # += reads, adds and writes: another thread could come in between
            self.inside += change
            say(f"{what}, внутри {self.inside} из {SEATS}")


def visit(room: Room, stay_s: float) -> None:
    say("ждёт у двери")
    with room.seats:  # takes one of the permits; when there is none, sleeps here
        room.count(+1, "входит")
        time.sleep(stay_s)
        room.count(-1, "выходит")
    # the end of `with` gave the permit back, as it would after an exception, too


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast")
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 1_000_000:  # refuses "nan", too: it is in no range
        parser.error("--speed: нужно число от 0.001 до 1000000")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM ends us as Ctrl+C does

    try:
        print(f"Мест: {SEATS}, студентов: {len(STAYS_S)}", flush=True)
        room = Room()
        students = [
            threading.Thread(
                target=visit,
                args=(room, stay_s / args.speed),
                name=f"Студент {number}",
                daemon=True,  # a thread that sleeps must not keep the program alive after Ctrl+C
            )
            for number, stay_s in enumerate(STAYS_S, start=1)
        ]
        for student in students:
            student.start()
            time.sleep(ARRIVAL_S / args.speed)
        for student in students:
            student.join()
        print("Все студенты ушли", flush=True)
    except KeyboardInterrupt:
        printing.acquire()  # and keep it: nobody may print while Python shuts down
        print("Демонстрация прервана", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
