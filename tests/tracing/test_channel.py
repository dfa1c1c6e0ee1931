"""The trace channel: in order, never blocking the program, honest about what did not fit."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest

from backend.tracing import channel as channels
from backend.tracing.channel import QUEUE_LIMIT, Channel
from tests.labs.programs import WAIT_S
from tests.tracing.runs import Record, Traced


class End:
    """Our end of a channel, and the channel; `closed` is set by its watcher."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(WAIT_S)
        self.closed = threading.Event()
        self.channel = Channel(theirs.detach(), on_close=self.closed.set)
        self._lines = self.ours.makefile("rb")

    def record(self) -> Record:
        got: Record = json.loads(self._lines.readline())
        return got

    def close(self) -> None:
        """Close both ends, once the writer thread can touch the descriptor no more."""
        self._lines.close()
        self.ours.close()
        assert self.closed.wait(WAIT_S)
        assert self.channel._idle.acquire(timeout=WAIT_S)
        os.close(self.channel._fd)


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch) -> Iterator[End]:
    """Give a channel that does not touch the descriptors of processes that are forked later."""
    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    made = End()
    yield made
    made.close()


def test_records_arrive_in_the_order_in_which_they_were_told(end: End) -> None:
    for number in range(5000):
        end.channel.tell({"n": number})
    assert [end.record()["n"] for _ in range(5000)] == [*range(5000)]


def test_a_record_arrives_at_once_without_a_flush(end: End) -> None:
    for number in range(100):
        end.channel.tell({"n": number})
        assert end.record() == {"n": number}


def test_any_text_goes_through(end: End) -> None:
    for text in ("Привет, 🧵", "two\nlines", "\0\x1b", "\u202e"):
        end.channel.tell({"text": text})
        assert end.record() == {"text": text}
    end.channel.tell({"text": "\ud800"})  # a lone surrogate has no encoding
    assert end.record() == {"text": "?"}


def test_a_reader_that_does_not_read_never_blocks_the_program(end: End) -> None:
    """More than the socket and the queue hold is told, nobody reads: all of it is accounted for."""
    told = 3 * QUEUE_LIMIT
    record: dict[str, Any] = {"text": "x" * 100}
    longest_s = 0.0
    began = time.monotonic()
    for _ in range(told):
        before = time.monotonic()
        end.channel.tell(record)
        longest_s = max(longest_s, time.monotonic() - before)
    assert time.monotonic() - began < WAIT_S
    assert longest_s < 1
    assert len(end.channel._queue) <= QUEUE_LIMIT == 20_000
    end.channel.tell({"last": True})  # is dropped, too: the queue is full
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
    end.channel.tell({"after": "all"})
    assert end.record() == {"after": "all"}


def test_flush_waits_until_all_is_written_and_no_longer(end: End) -> None:
    for number in range(1000):
        end.channel.tell({"n": number})
    end.channel.flush()
    assert not end.channel._queue
    assert [end.record()["n"] for _ in range(1000)] == [*range(1000)]
    began = time.monotonic()
    end.channel.flush()
    assert time.monotonic() - began < 0.5


def test_flush_gives_up_in_time_when_nobody_reads(
    end: End, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "FLUSH_S", 0.2)
    for _ in range(QUEUE_LIMIT):
        end.channel.tell({"text": "x" * 100})
    began = time.monotonic()
    end.channel.flush()
    assert 0.1 < time.monotonic() - began < 2


def test_many_threads_tell_at_once_and_nothing_is_lost(end: End) -> None:
    def work(number: int) -> None:
        for count in range(500):
            end.channel.tell({"thread": number, "count": count})

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
        end.channel.tell({"n": 0})


def test_what_is_sent_to_a_program_is_let_go(end: End) -> None:
    end.ours.sendall(b"x" * 100_000)
    end.channel.tell({"n": 1})
    assert end.record() == {"n": 1}
    assert not end.closed.is_set()


def test_its_threads_do_not_show(end: End) -> None:
    before = threading.enumerate()
    end.channel.tell({"n": 1})
    end.record()
    assert threading.enumerate() == before


def test_a_forked_child_tells_nothing_and_its_end_does_not_end_the_channel(tmp_path: Any) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        dedent("""
            import os, socket, sys, time
            if os.fork() == 0:
                began = time.monotonic()
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
    assert [(call["call"], call["transport"]) for call in calls] == [("bind", "udp")]


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
                sock.listen()
        """)
    )
    with Traced(program) as run:
        records = run.records()
        assert run.outcome().status == 0
    listens = sum(record.get("call") == "listen" for record in records)
    dropped = sum(record["count"] for record in records if record["type"] == "dropped")
    assert listens + dropped == count
