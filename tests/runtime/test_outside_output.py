"""What a program from elsewhere prints: told as its own, and no more than of any other program."""

from __future__ import annotations

import time
from typing import Any

from backend.domain.events import Dropped, Output
from backend.domain.traced_events import Call
from tests.runtime.test_outside import Told, call


def output(text: str, stream: str = "stdout") -> dict[str, Any]:
    return {"type": "output", "t": time.monotonic(), "run": "trace", "stream": stream, "text": text}


def test_what_it_prints_is_told_as_its_own() -> None:
    told = Told()
    told.take([output("a\n"), output("oh\n", "stderr")])
    _, *outputs = told.events
    assert [(each.run, each.stream, each.text) for each in outputs if isinstance(each, Output)] == [
        ("r7", "stdout", "a\n"),
        ("r7", "stderr", "oh\n"),
    ]


def test_what_it_prints_is_told_up_to_the_rate_of_any_output_and_the_rest_is_counted() -> None:
    told = Told(output_rate_bytes=1, output_burst_bytes=1000)
    told.take([output("x" * 100) for _ in range(30)])
    told.take([call()])
    dropped = [each for each in told.events if isinstance(each, Dropped)]
    outputs = [each for each in told.events if isinstance(each, Output)]
    assert len(outputs) == 10
    assert [(each.what, each.count, each.bytes) for each in dropped] == [("output", 20, 2000)]
    assert isinstance(told.events[-1], Call)


def test_output_that_was_lost_on_its_way_is_counted_as_output() -> None:
    told = Told()
    told.take([{"type": "dropped", "t": 1, "run": "x", "what": "output", "count": 5, "bytes": 70}])
    (lost,) = [event for event in told.events if isinstance(event, Dropped)]
    assert (lost.what, lost.count, lost.bytes) == ("output", 5, 70)
