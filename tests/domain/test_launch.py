"""Start orders: what may be an argument, which ports are tried, where a client is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.addresses import Address
from backend.domain.arguments import NumberArgument
from backend.domain.errors import InvalidRequest, UnknownProgram
from backend.domain.labs import Lab
from backend.domain.launch import ArgumentLimits, OpenPorts, StartOrder, make_order
from backend.domain.page_clients import NoClient
from backend.domain.ports import PortRange
from tests.domain.test_labs import lab

LIMITS = ArgumentLimits(count=3, size_bytes=10)
PATHS = {"server": Path("server.py"), "client": Path("client.py")}
UDP = msgspec.structs.replace(lab(), paths=PATHS)
NO_NETWORK = msgspec.structs.replace(
    lab(), transport="none", port=None, client=NoClient(), paths={"demo": Path("demo.py")}
)


def order(
    of: Lab = UDP,
    program: str = "server",
    *,
    args: tuple[str, ...] = (),
    port: int | None = None,
    host: str = "127.0.0.1",
    server: Address | None = None,
    open_ports: OpenPorts | None = None,
    by_guest: bool = False,
) -> StartOrder:
    return make_order(
        of,
        program,
        args=args,
        port=port,
        host=host,
        server=server,
        limits=LIMITS,
        open_ports=open_ports,
        by_guest=by_guest,
    )


def test_a_server_tries_its_labs_port_then_any_other() -> None:
    made = order()
    assert made.ports == (12345, 0)
    assert made.host == "127.0.0.1"
    assert made.is_server


@pytest.mark.parametrize("port", [0, 1, 65535])
def test_a_server_tries_only_the_port_that_was_asked_for(port: int) -> None:
    assert order(port=port).ports == (port,)


def test_a_server_listens_where_it_is_told_to_even_if_that_is_everywhere() -> None:
    assert order(host="0.0.0.0", server=("127.0.0.1", 5)).host == "0.0.0.0"


@pytest.mark.parametrize(
    ("port", "server", "host", "ports"),
    [
        (None, None, "127.0.0.1", (12345,)),
        (None, ("127.0.0.7", 99), "127.0.0.7", (99,)),
        (None, ("0.0.0.0", 99), "127.0.0.1", (99,)),
        (7, ("127.0.0.7", 99), "127.0.0.1", (7,)),
    ],
)
def test_a_client_goes_to_the_newest_server_or_where_it_is_sent(
    port: int | None, server: Address | None, host: str, ports: tuple[int, ...]
) -> None:
    made = order(program="client", host="0.0.0.0", port=port, server=server)
    assert (made.host, made.ports) == (host, ports)
    assert not made.is_server


def test_a_lab_without_network_takes_no_port() -> None:
    assert order(NO_NETWORK, "demo").ports == ()
    with pytest.raises(InvalidRequest, match="takes no port"):
        order(NO_NETWORK, "demo", port=80)


def test_a_program_that_the_lab_lacks_is_named() -> None:
    with pytest.raises(UnknownProgram, match="'demo'"):
        order(program="demo")


@pytest.mark.parametrize(
    "args", [("x",) * 4, ("x" * 11,), ("й" * 6,), ("a\0b",), ("\ud800",), ("ok", "\0")]
)
def test_arguments_that_no_program_could_get_are_refused(args: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest, match="Expected"):
        order(args=args)


@given(st.lists(st.text(), max_size=4))
def test_an_order_has_the_arguments_that_were_asked_for_or_is_refused(args: list[str]) -> None:
    fits = len(args) <= 3 and not any("\0" in arg or len(arg.encode()) > 10 for arg in args)
    if fits:
        assert order(args=tuple(args)).args == tuple(args)
    else:
        with pytest.raises(InvalidRequest):
            order(args=tuple(args))


def test_host_and_port_come_last_so_that_they_count() -> None:
    made = order(args=("--port", "1"))
    assert made.args_with(80) == ("--port", "1", "--host", "127.0.0.1", "--port", "80")
    assert made.args_with(None) == ("--port", "1")


# Guests

TIME = msgspec.structs.replace(
    UDP, arguments={"server": {"interval": NumberArgument(min=0.5, max=60)}}
)


def test_a_guest_gives_what_the_lab_allows_and_a_host_whatever_the_program_takes() -> None:
    assert order(TIME, args=("--interval", "1"), by_guest=True).args == ("--interval", "1")
    assert order(TIME, args=("--keep", "1")).args == ("--keep", "1")
    with pytest.raises(InvalidRequest, match=r"may give server\.py of udp/hello: --interval"):
        order(TIME, args=("--keep", "1"), by_guest=True)
    with pytest.raises(InvalidRequest, match=r"give client\.py of udp/hello no arguments"):
        order(TIME, "client", args=("--interval", "1"), by_guest=True)


@pytest.mark.parametrize("port", [None, 0, 12345, 1024, 65535])
def test_a_guests_server_takes_any_port_that_is_no_systems(port: int | None) -> None:
    assert order(port=port, by_guest=True).ports == order(port=port).ports


@pytest.mark.parametrize("port", [1, 22, 1023])
def test_a_guests_server_takes_no_port_of_the_system(port: int) -> None:
    assert order(port=port).ports == (port,)
    with pytest.raises(InvalidRequest, match="from 1024 on"):
        order(port=port, by_guest=True)


def test_a_guests_client_goes_to_the_rooms_server_and_nowhere_else() -> None:
    server = ("127.0.0.1", 40000)
    for port in (None, 12345, 40000):
        assert order(program="client", port=port, server=server, by_guest=True)
    assert order(program="client", port=5432, server=server)
    for there in (server, None):
        with pytest.raises(InvalidRequest, match="go to the server of this lab"):
            order(program="client", port=5432, server=there, by_guest=True)


# Ports that are open to the network


@pytest.mark.parametrize(
    ("usual", "port", "offered", "ports"),
    [
        (12345, None, (20001, 20002), (20001, 20002)),
        (20005, None, (20001, 20002), (20005, 20001, 20002)),
        (20005, None, (), (20005,)),
        (12345, 0, (20001, 20002), (20001, 20002)),
        (12345, 20999, (20001,), (20999,)),
    ],
)
def test_a_server_is_held_to_the_open_ports(
    usual: int, port: int | None, offered: tuple[int, ...], ports: tuple[int, ...]
) -> None:
    held = OpenPorts(range=PortRange(20000, 20999), offered=offered)
    usually = msgspec.structs.replace(UDP, port=usual)
    assert order(usually, port=port, open_ports=held).ports == ports


@pytest.mark.parametrize(
    ("port", "words"), [(12345, "20000-20999 here, got 12345"), (None, "are in use"), (0, "in use")]
)
def test_a_server_for_which_no_open_port_is_left_is_refused(port: int | None, words: str) -> None:
    held = OpenPorts(range=PortRange(20000, 20999), offered=())
    with pytest.raises(InvalidRequest, match=words):
        order(port=port, open_ports=held)


def test_a_client_goes_to_its_server_whatever_ports_are_open() -> None:
    held = OpenPorts(range=PortRange(20000, 20999), offered=())
    assert order(program="client", server=("127.0.0.1", 99), open_ports=held).ports == (99,)


# First versions


FIRST = msgspec.structs.replace(
    UDP,
    paths={
        **PATHS,
        "first_server": Path("first_server.py"),
        "first_client": Path("first_client.py"),
    },
)


@pytest.mark.parametrize("program", ["first_server", "first_client"])
def test_a_first_version_is_started_as_it_stands_there(program: str) -> None:
    made = order(FIRST, program, server=("127.0.0.7", 99))
    assert (made.host, made.ports) == ("127.0.0.1", (12345,))
    assert made.args_with(12345) == ()
    assert made.is_server == (program == "first_server")


def test_no_guest_opens_a_port_where_a_first_version_wants_it() -> None:
    with pytest.raises(InvalidRequest, match="Whoever hosts starts it here"):
        order(FIRST, "first_server", by_guest=True)
    assert order(FIRST, "first_client", by_guest=True).host == "127.0.0.1"


@pytest.mark.parametrize(
    "given", [{"args": ("--port", "1")}, {"args": ("x",)}, {"port": 0}, {"port": 7}]
)
def test_a_first_version_takes_neither_arguments_nor_another_port(given: Any) -> None:
    with pytest.raises(InvalidRequest, match="first version"):
        order(FIRST, "first_server", **given)
    assert order(FIRST, "first_server", port=12345).ports == (12345,)


def test_a_first_version_keeps_to_the_ports_that_are_open() -> None:
    elsewhere = OpenPorts(range=PortRange(20000, 20009), offered=(20000,))
    with pytest.raises(InvalidRequest, match="the labs have the ports 20000-20009 here"):
        order(FIRST, "first_server", open_ports=elsewhere)
    assert order(FIRST, "first_client", open_ports=elsewhere)
    around = OpenPorts(range=PortRange(12000, 13000), offered=())
    assert order(FIRST, "first_server", open_ports=around)


def test_a_first_version_without_a_network_has_no_port() -> None:
    lab_of_threads = msgspec.structs.replace(
        NO_NETWORK, paths={"demo": Path("demo.py"), "first_demo": Path("first_demo.py")}
    )
    assert order(lab_of_threads, "first_demo").ports == ()
