"""How many connections there may be, and who goes when there are too many."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from backend.settings import Settings
from backend.web.protocol.connections import Connections, connections_of
from tests.server import Playground, serving
from tests.web.protocol.raw import connected

FULL = re.compile(r".*Connections are refused: 3 are open.*\n")
FOLLOW = "/ws/rooms/local/events"


class Line:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def full(limit: int, limit_per_address: int, *addresses: str) -> tuple[Connections, list[Line]]:
    connections = Connections(limit=limit, limit_per_address=limit_per_address)
    lines = [Line() for _ in addresses]
    for line, address in zip(lines, addresses, strict=True):
        assert connections.admit(line, address)
    return connections, lines


# The rule


def test_who_waits_longest_makes_room() -> None:
    connections, lines = full(3, 3, "a", "b", "c")
    connections.work(lines[0])
    connections.wait(lines[0])  # from now on, so that b waits longest
    assert connections.admit(Line(), "d")
    assert [line.is_closed for line in lines] == [False, True, False]


def test_who_works_is_not_touched_and_who_comes_then_is_refused() -> None:
    connections, lines = full(2, 2, "a", "b")
    for line in lines:
        connections.work(line)
    assert not connections.admit(Line(), "c")
    assert not any(line.is_closed for line in lines)
    connections.release(lines[1])
    assert connections.admit(Line(), "c")


def test_an_address_makes_room_for_itself_only() -> None:
    connections, (first, second, third) = full(9, 2, "b", "a", "a")
    assert connections.admit(Line(), "a")
    assert (first.is_closed, second.is_closed, third.is_closed) == (False, True, False)
    connections.work(third)
    assert connections.admit(Line(), "a")


def test_a_proxy_is_bounded_by_those_for_whom_it_speaks() -> None:
    connections = Connections(limit=9, limit_per_address=2)
    lines = [Line() for _ in range(5)]
    for line in lines:
        assert connections.admit(line, None)
        connections.work(line)
    first, second, third, fourth, fifth = lines
    assert connections.speak_for(first, "a")
    assert connections.speak_for(first, "a")
    assert connections.speak_for(second, "a")
    assert not connections.speak_for(third, "a")
    assert connections.speak_for(fourth, "b")
    assert not connections.speak_for(fifth, "a")
    connections.wait(first)  # for whom it asks next is not known
    assert connections.speak_for(third, "a")
    connections.release(second)
    assert connections.speak_for(fifth, "a")
    assert not any(line.is_closed for line in lines)


def test_not_all_who_are_refused_are_told() -> None:
    connections = Connections(limit=1, limit_per_address=1)
    told = [connections.may_answer(Line()) for _ in range(100)]
    assert 0 < sum(told) < 100


@contextmanager
def descriptors(soft: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(("soft", "limit"), [(128, 32), (1024, 512), (4096, 1000)])
def test_descriptors_are_kept_in_reserve(soft: int, limit: int) -> None:
    with descriptors(soft):
        connections = connections_of(Settings())
    assert connections.limit == limit
    assert connections.limit_per_address == min(limit, 700)


# A server


async def test_200_idle_connections_keep_nobody_out_where_descriptors_are_few() -> None:
    with ExitStack() as stack:
        playground = stack.enter_context(serving(by_command="ulimit -Sn 128"))
        for _ in range(200):
            stack.enter_context(connected(playground))
        began = time.monotonic()
        run = await playground.start("udp/echo")
        async with playground.open_client(run) as peer:
            await peer.send(b"in spite of all")
            assert await peer.data() == b"in spite of all"
        assert time.monotonic() - began < Settings().request_timeout_s  # when they are cut anyway
        assert playground.process.num_fds() < 100


def test_where_all_work_another_is_told_so_and_websockets_count() -> None:
    with serving(connections_limit=3, may_say=FULL) as playground:
        with ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(connected(playground)).open(FOLLOW)
            with connected(playground) as fourth:
                answer = fourth.answer()
                assert (answer.status, answer.error["code"]) == (503, "busy")
        ask_until_let_in(playground)


def ask_until_let_in(playground: Playground) -> None:
    deadline = time.monotonic() + 5.0
    while True:
        with connected(playground) as connection:
            try:
                connection.ask()
                if connection.answer().status == 200:
                    return
            except (OSError, IndexError):
                pass  # refused, and too late to be told
        assert time.monotonic() < deadline


def test_an_idle_connection_makes_room_for_a_new_one_and_a_websocket_does_not() -> None:
    with serving(connections_limit=3) as playground, ExitStack() as stack:
        live, kept, idle = (stack.enter_context(connected(playground)) for _ in range(3))
        live.open(FOLLOW)
        idle.ask()
        assert idle.answer().status == 200
        kept.ask()
        assert kept.answer().status == 200
        with connected(playground) as another:
            another.ask()
            assert another.answer().status == 200
        assert idle.rest() == b""
        kept.ask()
        assert kept.answer().status == 200
        live.send(b"\x89\x80\0\0\0\0")
        assert live.frame() == (10, b"")
