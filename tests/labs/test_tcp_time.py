"""tcp/time: a name once, then the time at every interval; leaving ends the thread at once."""

from __future__ import annotations

import re
import signal
import socket
import time

import pytest

from tests.labs.programs import Program
from tests.labs.tcp_peers import (
    accept,
    address_of,
    assert_failed_with_one_line,
    assert_served_well,
    connect,
    needs_nc,
    read_line,
    read_to_any_end,
    read_to_end,
    reset,
    stand_in_server,
    wait_for_threads,
)

LAB = "tcp/time"
QUICK = ("--interval", "0.1")
NEVER = ("--interval", "3600")  # no second tick comes while a test runs
TIME = r"\d\d:\d\d:\d\d"


def test_the_client_shows_the_time_again_and_again_until_end_is_typed() -> None:
    server, port = Program.server(LAB, *QUICK)
    with server, Program.lab(LAB, "client", "Анна", "--port", str(port)) as client:
        client.wait_for(
            rf"^Подключение к серверу 127\.0\.0\.1:{port} произошло\n(Анна, {TIME}\n){{3}}"
        )
        server.wait_for(
            rf"^Ожидание подключения клиента… 127\.0\.0\.1:{port}\n"
            r"Клиент Анна 127\.0\.0\.1:\d+ подключился\n"
        )
        client.type("end\n")
        assert (client.finish(), client.errors) == (0, "")
        server.wait_for(r"Клиент 127\.0\.0\.1:\d+ отключился\n")
        assert_served_well(server)


def test_the_client_asks_for_the_name() -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        client.wait_for("Введите имя:")
        client.type("Борис\n")
        client.wait_for(rf"Борис, {TIME}\n")
        client.type("end\n")
        assert client.finish() == 0


def test_the_client_takes_a_name_and_end_that_were_typed_ahead() -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        client.type("Борис\nend\n")
        assert (client.finish(), client.errors) == (0, "")


@pytest.mark.parametrize("leave", ["end of input", signal.SIGINT])
def test_the_client_leaves_at_once_and_the_server_sees_it(leave: signal.Signals | str) -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, Program.lab(LAB, "client", "Анна", "--port", str(port)) as client:
        client.wait_for(rf"Анна, {TIME}\n")
        if isinstance(leave, str):
            client.end_input()
        else:
            client.send_signal(leave)
        assert (client.finish(), client.errors) == (0, "")
        server.wait_for(r"Клиент 127\.0\.0\.1:\d+ отключился\n")
        wait_for_threads(server, 1)
        assert_served_well(server)


def test_the_end_of_input_before_a_name_ends_the_client_in_good_order() -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        client.wait_for("Введите имя:")
        client.end_input()
        assert (client.finish(), client.errors) == (0, "")


@pytest.mark.parametrize("with_rst", [False, True])
def test_the_client_says_when_the_server_goes_away(with_rst: bool) -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "Анна", "--port", str(port)) as client,
    ):
        conn = accept(listener)
        assert read_line(conn) == "Анна"
        if with_rst:
            reset(conn)
        else:
            conn.close()
        assert_failed_with_one_line(client)


def test_the_client_shows_lines_whole_however_they_come() -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "Анна", "--port", str(port)) as client,
        accept(listener) as conn,
    ):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in "Анна, 12:00:00\nАнна, ".encode():
            conn.sendall(bytes([byte]))
        client.wait_for("Анна, 12:00:00\n$")
        conn.sendall(b"12:00:03\n")
        client.wait_for("Анна, 12:00:03\n$")
        client.type("end\n")
        assert client.finish() == 0


def test_the_first_line_comes_at_once_and_the_next_ones_at_the_interval() -> None:
    server, port = Program.server(LAB, "--interval", "0.5")
    with server, connect(port) as sock:
        sock.sendall("Анна\n".encode())
        moments = []
        for _ in range(4):
            assert re.fullmatch(rf"Анна, {TIME}", read_line(sock))
            moments.append(time.monotonic())
        assert moments[3] - moments[0] >= 1.2  # 1.5 less what the first may have been late


def test_a_repeated_name_changes_nothing_and_does_not_hurry_the_clock() -> None:
    server, port = Program.server(LAB, "--interval", "0.4")
    with server, connect(port) as sock:
        sock.sendall("Анна\n".encode())
        read_line(sock)
        start = time.monotonic()
        sock.sendall("Анна\nБорис\n".encode())
        assert re.fullmatch(rf"Анна, {TIME}", read_line(sock))
        assert time.monotonic() - start >= 0.35
        sock.sendall("Борис\nend\n".encode())
        server.wait_for(rf"Клиент {address_of(sock)} отключился\n")
        assert server.output.count("подключился") == 1


