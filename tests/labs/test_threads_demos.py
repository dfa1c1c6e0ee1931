"""What all four thread demos promise: a human pace, `--speed`, a good end, also by a signal."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from tests.labs.programs import Program
from tests.labs.threads_runs import DEMOS, run_demo

# What the pauses of each demo add up to, shortest first.
EXPECTED_S = {
    "threads/lowlevel": 8.5,
    "threads/semaphore": 9.0,
    "threads/condition": 10.0,
    "threads/event": 10.5,
}


def run_at_default_speed() -> dict[str, tuple[float, list[str]]]:
    """Run all four side by side, as a learner does; return seconds and lines of each."""
    runs = {}
    with ExitStack() as stack:
        demos = {lab: stack.enter_context(Program.lab(lab, "demo")) for lab in EXPECTED_S}
        start = time.monotonic()
        for lab, demo in demos.items():
            assert (demo.finish(), demo.errors) == (0, "")
            runs[lab] = (time.monotonic() - start, demo.output.splitlines())
    return runs


def test_at_the_default_speed_they_run_for_five_to_fifteen_seconds_with_something_to_see() -> None:
    at_default_speed = run_at_default_speed()
    for lab, (seconds, _lines) in at_default_speed.items():
        assert 5 <= seconds <= 15, lab

    _seconds, lines = at_default_speed["threads/semaphore"]
    fourth_in = lines.index("Студент 4: входит, внутри 3 из 3")
    first_out = next(number for number, line in enumerate(lines) if "выходит" in line)
    assert lines.index("Студент 4: подходит к двери") < first_out < fourth_in

    _seconds, lines = at_default_speed["threads/event"]  # first the sender waits, then the receiver
    fourth_sent = lines.index("Отправитель: отправляет «сообщение 4»")
    assert fourth_sent < lines.index("Получатель: получает «сообщение 3»")
    sixth_read = lines.index("Получатель: прочитал «сообщение 6», ждёт следующего")
    assert sixth_read < lines.index("Отправитель: отправляет «сообщение 7»")

    _seconds, lines = at_default_speed["threads/condition"]
    assert any(line.startswith("Отправитель") and "ящик полон" in line for line in lines)
    assert any(line.startswith("Получатель") and "ящик пуст" in line for line in lines)

    _seconds, lines = at_default_speed["threads/lowlevel"]
    waits_for_second = lines.index("Главный поток: ждёт поток 2")
    assert any(line.startswith("Поток 4: шаг") for line in lines[:waits_for_second])


@pytest.mark.parametrize("lab", DEMOS)
def test_speed_50_is_fifty_times_faster(lab: str) -> None:
    start = time.monotonic()
    run_demo(lab, "50")
    assert time.monotonic() - start >= EXPECTED_S[lab] / 50 * 0.9


@pytest.mark.parametrize("lab", DEMOS)
def test_no_wake_up_is_lost_in_ten_runs_without_a_pause(lab: str) -> None:
    for _ in range(10):
        run_demo(lab, "1000000")


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "quick", ""])
@pytest.mark.parametrize("lab", DEMOS)
def test_a_bad_speed_is_refused_with_status_2(lab: str, speed: str) -> None:
    with Program.lab(lab, "demo", f"--speed={speed}") as demo:
        assert demo.finish() == 2
        assert demo.output == ""
        assert "--speed" in demo.errors.splitlines()[-1]
        assert "Traceback" not in demo.errors


@pytest.mark.parametrize("lab", DEMOS)
def test_a_signal_ends_it_at_once_while_threads_sleep_and_wait(lab: str) -> None:
    # Without PYTHONUNBUFFERED, which the harness sets, only flush=True gets lines through a pipe.
    with Program.lab(lab, "demo", "--speed", "0.01", env={"PYTHONUNBUFFERED": ""}) as demo:
        demo.wait_for("\n")
        demo.wait_until_idle()
        start = time.monotonic()
        status = demo.stop()
        assert time.monotonic() - start < 5  # a single pause lasts far longer at this speed
        assert (status, demo.errors) == (0, "")
        assert demo.output.splitlines()[-1] == "Демонстрация прервана"


@pytest.mark.parametrize("lab", DEMOS)
def test_every_line_has_a_named_speaker_or_is_the_main_thread_s(lab: str) -> None:
    own_words = {"Мест: 3, студентов: 8", "Все студенты ушли"}
    names = ("Студент ", "Отправитель", "Получатель", "Поток ", "Главный поток")
    for line in run_demo(lab, "1000"):
        assert line in own_words or line.startswith(names), line
