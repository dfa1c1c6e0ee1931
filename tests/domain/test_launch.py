"""Start orders: what may be an argument, which ports are tried, where a client is sent."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.addresses import Address
from backend.domain.errors import InvalidRequest, UnknownProgram
from backend.domain.labs import Lab
from backend.domain.launch import ArgumentLimits, StartOrder, make_order
from backend.domain.page_clients import NoClient
from tests.domain.test_labs import lab

LIMITS = ArgumentLimits(count=3, size_bytes=8)
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
) -> StartOrder:
    return make_order(of, program, args=args, port=port, host=host, server=server, limits=LIMITS)


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
    "args", [("x",) * 4, ("x" * 9,), ("й" * 5,), ("a\0b",), ("\ud800",), ("ok", "\0")]
)
def test_arguments_that_no_program_could_get_are_refused(args: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest, match="Expected"):
        order(args=args)


@given(st.lists(st.text(), max_size=4))
def test_an_order_has_the_arguments_that_were_asked_for_or_is_refused(args: list[str]) -> None:
    fits = len(args) <= 3 and not any("\0" in arg or len(arg.encode()) > 8 for arg in args)
    if fits:
        assert order(args=tuple(args)).args == tuple(args)
    else:
        with pytest.raises(InvalidRequest):
            order(args=tuple(args))


def test_host_and_port_come_last_so_that_they_count() -> None:
    made = order(args=("--port", "1"))
    assert made.args_with(80) == ("--port", "1", "--host", "127.0.0.1", "--port", "80")
    assert made.args_with(None) == ("--port", "1")
