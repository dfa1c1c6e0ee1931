"""tcp/socketserver: the framework's server; the service itself is tested with tcp/transform."""

from __future__ import annotations

import pytest

from tests.labs.programs import Program
from tests.labs.tcp_peers import (
    ask,
    assert_served_well,
    connect,
    read_to_end,
    reset,
    wait_for_threads,
)

LAB = "tcp/socketserver"


def test_with_once_the_server_answers_one_client_and_ends() -> None:
    server, port = Program.server(LAB, "--once")
    with server:
        assert ask(port, b"one\n").startswith("one\neno\nONE\n3\n")
        assert (server.finish(), server.errors) == (0, "")
        with pytest.raises(ConnectionRefusedError):
            connect(port)


def test_with_once_the_answer_arrives_though_the_client_is_slow() -> None:
    server, port = Program.server(LAB, "--once")
    with server, connect(port) as sock:
        sock.sendall(b"on")
        server.wait_for("подключился")
        sock.sendall(b"e\n")
        assert read_to_end(sock).startswith(b"one\neno\nONE\n3\n")
        sock.close()
        assert (server.finish(), server.errors) == (0, "")


@pytest.mark.parametrize("flags", [(), ("--once",)])
def test_a_client_that_says_nothing_does_not_keep_the_server_alive(flags: tuple[str, ...]) -> None:
    server, port = Program.server(LAB, *flags)
    with server, connect(port):
        server.wait_for("подключился")
        assert (server.stop(), server.errors) == (0, "")
        assert server.output.endswith("Сервер остановлен\n")


def test_each_client_has_a_thread_that_ends_with_it() -> None:
    server, port = Program.server(LAB)
    with server:
        with connect(port), connect(port):
            wait_for_threads(server, 3)
        wait_for_threads(server, 1)
        assert_served_well(server)


def test_a_failing_client_ends_its_thread_without_a_traceback() -> None:
    server, port = Program.server(LAB)
    with server:
        sock = connect(port)
        server.wait_for("подключился")
        reset(sock)
        wait_for_threads(server, 1)
        assert_served_well(server)
