"""What a program does that is not told is said at its lifeline, where it begins, and once."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

from backend.tracing.blind import is_ping
from backend.tracing.lifetimes import transport_of
from tests.tracing.runs import Record, traced, untraced

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kinds of sockets of Linux")

is_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may have such a socket"
)


def blinds(tmp_path: Path, text: str) -> list[Record]:
    """Run a program without and with the tracer; return what it is said not to tell."""
    program = tmp_path / "program.py"
    program.write_text(dedent(text))
    outcome, records = traced(program)
    assert outcome == untraced(program)
    assert (outcome.status, outcome.err) == (0, "")
    return [record for record in records if record["type"] == "blind"]


@pytest.mark.parametrize(
    ("what", "made"),
    [
        ("family", "AF_NETLINK, socket.SOCK_RAW"),
        pytest.param("raw", "AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP", marks=is_root),
        pytest.param("raw", "AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6", marks=is_root),
        pytest.param("packet", "AF_PACKET, socket.SOCK_RAW", marks=is_root),
        pytest.param("packet", "AF_PACKET, socket.SOCK_DGRAM", marks=is_root),
    ],
)
def test_a_socket_of_a_kind_that_is_not_told_is_said_once(
    tmp_path: Path, what: str, made: str
) -> None:
    text = f"""
    import socket
    for _ in range(3):
        socket.socket(socket.{made}).close()
    """
    (told,) = blinds(tmp_path, text)
    assert (told["what"], told["file"], told["line"]) == (what, "program.py", 4)


def test_each_process_says_it_for_itself(tmp_path: Path) -> None:
    text = """
    import os, socket
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    if os.fork() == 0:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
        os._exit(0)
    os.wait()
    """
    told = blinds(tmp_path, text)
    assert sorted(("child" in each, each["line"]) for each in told) == [(False, 3), (True, 5)]


def test_a_package_that_does_without_our_sockets_is_said_where_it_is_imported(
    tmp_path: Path,
) -> None:
    text = """
    import asyncio
    import uvloop
    import uvloop
    async def main():
        print("looped")
    uvloop.run(main())
    """
    (told,) = blinds(tmp_path, text)
    assert (told["what"], told["line"]) == ("uvloop", 3)


def test_a_file_of_the_programs_own_by_that_name_is_none(tmp_path: Path) -> None:
    (tmp_path / "pycurl.py").write_text("print('mine')\n")
    assert blinds(tmp_path, "import pycurl\n") == []


def test_streams_and_datagrams_are_no_blind_spots(tmp_path: Path) -> None:
    text = """
    import socket
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            socket.socket(family, kind).close()
    """
    assert blinds(tmp_path, text) == []


class Socket(NamedTuple):
    """As much of a socket as its kind is told by: who may have one for ICMP, the machine says."""

    family: int
    type: int
    proto: int


@pytest.mark.parametrize(
    ("made", "transport"),
    [
        ((socket.AF_INET, socket.SOCK_DGRAM, 0), "udp"),
        ((socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP), "udp"),
        ((socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP), None),
        ((socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6), None),
        ((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP), "tcp"),
        ((socket.AF_UNIX, socket.SOCK_DGRAM, 0), "unix"),
    ],
)
def test_a_ping_is_no_datagram_of_udp(made: tuple[int, int, int], transport: str | None) -> None:
    sock: Any = Socket(*made)
    assert transport_of(sock) == transport
    assert is_ping(sock) == (transport is None)
