"""The trace channel: in order, never blocking the program, honest about what did not fit."""

from __future__ import annotations

import socket
import threading
import time
from textwrap import dedent
from typing import Any

import pytest

from backend.tracing import channel as channels
from backend.tracing.channel import BURST, QUEUE_LIMIT
from backend.tracing.notes import compact
from tests.labs.programs import WAIT_S
from tests.tracing.end import End
from tests.tracing.runs import Traced


def test_records_arrive_in_the_order_in_which_they_were_told(end: End) -> None:
    for number in range(5000):
        end.tell(n=number)
    assert [end.record()["n"] for _ in range(5000)] == [*range(5000)]


def test_a_record_arrives_at_once_without_a_flush(end: End) -> None:
    for number in range(100):
        end.tell(n=number)
        assert end.record() == {"n": number}


def test_who_hurries_it_does_not_wait_for_its_pause(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "PAUSE_S", 10 * WAIT_S)
    end.tell(n=1)
    end.channel.hurry.ring()
    assert end.record() == {"n": 1}


def test_any_text_goes_through(end: End) -> None:
    for text in ("Привет, 🧵", "two\nlines", "\0\x1b", "\u202e"):
        end.tell(text=text)
        assert end.record() == {"text": text}


def test_a_reader_that_does_not_read_never_blocks_the_program(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than the socket and the queue hold is told, nobody reads: all of it is accounted for."""
    monkeypatch.setattr(channels, "RATE", 1e9)
    told = 3 * QUEUE_LIMIT
    line = compact({"text": "x" * 100})
    monkeypatch.setattr(channels, "BURST", 1e9)
    end.channel._tokens = 1e9
    longest_s = 0.0
    began = time.monotonic()
    for _ in range(told):
        before = time.monotonic()
        end.channel.tell(line)
        longest_s = max(longest_s, time.monotonic() - before)
    assert time.monotonic() - began < WAIT_S
    assert longest_s < 1
    assert len(end.channel.notes) <= QUEUE_LIMIT
    end.tell(last=True)  # is dropped, too: the queue is full
    arrived = dropped = 0
    while arrived + dropped < told + 1:
        got = end.record()
        if got.get("type") == "dropped":
            assert got["what"] == "calls"
            dropped += got["count"]
        else:
            arrived += 1
    assert arrived + dropped == told + 1
    assert dropped > 0
    end.tell(after="all")
    assert end.record() == {"after": "all"}


# A look is a millisecond after the one before.
FAR = {"FLUSH_LOOKS": int(2000 * WAIT_S), "FLUSH_S": 2 * WAIT_S}


def test_flush_waits_until_all_is_written_and_no_longer(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound, far in FAR.items():
        monkeypatch.setattr(channels, bound, far)
    for number in range(1000):
        end.tell(n=number)
    end.channel.flush()
    assert not end.channel.notes
    assert [end.record()["n"] for _ in range(1000)] == [*range(1000)]
    began = time.monotonic()
    end.channel.flush()
    assert time.monotonic() - began < WAIT_S


@pytest.mark.parametrize(("bound", "value"), [("FLUSH_LOOKS", 200), ("FLUSH_S", 0.2)])
def test_flush_gives_up_in_time_when_nobody_reads(
    end: End, monkeypatch: pytest.MonkeyPatch, bound: str, value: float
) -> None:
    for other, far in FAR.items():
        monkeypatch.setattr(channels, other, value if other == bound else far)
    for _ in range(QUEUE_LIMIT):
        end.tell(text="x" * 100)
    began = time.monotonic()
    end.channel.flush()
    assert 0.1 < time.monotonic() - began < WAIT_S


def test_many_threads_tell_at_once_and_nothing_is_lost(end: End) -> None:
    def work(number: int) -> None:
        for count in range(500):
            end.tell(thread=number, count=count)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    got: dict[int, list[int]] = {number: [] for number in range(8)}
    for _ in range(8 * 500):
        record = end.record()
        got[record["thread"]].append(record["count"])
    for thread in threads:
        thread.join()
    assert got == {number: [*range(500)] for number in range(8)}


def test_the_end_of_the_channel_is_noticed_once_and_telling_goes_on_in_silence(end: End) -> None:
    end.ours.shutdown(socket.SHUT_RDWR)
    assert end.closed.wait(WAIT_S)
    for _ in range(10):
        end.tell(n=0)


def test_what_is_sent_to_a_program_is_let_go(end: End) -> None:
    end.ours.sendall(b"x" * 100_000)
    end.tell(n=1)
    assert end.record() == {"n": 1}
    assert not end.closed.is_set()


def test_a_call_that_goes_on_is_told_as_entered_meanwhile(end: End) -> None:
    pending = (time.monotonic_ns(), "recv", "", "", "", "", None)
    end.enter(pending)
    assert end.record()["phase"] == "enter"
    end.leave(pending, 2, b"hi")
    got = end.record()
    assert (got["phase"], got["n"], got["bytes"], got["data"]) == ("return", 1, 2, "aGk=")


def test_a_short_call_is_told_whole(end: End) -> None:
    pending = (time.monotonic_ns(), "recv", "", "", "", "", None)
    end.enter(pending)
    end.leave(pending)
    assert [end.record()["phase"], end.record()["phase"]] == ["enter", "return"]


def test_the_return_of_a_call_that_was_told_as_entered_is_told_in_a_flood_too(end: End) -> None:
    waiting = (time.monotonic_ns(), "recv", "", "", "", "", None)
    end.enter(waiting)
    assert end.record()["n"] == 1
    end.channel._tokens = BURST / 2  # less than the queue holds, however late its writer comes
    for number in range(2 * int(BURST)):
        end.tell(flood=number)
    while end.channel.capacity:  # what the queue had no room for is counted even before
        assert end.record().keys() & {"flood", "count"}
    end.leave(waiting)
    while "phase" not in (record := end.record()):
        pass
    assert (record["n"], record["phase"]) == (1, "return")


def test_what_cannot_be_written_in_time_at_the_end_is_counted(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "FLUSH_S", 0.0)
    count = 5_000
    for _ in range(count):
        end.tell(number="x" * 1_000)  # more than fits into a socket that nobody reads
    assert "number" in end.record()  # its writer has begun, which may be late on a busy machine
    ending = threading.Thread(target=end.channel.flush)
    ending.start()
    while end.channel.notes:
        time.sleep(0.001)
    told, dropped = 1, 0
    while told + dropped < count:
        record = end.record()
        told, dropped = told + ("number" in record), dropped + record.get("count", 0)
    ending.join()
    assert told + dropped == count > told > 0


def test_the_return_of_a_call_that_was_told_as_entered_is_told_at_the_end_too(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "FLUSH_S", 0.0)
    waiting = (time.monotonic_ns(), "recv", "", "", "", "", None)
    end.enter(waiting)
    assert end.record()["n"] == 1
    for _ in range(5_000):
        end.tell(number="x" * 1_000)  # more than fits into a socket that nobody reads
    end.leave(waiting)
    end.channel.flush()
    told = 0
    while "phase" not in (record := end.record()):
        told += "number" in record
    assert (record["n"], record["phase"]) == (1, "return")
    assert told < 5_000


def test_after_a_flood_it_is_told_again_as_soon_as_half_a_burst_is_earned(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the flood was: what was left out costs nothing."""
    monkeypatch.setattr(channels, "RATE", 20_000.0)
    made = 100_000
    for _ in range(made):
        end.tell(flood=True)
    told = dropped = 0
    while told + dropped < made:
        record = end.record()
        told, dropped = told + ("flood" in record), dropped + record.get("count", 0)
    assert told >= BURST
    began = time.monotonic()
    while not end.channel.capacity:  # half a burst takes 0.2 s
        assert time.monotonic() - began < WAIT_S / 4
    end.tell(after=True)
    assert end.record() == {"after": True}


def test_what_matters_more_is_told_in_a_flood_too(end: End) -> None:
    for number in range(2 * int(BURST)):
        end.tell(flood=number)
    end.channel.tell_surely(compact({"matters": True}))
    while "matters" not in end.record():
        pass


def test_its_threads_do_not_show(end: End) -> None:
    before = threading.enumerate()
    end.tell(n=1)
    end.record()
    assert threading.enumerate() == before


def test_a_forked_child_tells_as_one_and_its_end_does_not_end_the_channel(tmp_path: Any) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        dedent("""
            import os, socket, sys, time
            if os.fork() == 0:
                socket.socket().bind(('127.0.0.1', 0))
                sys.exit(0)
            os.wait()
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind(('127.0.0.1', 0))
        """)
    )
    with Traced(program) as run:
        outcome = run.outcome()
        calls = [record for record in run.records() if record["type"] == "call"]
    assert (outcome.status, outcome.err) == (0, "")
    told = [(c["call"], "child" in c) for c in calls if c["call"] != "close"]
    assert told == [("socket", True), ("bind", True), ("socket", False), ("bind", False)]


@pytest.mark.parametrize("count", [1, 10, 30_000])
def test_a_program_that_ends_at_once_has_told_all_or_says_how_much_not(
    tmp_path: Any, count: int
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        dedent(f"""
            import socket
            sock = socket.socket()
            sock.bind(('127.0.0.1', 0))
            for _ in range({count}):
                sock.settimeout(1)
        """)
    )
    with Traced(program) as run:
        records = run.records()
        assert run.outcome().status == 0
    told = sum(record.get("call") == "settimeout" for record in records)
    dropped = sum(record["count"] for record in records if record["type"] == "dropped")
    assert told + dropped == count
