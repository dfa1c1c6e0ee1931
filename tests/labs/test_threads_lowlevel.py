"""threads/lowlevel: no step is lost, and the main thread waits for all, joined by hand."""

from __future__ import annotations

import _thread
import re
import sys
import threading

import pytest

from labs.threads.lowlevel import demo
from tests.labs.programs import WAIT_S
from tests.labs.threads_runs import run_demo, said

THREADS = [f"Поток {number}" for number in range(1, 5)]


@pytest.mark.parametrize("speed", ["20", "1000", "1000000"])
def test_every_step_of_every_thread_is_counted_exactly_once(speed: str) -> None:
    totals: list[int] = []
    steps: dict[str, list[int]] = {}
    for who, what in said(run_demo("threads/lowlevel", speed)):
        if match := re.fullmatch(r"шаг (\d) из 5, всего шагов (\d+)", what):
            steps.setdefault(who, []).append(int(match[1]))
            totals.append(int(match[2]))
    assert totals == list(range(1, 21))
    assert steps == {thread: [1, 2, 3, 4, 5] for thread in THREADS}


@pytest.mark.parametrize("speed", ["20", "1000", "1000000"])
def test_the_main_thread_goes_on_only_when_the_thread_that_it_waits_for_has_finished(
    speed: str,
) -> None:
    lines = run_demo("threads/lowlevel", speed)
    for number in range(1, 4):
        finished = lines.index(f"Поток {number}: закончил")
        assert finished < lines.index(f"Главный поток: ждёт поток {number + 1}")
    assert "Поток 4: закончил" in lines[:-1]
    assert lines[-1] == "Главный поток: все закончили, всего шагов 20"


def test_each_thread_has_a_number_of_its_own_in_the_kernel() -> None:
    numbers = [
        what.rpartition(" ")[2]
        for who, what in said(run_demo("threads/lowlevel", "1000"))
        if who in THREADS and what.startswith("начинает")
    ]
    assert len(set(numbers)) == len(THREADS)
    assert all(number.isdecimal() for number in numbers)


def test_the_lock_makes_counting_and_printing_one_step(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "STEPS", 300)
    monkeypatch.setattr(demo, "total", 0)

    def count() -> None:
        running = _thread.allocate_lock()
        running.acquire()
        demo.work(threading.current_thread().name, 0, running)

    threads = [threading.Thread(target=count, daemon=True) for _ in range(8)]
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns as often as Python lets them
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_S)
            assert not thread.is_alive()
    finally:
        sys.setswitchinterval(interval_s)
    lines = capsys.readouterr().out.splitlines()
    printed = [int(line.rpartition(" ")[2]) for line in lines if "шаг " in line]
    assert printed == list(range(1, 8 * 300 + 1))
