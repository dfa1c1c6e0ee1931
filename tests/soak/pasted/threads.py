"""The lessons of the labs about threads."""

from __future__ import annotations

import re
import time

from tests.soak.journeys.terminal import CTRL_C
from tests.soak.pasted.lesson import Lesson, lesson_of, stop


@lesson_of("threads/semaphore")
def semaphore(lesson: Lesson) -> None:
    window, *_others = lesson.windows
    for place in ("2.1", "3.1", "3.2"):
        shown = lesson.shows(place, window, "Мест: 3, студентов: 8\n", "Все студенты ушли\n")
        assert set(re.findall(r"внутри (\d) из 3", shown)) == {"0", "1", "2", "3"}
    lesson.paste("2.1", window)
    window.wait_for("входит")
    stop(window)
    assert lesson.shows("4.1", window).endswith("\n0\n")
    for seats, seconds in ((1, 22.5), (8, 4.8)):  # the sum of all stays; the seventh goes last
        lesson.copy("demo.py", "my_semaphore.py", {"SEATS = 3": f"SEATS = {seats}"})
        began = time.monotonic()
        lesson.shows("next.1", window, "Все студенты ушли\n")
        assert time.monotonic() - began >= seconds


@lesson_of("threads/event")
def event(lesson: Lesson) -> None:
    window, *_others = lesson.windows
    shown = lesson.shows("2.1", window, "обмен закончен\n")
    assert re.findall(r"получает «сообщение (\d)»", shown) == list("12345678")
    # First the sender waits (it sends while the one before is read), later the receiver.
    for number in range(2, 5):
        sent = shown.index(f"отправляет «сообщение {number}»")
        assert sent < shown.index(f"прочитал «сообщение {number - 1}»")
    for number in range(6, 9):
        sent = shown.index(f"отправляет «сообщение {number}»")
        assert sent > shown.index(f"прочитал «сообщение {number - 1}»")
    lesson.paste("3.1", window)
    window.wait_for("получает «сообщение 1»")
    assert "Демонстрация прервана\n" in stop(window)
    lesson.copy("demo.py", "my_event.py", {"    free.wait()": "    pass"})
    lesson.paste("next.1", window)
    window.wait_for("отправляет «конец»")
    shown = stop(window)
    received = re.findall(r"получает «сообщение (\d)»", shown)
    assert len(received) < 8, "no message was lost"


@lesson_of("threads/condition")
def condition(lesson: Lesson) -> None:
    window, *_others = lesson.windows
    shown = lesson.shows("2.1", window, "обмен закончен\n")
    sizes = re.findall(r"в ящике (\d) из 3", shown)
    assert set(sizes) == set("0123")
    first = re.search(r"(?s)сообщение 1\.1».*?сообщение 1\.2»", shown)
    assert first
    assert "ждёт: ящик пуст" in first[0]  # the news woke both, and one found nothing
    for _ in range(3):
        lesson.shows("3.1", window, "обмен закончен\n")
    lesson.paste("5.1", window)
    window.wait_for("кладёт «сообщение 3»\n")
    # Nobody waits for the news that came: the message lies there, and the receiver sleeps.
    window.press(CTRL_C)
    window.wait_for_match(r"\^C[\s\S]*Traceback[\s\S]*KeyboardInterrupt")
    stop(window)
    lesson.copy(
        "demo.py",
        "my_condition.py",
        {
            "while len(messages) == LIMIT:": "if len(messages) == LIMIT:",
            "while not messages:": "if not messages:",
        },
    )
    lesson.paste("next.1", window)
    window.wait_for("IndexError: pop from empty list")
    stop(window)


@lesson_of("threads/lowlevel")
def lowlevel(lesson: Lesson) -> None:
    window, second, _other = lesson.windows
    lesson.shows("2.1", window, "все закончили, всего шагов 20\n")
    lesson.paste("3.1", window)
    window.wait_for("всего шагов 1\n")
    printed = re.findall(r"номер потока в ядре (\d+)\n", window.shown)
    assert len(printed) == 4
    listed = re.findall(r"(?m)^ *\d+ +(\d+) .*demo", lesson.shows("3.2", second))
    assert set(printed) < set(listed)
    assert "Демонстрация прервана\n" in stop(window)
    edit = {
        "            running.acquire()  # before the start: the thread has to find it taken\n": ""
    }
    lesson.copy("demo.py", "my_lowlevel.py", edit)
    shown = lesson.shows("next.1", window)
    assert re.search(r"все закончили, всего шагов [0-4]\n", shown), shown
