"""udp/socketserver: what the framework adds. What it shares is in test_udp_transform.py."""

from __future__ import annotations

import socket

from tests.labs.programs import Program
from tests.labs.udp_peers import HOST, ask, start_on, udp_socket
from tests.ports import unused_port

LAB = "udp/socketserver"


def test_once_answers_one_datagram_and_ends() -> None:
    server, port = Program.server(LAB, "--once")
    with server:
        assert ask(port, b"one") == b"one\neno\nONE\n3"
        assert server.finish() == 0
        assert server.errors == ""


def test_once_leaves_the_port_free() -> None:
    server, port = Program.server(LAB, "--once", port=unused_port(socket.SOCK_DGRAM))
    with server:
        ask(port, b"one")
        assert server.finish() == 0
    with start_on(LAB, port):
        assert ask(port, b"two") == b"two\nowt\nTWO\n3"


def test_once_stops_while_it_waits() -> None:
    server, _port = Program.server(LAB, "--once")
    with server:
        server.wait_for(r"\n")
        assert server.stop() == 0
        assert server.output.endswith("\nСервер остановлен\n")
        assert server.errors == ""


def test_datagrams_larger_than_the_frameworks_own_limit_are_not_cut() -> None:
    server, port = Program.server(LAB)
    with server:
        assert ask(port, b"x" * 9000).endswith(b"\n9000")


def test_many_datagrams_on_the_way_are_all_answered() -> None:
    server, port = Program.server(LAB)
    with server, udp_socket() as sock:
        for number in range(20):
            sock.sendto(str(number).encode(), (HOST, port))
        answers = {sock.recvfrom(100)[0].split(b"\n")[0] for _ in range(20)}
        assert answers == {str(number).encode() for number in range(20)}
