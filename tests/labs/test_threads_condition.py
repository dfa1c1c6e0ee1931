"""threads/condition: the buffer keeps its bound, and nothing is lost, doubled or overtaken."""

from __future__ import annotations

import re
import threading
from collections import deque

import pytest

from labs.threads.condition import demo
from tests.labs.programs import WAIT_S
from tests.labs.threads_runs import run_demo, said

SENT = {
    "Отправитель 1": [f"сообщение 1.{number}" for number in range(1, 9)],
    "Отправитель 2": [f"сообщение 2.{number}" for number in range(1, 6)],
    "Главный поток": ["конец", "конец"],
}
RECEIVERS = {"Получатель 1", "Получатель 2"}


def replay(lines: list[str]) -> dict[str, list[str]]:
    """Play what was printed against a model of the buffer; return what each sender put in."""
    buffer: deque[str] = deque()
    sent: dict[str, list[str]] = {}
    for who, what in said(lines):
        match = re.fullmatch(r"(кладёт|берёт) «(.+)», в ящике (\d+) из 3", what)
        if match is None:
            continue
        if match[1] == "кладёт":
            sent.setdefault(who, []).append(match[2])
            buffer.append(match[2])
        else:
            assert buffer.popleft() == match[2]
        assert int(match[3]) == len(buffer) <= 3
    assert not buffer
    return sent


@pytest.mark.parametrize("speed", ["20", "50", "1000", "1000000"])
def test_messages_leave_in_the_order_in_which_they_came_and_never_more_than_three_wait(
    speed: str,
) -> None:
    assert replay(run_demo("threads/condition", speed)) == SENT


def test_the_mailbox_is_right_for_many_senders_and_receivers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    messages = [str(number) for number in range(25)]

    def send() -> None:
        for message in messages:
            demo.put(message)

    def receive() -> None:
        while demo.take() != demo.END:
            pass

    names = [f"S{number}" for number in range(4)]
    senders = [threading.Thread(target=send, name=name, daemon=True) for name in names]
    receivers = [threading.Thread(target=receive, daemon=True) for _ in range(4)]
    for thread in senders + receivers:
        thread.start()
    for sender in senders:
        sender.join(WAIT_S)
        assert not sender.is_alive()
    for _ in receivers:
        demo.put(demo.END)
    for receiver in receivers:
        receiver.join(WAIT_S)
        assert not receiver.is_alive()
    sent = replay(capsys.readouterr().out.splitlines())
    assert {name: sent[name] for name in names} == dict.fromkeys(names, messages)


@pytest.mark.parametrize("speed", ["20", "1000000"])
def test_only_a_full_mailbox_holds_up_a_sender_and_only_an_empty_one_a_receiver(
    speed: str,
) -> None:
    size = 0
    for who, what in said(run_demo("threads/condition", speed)):
        if match := re.search(r"в ящике (\d+) из 3", what):
            size = int(match[1])
        elif what == "ждёт: ящик полон":
            assert (who in SENT, size) == (True, 3)
        elif what == "ждёт: ящик пуст":
            assert (who in RECEIVERS, size) == (True, 0)


def test_news_wakes_a_thread_that_waits_not_time() -> None:
    asleep: set[str] = set()
    for who, what in said(run_demo("threads/condition", "10")):
        if what.startswith("ждёт"):
            assert who not in asleep, f"{who} looked again although nothing had changed"
            asleep.add(who)
        else:
            asleep.clear()  # a change: everybody may look again, once


def test_each_receiver_takes_one_end_and_nothing_after_it() -> None:
    lines = run_demo("threads/condition", "1000")
    for receiver in sorted(RECEIVERS):
        own = [line for line in lines if line.startswith(receiver)]
        assert sum("«конец»" in line for line in own) == 1
        assert "«конец»" in own[-1]
    assert lines[-1] == "Главный поток: обмен закончен"
