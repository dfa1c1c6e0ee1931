"""The contract of LABS.md for all twenty labs: how each program starts and ends.

What a single lab promises beyond it stands in that lab's own test.
"""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.labs.contract import (
    LABS,
    PROGRAMS,
    SERVERS,
    TCP_SERVERS,
    assert_stops_well,
    each_program,
    stop,
)
from tests.labs.contract_peers import (
    HOST,
    QUICK,
    read_to_end,
    served,
)
from tests.labs.programs import WAIT_S, Program
from tests.ports import unused_port

# chat/window opens a window and needs a display: its own test starts it on a virtual screen.
CLIENTS = [lab for lab, program in PROGRAMS if program == "client" and lab != "chat/window"]

each_server = pytest.mark.parametrize("lab", SERVERS)

each_client = pytest.mark.parametrize("lab", CLIENTS)


# --- starting -----------------------------------------------------------------------------------


@each_program
def test_help_works_for_the_module_and_for_the_file_from_anywhere(
    lab: str, program: str, tmp_path: Path
) -> None:
    path = str(LABS / lab / f"{program}.py")
    with (
        Program.lab(lab, program, "--help") as as_module,
        Program(sys.executable, path, "--help", cwd=tmp_path) as as_file,
    ):
        for run in (as_module, as_file):
            assert (run.finish(), run.errors) == (0, "")
            assert run.output.startswith("usage:")


def kind_of(lab: str) -> socket.SocketKind:
    return socket.SOCK_DGRAM if lab.startswith("udp/") else socket.SOCK_STREAM


def is_taken(lab: str, host: str, port: int) -> bool:
    """Whether the kernel has given this address to somebody."""
    with socket.socket(socket.AF_INET, kind_of(lab)) as sock:
        try:
            sock.bind((host, port))
        except OSError:
            return True
    return False


@each_server
def test_the_first_line_of_a_server_holds_its_real_address_and_is_seen_at_once(lab: str) -> None:
    # Without PYTHONUNBUFFERED, which the harness sets, only flush=True gets it through a pipe.
    with Program.lab(lab, "server", "--port", "0", env={"PYTHONUNBUFFERED": ""}) as server:
        match = server.wait_for(r"^.*\b127\.0\.0\.1(?::| port )(\d+)\b.*\n")
        assert int(match[1]) != 0
        assert is_taken(lab, HOST, int(match[1]))


@each_server
def test_a_server_listens_on_the_host_that_it_is_given(lab: str) -> None:
    with Program.lab(lab, "server", "--host", "127.0.0.2", "--port", "0") as server:
        match = server.wait_for(r"^.*\b127\.0\.0\.2(?::| port )(\d+)\b.*\n")
        assert is_taken(lab, "127.0.0.2", int(match[1]))


def assert_refused(program: Program) -> None:
    """The program must end with status 2 after one line that is its own or argparse's."""
    status = program.finish()
    assert "Traceback" not in program.errors
    *usage, error = program.errors.splitlines()
    assert error.strip()
    if usage:
        assert usage[0].startswith("usage:")
        assert re.match(r"\w+\.py: error: ", error)
    assert (status, program.output) == (2, "")


@pytest.mark.parametrize("port", ["70000", "-1", "http", ""])
@each_server
def test_a_port_that_does_not_exist_is_refused_with_status_2(lab: str, port: str) -> None:
    with Program.lab(lab, "server", f"--port={port}") as server:
        assert_refused(server)


@each_server
def test_an_address_of_another_machine_is_refused_with_status_2(lab: str) -> None:
    with Program.lab(lab, "server", "--host", "192.0.2.1", "--port", "0") as server:
        assert_refused(server)


@contextmanager
def held_port(lab: str, *, listening: bool) -> Iterator[tuple[int, socket.socket]]:
    """A port of the lab's transport that the test has for itself."""
    with socket.socket(socket.AF_INET, kind_of(lab)) as sock:
        sock.bind((HOST, 0))
        if listening and sock.type == socket.SOCK_STREAM:
            sock.listen()
        yield sock.getsockname()[1], sock


