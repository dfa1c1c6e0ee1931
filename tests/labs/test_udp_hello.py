"""udp/hello: one datagram there, one back."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, Program
from tests.labs.udp_peers import (
    HOST,
    LARGEST,
    NOBODY_PORT,
    ask,
    ask_with_nc,
    needs_nc,
    port_of,
    send_without_return_address,
    start_on,
    udp_socket,
)
from tests.ports import unused_port

LAB = "udp/hello"


def test_server_says_where_it_listens() -> None:
    server, port = Program.server(LAB)
    with server:
        server.wait_for(rf"\AServer is listening on 127\.0\.0\.1 port {port}\n\Z")


def test_client_greets_and_shows_the_answer() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        assert client.finish() == 0
        assert client.output == "Response from server: Hello, client\n"
        server.wait_for(r"\nMessage from client: Hello, server\n")


def test_client_sends_its_argument() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "Привет", "--port", str(port)) as client:
        assert client.finish() == 0
        server.wait_for(r"\nMessage from client: Привет\n")


def test_programs_run_as_files_from_anywhere(tmp_path: Path) -> None:
    folder = ROOT / "labs" / "udp" / "hello"
    with Program(sys.executable, str(folder / "server.py"), "--port", "0", cwd=tmp_path) as server:
        port = server.wait_for(r"port (\d+)")[1]
        command = (sys.executable, str(folder / "client.py"), "--port", port)
        with Program(*command, cwd=tmp_path) as client:
            assert client.finish() == 0


@needs_nc
def test_nc_gets_the_answer() -> None:
    server, port = Program.server(LAB)
    with server:
        assert ask_with_nc(port, "Hello from nc\n") == "Hello, client"
        server.wait_for(r"\nMessage from client: Hello from nc\n")


def test_two_clients_each_get_their_own_answer() -> None:
    server, port = Program.server(LAB)
    with server, udp_socket() as first, udp_socket() as second:
        first.sendto(b"one", (HOST, port))
        second.sendto(b"two", (HOST, port))
        for sock in (second, first):
            assert sock.recvfrom(100) == (b"Hello, client", (HOST, port))


def test_every_datagram_is_one_message() -> None:
    server, port = Program.server(LAB)
    with server, udp_socket() as sock:
        for number in range(20):
            sock.sendto(f"message {number}".encode(), (HOST, port))
        for _ in range(20):
            assert sock.recvfrom(100)[0] == b"Hello, client"
        server.wait_for(r"message 19\n")
        assert server.output.count("Message from client: message ") == 20


def test_largest_datagram_arrives_whole() -> None:
    server, port = Program.server(LAB)
    with server:
        ask(port, b"x" * LARGEST)
        server.wait_for(rf"\nMessage from client: x{{{LARGEST}}}\n")


def test_empty_datagram_is_a_message() -> None:
    server, port = Program.server(LAB)
    with server:
        assert ask(port, b"") == b"Hello, client"
        server.wait_for(r"\nMessage from client: \n")


@pytest.mark.parametrize("data", [b"\xff\xfe", "ж".encode()[:1]], ids=["no UTF-8", "half a letter"])
def test_bytes_that_are_no_text_are_shown_replaced(data: bytes) -> None:
    server, port = Program.server(LAB)
    with server:
        assert ask(port, data) == b"Hello, client"
        server.wait_for("\nMessage from client: \ufffd")
        assert ask(port, b"still there") == b"Hello, client"


def test_client_that_left_before_its_answer_disturbs_nobody() -> None:
    server, port = Program.server(LAB)
    with server:
        for _ in range(5):
            with udp_socket() as sock:
                sock.sendto(b"gone", (HOST, port))
        assert ask(port, b"here") == b"Hello, client"


def test_datagram_that_nobody_can_answer_disturbs_nobody() -> None:
    server, port = Program.server(LAB)
    with server:
        send_without_return_address(port, b"from nowhere")
        server.wait_for("\nMessage from client: from nowhere\n")
        assert ask(port, b"here") == b"Hello, client"


def test_client_without_server_says_so_after_3_s() -> None:
    with Program.lab(LAB, "client", "--port", str(NOBODY_PORT)) as client:
        assert client.finish() == 1
        assert client.output == ""
        assert client.errors.startswith(f"No answer from 127.0.0.1 port {NOBODY_PORT}: timed")
        assert client.errors.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [("--host", "no-such-host.invalid"), ("--port", "70000"), ("x" * (LARGEST + 1),)],
    ids=["unknown host", "no port", "too large"],
)
def test_client_that_cannot_send_says_so(args: tuple[str, ...]) -> None:
    with Program.lab(LAB, "client", *args) as client:
        assert client.finish() == 1
        assert client.errors.startswith("No answer from ")
        assert client.errors.count("\n") == 1


def test_client_sends_an_argument_that_is_not_utf_8() -> None:
    server, port = Program.server(LAB)
    broken = os.fsdecode(b"caf\xe9")
    with server, Program.lab(LAB, "client", broken, "--port", str(port)) as client:
        assert client.finish() == 0
        server.wait_for(r"\nMessage from client: caf\?\n")


def test_client_stops_while_it_waits() -> None:
    silent = udp_socket()
    with silent, Program.lab(LAB, "client", "--port", str(port_of(silent))) as client:
        silent.recvfrom(100)
        assert client.stop() == 0
        assert (client.output, client.errors) == ("Client stopped\n", "")


def test_server_restarts_on_the_same_port_at_once() -> None:
    server, port = Program.server(LAB, port=unused_port(socket.SOCK_DGRAM))
    with server:
        ask(port, b"before")
        assert server.stop() == 0
    with start_on(LAB, port):
        assert ask(port, b"after") == b"Hello, client"


def test_second_server_on_a_busy_port_ends_and_the_first_goes_on() -> None:
    server, port = Program.server(LAB)
    with server:
        with Program.lab(LAB, "server", "--port", str(port)) as second:
            assert second.finish() == 2
            assert second.errors.startswith(f"Cannot listen on 127.0.0.1 port {port}: ")
        assert ask(port, b"first") == b"Hello, client"
