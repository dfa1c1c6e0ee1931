"""threads/event: every message arrives exactly once and in order, at any speed."""

from __future__ import annotations

import re

import pytest

from tests.labs.threads_runs import run_demo, said

MESSAGES = [*(f"сообщение {number}" for number in range(1, 9)), "конец"]


@pytest.mark.parametrize("speed", ["20", "50", "1000", "1000000"])
def test_every_message_is_received_exactly_once_and_in_order(speed: str) -> None:
    sent: list[str] = []
    received: list[str] = []
    for who, what in said(run_demo("threads/event", speed)):
        if match := re.fullmatch(r"отправляет «(.+)»", what):
            assert who == "Отправитель"
            sent.append(match[1])
        elif match := re.fullmatch(r"получает «(.+)»", what):
            assert who == "Получатель"
            received.append(match[1])
        # one message lies in the mailbox, and the sender waits with the next: never more
        assert 0 <= len(sent) - len(received) <= 2
        assert received == sent[: len(received)]
    assert sent == received == MESSAGES


def test_the_last_word_is_that_of_the_main_thread() -> None:
    assert run_demo("threads/event", "1000")[-1] == "Главный поток: обмен закончен"