@each_server
def test_a_busy_port_is_one_clear_line_and_status_2(lab: str) -> None:
    with (
        held_port(lab, listening=True) as (port, _sock),
        Program.lab(lab, "server", "--port", str(port)) as server,
    ):
        status = server.finish()
        assert (status, server.output) == (2, "")
        assert "Traceback" not in server.errors
        (line,) = server.errors.splitlines()
        assert str(port) in line


@each_server
def test_a_signal_right_after_the_first_line_ends_a_server_with_one_short_line(lab: str) -> None:
    with Program.lab(lab, "server", "--port", "0") as server:
        server.wait_for("\n")
        status = stop(server)
        assert (status, server.errors) == (0, "")
        _listens, *last = server.output.splitlines()
        assert len(last) == 1, last
        assert 0 < len(last[0]) <= 60


@each_client
def test_a_signal_ends_a_client_whose_server_is_silent(lab: str) -> None:
    with (
        held_port(lab, listening=True) as (port, sock),
        Program.lab(lab, "client", "--port", str(port)) as client,
    ):
        client.type("3\n4\n5\n")
        sock.settimeout(WAIT_S)
        if sock.type == socket.SOCK_DGRAM:
            sock.recv(65536)
            status = stop(client)
        else:
            conn, _address = sock.accept()
            with conn:
                status = stop(client)
        assert (status, client.errors) == (0, "")


def in_time_wait(port: int) -> bool:
    """Whether a closed connection of this local port still waits in the kernel (RFC 9293, 3.6)."""
    entry = re.compile(rf"^ *\d+: 0100007F:{port:04X} \S+ 06 ", re.MULTILINE)
    return bool(entry.search(Path("/proc/net/tcp").read_text(encoding="ascii")))


@pytest.mark.parametrize("lab", TCP_SERVERS)
def test_a_tcp_server_restarts_at_once_on_the_port_of_a_connection_that_it_closed_first(
    lab: str,
) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()), port=unused_port())
    with server, served(lab, server, port) as connections:
        assert_stops_well(server)
        for sock in connections:
            read_to_end(sock)  # the server's FIN is here; close() sends ours
    deadline = time.monotonic() + WAIT_S
    while not in_time_wait(port):
        assert time.monotonic() < deadline, "no connection in TIME_WAIT: nothing would be proved"
    with Program.lab(lab, "server", "--port", str(port), *QUICK.get(lab, ())) as again:
        again.wait_for(rf"^.*127\.0\.0\.1:{port}\b.*\n")
        with served(lab, again, port):
            pass
        assert_stops_well(again)


# --- nobody there -------------------------------------------------------------------------------


def assert_says_that_nobody_answers(client: Program) -> None:
    start = time.monotonic()
    status = client.finish()
    assert time.monotonic() - start < 10
    assert "Traceback" not in client.errors
    assert status == 1, (client.output, client.errors)
    (line,) = client.errors.splitlines()
    assert len(line) > 10


@each_client
def test_a_client_says_in_one_line_that_its_server_is_not_there(lab: str) -> None:
    closed_port = unused_port(kind_of(lab))
    # A port that is bound but does not listen refuses TCP at once, and never answers UDP.
    with (
        held_port(lab, listening=False) as (silent_port, _sock),
        Program.lab(lab, "client", "--port", str(silent_port)) as of_silent_port,
        Program.lab(lab, "client", "--port", str(closed_port)) as of_closed_port,
    ):
        for client in (of_silent_port, of_closed_port):
            with suppress(BrokenPipeError):  # it may know before it asks for input
                client.type("3\n4\n5\n")
        for client in (of_silent_port, of_closed_port):
            assert_says_that_nobody_answers(client)
