"""The trace channel at the end of a program: what is not told any more is counted."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from backend.tracing import channel as channels
from backend.tracing.notes import drop_all
from tests.labs.programs import WAIT_S
from tests.tracing.end import End


def test_what_is_dropped_at_the_end_is_counted_also_after_its_writer_has_gone_to_rest(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropping = threading.Event()

    def drop_late(*args: Any) -> tuple[int, int]:
        found = drop_all(*args)
        dropping.set()
        while end.channel.awake:
            time.sleep(0.001)
        return found

    monkeypatch.setattr(channels, "FLUSH_S", 0.0)
    monkeypatch.setattr(channels, "drop_all", drop_late)
    count = 5_000
    for _ in range(count):
        end.tell(number="x" * 1_000)
    ending = threading.Thread(target=end.channel.flush)
    ending.start()
    assert dropping.wait(WAIT_S)
    told, dropped = 0, 0
    while told + dropped < count:
        record = end.record()
        told, dropped = told + ("number" in record), dropped + record.get("count", 0)
    ending.join()
    assert told + dropped == count > told
