"""The contract of LABS.md for all twenty labs: no peer, however bad, ends a server."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from tests.labs.contract import SERVERS, TCP_SERVERS, assert_stops_well
from tests.labs.contract_peers import (
    HOST,
    QUICK,
    TCP_PEERS,
    UDP_PEERS,
    ask_by_datagram,
    connect,
    read_to_end,
    reset,
    served,
)
from tests.labs.programs import Program

UDP_SERVERS = [lab for lab in SERVERS if lab.startswith("udp/")]

# "TCP text labs": all TCP servers but the web server, whose requests are not lines of text.
TEXT_SERVERS = [lab for lab in TCP_SERVERS if lab != "http/page"]


def test_the_contract_knows_how_to_talk_to_every_server() -> None:
    assert set(SERVERS) <= set(TCP_PEERS) | set(UDP_PEERS)


@pytest.mark.parametrize("lab", TEXT_SERVERS)
def test_bytes_that_are_not_utf_8_never_end_a_server(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        with connect(port) as sock:
            sock.sendall(b"\xff\xfe\xc3\n\xd0\n")
            sock.shutdown(socket.SHUT_WR)
            if lab != "chat/log":  # which answers nothing; the others may close at once or later
                sock.settimeout(0.2)
                with suppress(OSError):
                    read_to_end(sock)
        with served(lab, server, port):
            pass
        assert_stops_well(server)


@pytest.mark.parametrize("lab", [lab for lab in TEXT_SERVERS if lab != "tcp/echo"])
def test_a_line_over_the_limit_ends_that_connection_and_no_other(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        with connect(port) as sock:
            sock.sendall(b"x" * 5000 + b"\n")
            with suppress(ConnectionResetError):  # closed over bytes that it did not read
                read_to_end(sock)
        with served(lab, server, port):
            pass
        assert_stops_well(server)


@pytest.mark.parametrize("lab", TCP_SERVERS)
def test_clients_that_reset_their_connections_disturb_nobody(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        for data in (b"", b"half a l", b"a line\n", b"3 5 4\n" * 100):
            reset(port, data)
        with served(lab, server, port):
            for data in (b"", b"half a l", b"a line\n") if lab != "chat/log" else ():
                reset(port, data)
        with served(lab, server, port):
            pass
        assert_stops_well(server)


@pytest.mark.parametrize("lab", UDP_SERVERS)
def test_no_datagram_ends_a_udp_server(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for data in (b"\xff\xfe\xc3", b"", b"x" * 65507, b"\xff" * 65507):
                sock.sendto(data, (HOST, port))
        ask_by_datagram(lab, port)
        assert_stops_well(server)
