"""The servers of the UDP clocks, `udp/time` and `udp/time_with`."""

from __future__ import annotations

import re
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, WAIT_S, Program
from tests.labs.udp_peers import (
    HOST,
    ask,
    ask_with_nc,
    needs_nc,
    port_of,
    send_without_return_address,
    udp_socket,
)
from tests.labs.udp_time_peers import CLOCK, FAST

pytestmark = pytest.mark.parametrize("lab", ["udp/time", "udp/time_with"])

RARE = ("--interval", "3600")


def next_line(sock: socket.socket) -> str:
    return sock.recvfrom(65535)[0].decode()


def waiting_lines(sock: socket.socket) -> list[str]:
    """Everything that has arrived already."""
    lines = []
    sock.setblocking(False)
    while True:
        try:
            lines.append(next_line(sock))
        except BlockingIOError:
            return lines


def test_server_says_where_it_listens(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        server.wait_for(rf"\AОжидание подключения клиента… 127\.0\.0\.1:{port}\n\Z")


def test_programs_run_as_files_from_anywhere(lab: str, tmp_path: Path) -> None:
    folder = ROOT / "labs" / lab
    with Program(sys.executable, str(folder / "server.py"), "--port", "0", cwd=tmp_path) as server:
        port = server.wait_for(r"127\.0\.0\.1:(\d+)")[1]
        command = (sys.executable, str(folder / "client.py"), "Анна", "--port", port)
        with Program(*command, cwd=tmp_path) as client:
            client.wait_for(rf"\nАнна, {CLOCK}\n")


@needs_nc
def test_nc_gets_the_time(lab: str) -> None:
    server, port = Program.server(lab, *RARE)
    with server:
        assert re.fullmatch(rf"Анна, {CLOCK}", ask_with_nc(port, "Анна\n"))


def test_first_answer_comes_at_once_and_the_others_follow(lab: str) -> None:
    server, port = Program.server(lab, *RARE)
    with server:
        assert re.fullmatch(rf"Anna, {CLOCK}", ask(port, b"Anna").decode())
    server, port = Program.server(lab, *FAST)
    with server, udp_socket() as sock:
        sock.sendto(b"Anna", (HOST, port))
        for _ in range(5):
            assert re.fullmatch(rf"Anna, {CLOCK}", next_line(sock))


def test_many_clients_at_once_each_get_their_own_name(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server, ExitStack() as stack:
        sockets = [stack.enter_context(udp_socket()) for _ in range(20)]
        for number, sock in enumerate(sockets):
            sock.sendto(f"client {number}".encode(), (HOST, port))
        for number, sock in enumerate(sockets):
            for _ in range(3):
                assert re.fullmatch(rf"client {number}, {CLOCK}", next_line(sock))


@pytest.mark.parametrize("end", [b"end", b"end\n"], ids=["bare", "as nc sends it"])
def test_end_withdraws_the_name_and_no_other(lab: str, end: bytes) -> None:
    server, port = Program.server(lab, *FAST)
    with server, udp_socket() as leaves, udp_socket() as stays:
        for sock in (leaves, stays):
            sock.sendto(b"Anna", (HOST, port))
            next_line(sock)
        leaves.sendto(end, (HOST, port))
        server.wait_for(rf"\nКлиент Anna 127\.0\.0\.1:{port_of(leaves)} отключился\n")
        waiting_lines(stays)
        stays.settimeout(WAIT_S)
        next_line(stays)
        waiting_lines(leaves)  # the beat that went on while it left
        for _ in range(5):
            next_line(stays)
        assert waiting_lines(leaves) == []


def test_end_of_somebody_unknown_does_no_harm(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server, udp_socket() as sock:
        sock.sendto(b"end", (HOST, port))
        server.wait_for(rf"\nКлиент \? 127\.0\.0\.1:{port_of(sock)} отключился\n")
        assert re.fullmatch(rf"Anna, {CLOCK}", ask(port, b"Anna").decode())


def test_silent_client_is_forgotten_and_may_come_back(lab: str) -> None:
    server, port = Program.server(lab, *FAST, "--keep", "0.3")
    with server, udp_socket() as sock:
        sock.sendto(b"Anna", (HOST, port))
        server.wait_for(rf"\nКлиент Anna 127\.0\.0\.1:{port_of(sock)} молчит и забыт\n")
        sock.sendto(b"Anna", (HOST, port))
        server.wait_for(r"(?s)подключился\n.*подключился\n")


def test_client_that_repeats_its_name_is_not_forgotten(lab: str) -> None:
    server, port = Program.server(lab, *FAST, "--keep", "2")
    command = ("Анна", "--port", str(port), "--repeat", "0.2")
    with server, Program.lab(lab, "client", *command) as client:
        client.wait_for(rf"произошло(?:\nАнна, {CLOCK}){{60}}\n")  # three seconds of answers
        client.type("end\n")
        assert client.finish() == 0
        server.wait_for(r"отключился\n")
        assert "забыт" not in server.output
        assert server.output.count("подключился\n") == 1


def test_repetition_gets_no_extra_answer(lab: str) -> None:
    server, port = Program.server(lab, *RARE)
    with server, udp_socket() as first, udp_socket() as second:
        first.sendto(b"Anna", (HOST, port))
        next_line(first)
        first.sendto(b"Anna", (HOST, port))
        second.sendto(b"Boris", (HOST, port))
        next_line(second)  # so the repetition before it has been dealt with
        assert waiting_lines(first) == []


def test_a_name_can_be_changed(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server, udp_socket() as sock:
        sock.sendto(b"Anna", (HOST, port))
        assert next_line(sock).startswith("Anna, ")
        sock.sendto(b"Boris", (HOST, port))
        while next_line(sock).startswith("Anna, "):
            pass


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (b"", "без имени"),
        (b"\n", "без имени"),
        (b" Anna \r\n Maria ", "Anna Maria"),
        (b"x" * 60_000, "x" * 40),
        (b"\xff", "\ufffd"),
        ("ж".encode()[:1], "\ufffd"),
        (b"%H %s {}", "%H %s {}"),
    ],
    ids=["empty", "line end", "lines", "long", "no UTF-8", "half a letter", "format"],
)
def test_any_bytes_make_a_name_of_one_line(lab: str, sent: bytes, name: str) -> None:
    server, port = Program.server(lab, *RARE)
    with server:
        assert re.fullmatch(rf"{re.escape(name)}, {CLOCK}", ask(port, sent).decode())


def test_table_is_bounded_and_has_room_again_after_end(lab: str) -> None:
    server, port = Program.server(lab, *RARE)
    with server, ExitStack() as stack:
        sockets = [stack.enter_context(udp_socket()) for _ in range(100)]
        for sock in sockets:
            sock.sendto(b"Anna", (HOST, port))
            next_line(sock)
        with udp_socket() as late, udp_socket() as known:
            late.sendto(b"Boris", (HOST, port))
            sockets[0].sendto(b"end", (HOST, port))
            known.sendto(b"Clara", (HOST, port))  # answered: so Boris had been dealt with
            assert next_line(known).startswith("Clara, ")
            assert waiting_lines(late) == []
        sockets[0].sendto(b"Anna", (HOST, port))  # who is in may stay
        sockets[1].sendto(b"end", (HOST, port))
        assert ask(port, b"Boris").decode().startswith("Boris, ")
        assert waiting_lines(sockets[0]) == []


def test_client_that_vanished_disturbs_nobody(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server:
        for _ in range(5):
            ask(port, b"gone")
        with udp_socket() as sock:
            sock.sendto(b"here", (HOST, port))
            for _ in range(5):
                assert next_line(sock).startswith("here, ")


def test_client_that_cannot_be_answered_does_not_cost_the_others_their_time(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server:
        send_without_return_address(port, b"from nowhere")
        server.wait_for(r"(?:\n127\.0\.0\.1:0: .*){3}")  # at its registration, then at each beat
        with udp_socket() as sock:
            sock.sendto(b"here", (HOST, port))
            for _ in range(5):
                assert next_line(sock).startswith("here, ")


@pytest.mark.parametrize("interval", ["0", "-1", "nan", "inf", "soon"])
def test_server_refuses_an_interval_that_is_none(lab: str, interval: str) -> None:
    with Program.lab(lab, "server", "--port", "0", f"--interval={interval}") as server:
        assert server.finish() == 2
        assert "--interval" in server.errors
        assert "Traceback" not in server.errors


def test_server_stops_at_once_with_clients_and_a_long_interval(lab: str) -> None:
    server, port = Program.server(lab, *RARE)
    with server:
        ask(port, b"Anna")
        server.wait_for(r"подключился\n")
        server.send_signal()
        assert server.finish() == 0
        assert server.output.endswith("\nСервер остановлен\n")
        assert server.errors == ""


def test_second_server_on_a_busy_port_ends_and_the_first_goes_on(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server:
        with Program.lab(lab, "server", "--port", str(port)) as second:
            assert second.finish() == 2
            assert second.errors.startswith(f"Порт {port} занять не удалось: ")
        assert ask(port, b"Anna").startswith(b"Anna, ")


@pytest.mark.parametrize(
    ("program", "flag", "default_s"),
    [("server", "interval", "3.0"), ("server", "keep", "60.0"), ("client", "repeat", "15.0")],
)
def test_defaults_are_those_of_the_task(lab: str, program: str, flag: str, default_s: str) -> None:
    source = (ROOT / "labs" / lab / f"{program}.py").read_text()
    assert f'"--{flag}", type=float, default={default_s}' in source
