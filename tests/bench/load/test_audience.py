"""An audience counts events wherever the stream is cut, and knows how far the last is behind."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from tests.bench.load.audience import Audience
from tests.bench.load.wires import Wire

Pair = tuple[Audience, list[socket.socket]]


@pytest.fixture
def two() -> Iterator[Pair]:
    """Two viewers, and what is sent to each."""
    with contextlib.ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(2)]
        for sock in (sock for pair in pairs for sock in pair):
            stack.callback(sock.close)
        yield Audience([Wire(here) for here, _ in pairs]), [there for _, there in pairs]


@pytest.mark.parametrize("cut", range(1, 30))
def test_an_event_counts_once_wherever_it_is_cut(two: Pair, cut: int) -> None:
    audience, (first, second) = two
    stream = b'[{"seq":1,"x":1},{"seq":2,"x":"{\\"seq\\":3}"}]'
    second.sendall(stream)
    with audience.looking() as ready:
        for part in (stream[:cut], stream[cut:]):
            first.sendall(part)
            audience.take(ready, 1.0)
        assert audience.have(2)
        assert not audience.have(3)


def test_the_last_is_as_far_behind_as_its_copy_came_later(two: Pair) -> None:
    audience, _ = two
    one, other = audience.viewers
    one.counts, one.times = [0, 10, 20, 30], [0.0, 1.0, 2.0, 3.0]
    other.counts, other.times = [0, 15, 30], [0.0, 1.005, 3.007]
    assert audience.last_behind_first_ms() == pytest.approx(7)  # 5, 1007 and 7


def test_what_came_with_the_handshake_counts() -> None:
    here, there = socket.socketpair()
    with here, there:
        wire = Wire(here)
        wire.early = b'[{"seq":1}]'
        audience = Audience([wire])
        with audience.looking():
            assert audience.have(1)
        with audience.looking():
            assert not audience.have(1)