@pytest.mark.parametrize("words", ["end\n", "end\r\n", "end"])
def test_end_ends_the_thread_at_once(words: str) -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, connect(port) as sock:
        sock.sendall("Анна\n".encode())
        read_line(sock)
        sock.sendall(words.encode())
        if not words.endswith("\n"):
            sock.shutdown(socket.SHUT_WR)
        assert read_to_end(sock) == b""
        server.wait_for(rf"Клиент {address_of(sock)} отключился\n")
        wait_for_threads(server, 1)


@pytest.mark.parametrize("how", ["half-close", "close", "reset"])
def test_a_client_that_hangs_up_ends_its_thread_at_once(how: str) -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, connect(port) as sock:
        address = address_of(sock)
        sock.sendall("Анна\n".encode())
        read_line(sock)
        match how:
            case "half-close":
                sock.shutdown(socket.SHUT_WR)
                assert read_to_end(sock) == b""
            case "close":
                sock.close()
            case "reset":
                reset(sock)
        server.wait_for(rf"Клиент {address} отключился\n")
        wait_for_threads(server, 1)
        assert_served_well(server)


def test_a_client_without_a_name_gets_nothing_and_may_leave() -> None:
    server, port = Program.server(LAB, *QUICK)
    with server, connect(port) as nameless, connect(port) as named:
        nameless.sendall(b"\n\r\n")  # empty lines are no names
        named.sendall("Анна\n".encode())
        for _ in range(3):
            read_line(named)
        nameless.shutdown(socket.SHUT_WR)
        assert read_to_end(nameless) == b""
        server.wait_for(rf"Клиент {address_of(nameless)} отключился\n")


def test_two_clients_at_once_each_get_their_own_name() -> None:
    server, port = Program.server(LAB, *QUICK)
    with server, connect(port) as first, connect(port) as second:
        first.sendall("Анна\n".encode())
        second.sendall("Борис\n".encode())
        for _ in range(3):
            assert read_line(first).startswith("Анна, ")
            assert read_line(second).startswith("Борис, ")
        first.sendall(b"end\n")
        read_to_end(first)
        assert read_line(second).startswith("Борис, ")


def test_a_name_may_come_in_any_pieces() -> None:
    server, port = Program.server(LAB, *NEVER)
    with server, connect(port) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in "Жанна\r\n".encode():
            sock.sendall(bytes([byte]))
        assert re.fullmatch(rf"Жанна, {TIME}", read_line(sock))


def test_a_name_that_is_too_long_is_refused() -> None:
    server, port = Program.server(LAB, *NEVER)
    with server:
        for end in (b"\n", b"\r\n"):
            with connect(port) as sock:
                sock.sendall(b"x" * 4096 + end)
                assert read_line(sock).startswith("x" * 4096 + ", ")
        for data in (b"x" * 4097, b"x" * 4097 + b"\n", b"x" * 500_000):
            with connect(port) as sock:
                sock.sendall(data)
                assert read_to_any_end(sock) == b""
        assert_served_well(server)


def test_a_client_that_does_not_read_does_not_hold_up_another() -> None:
    server, port = Program.server(LAB, "--interval", "0.01")
    with server, socket.socket() as lazy, connect(port) as other:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        lazy.connect(("127.0.0.1", port))
        lazy.sendall(b"x" * 4000 + b"\n")
        other.sendall("Анна\n".encode())
        for _ in range(100):
            assert read_line(other).startswith("Анна, ")


@pytest.mark.parametrize("interval", ["0", "-1", "nan", "inf", "soon"])
def test_an_interval_that_is_none_is_refused_with_status_2(interval: str) -> None:
    with Program.lab(LAB, "server", f"--interval={interval}", "--port", "0") as server:
        assert server.finish() == 2
        assert "--interval" in server.errors


@needs_nc
def test_nc_gets_the_time_until_end_is_typed() -> None:
    server, port = Program.server(LAB, *QUICK)
    with server, Program("nc", "-N", "127.0.0.1", str(port)) as nc:
        nc.type("Анна\n")
        nc.wait_for(rf"^(Анна, {TIME}\n){{2}}")
        nc.type("end\n")
        server.wait_for("Клиент .* отключился")
        nc.end_input()
        assert nc.finish() == 0
