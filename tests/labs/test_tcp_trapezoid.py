"""tcp/trapezoid: lines of three numbers in, lines with the area or with a reason out."""

from __future__ import annotations

import socket

import pytest

from tests.labs.programs import Program
from tests.labs.tcp_peers import (
    accept,
    ask,
    assert_failed_with_one_line,
    assert_served_well,
    connect,
    needs_nc,
    read_line,
    read_to_any_end,
    reset,
    stand_in_server,
    wait_for_threads,
)

LAB = "tcp/trapezoid"
LIMIT_BYTES = 4096


def test_the_client_asks_for_three_numbers_and_shows_the_area() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        for prompt, number in (("Основание A:", "3"), ("Основание B:", "5"), ("Высота H:", "4")):
            client.wait_for(f"{prompt}\n$")
            client.type(f"{number}\n")
        assert (client.finish(), client.errors) == (0, "")
        assert client.output.endswith("Площадь трапеции: 16\n")
        server.wait_for(r"127\.0\.0\.1:\d+: 3 5 4 -> 16\n")
        assert_served_well(server)


def test_the_client_asks_again_on_the_same_connection_after_an_error() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        client.type("три\n5\n4\n")
        client.wait_for("Ошибка: основание A: нужно число не меньше нуля, а пришло «три»")
        client.type("3,5\n4.5\n2\n")
        assert client.finish() == 0
        assert client.output.endswith("Площадь трапеции: 8\n")
        server.wait_for(r"\n(\S+): три 5 4 -> Ошибка.*\n\1: 3,5 4.5 2 -> 8\n")  # one address


def test_the_end_of_input_ends_the_client_in_good_order() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        client.wait_for("Основание A:")
        client.end_input()
        assert (client.finish(), client.errors) == (0, "")


def test_the_client_puts_the_answer_together_from_pieces() -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "--port", str(port)) as client,
        accept(listener) as conn,
    ):
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.type("1\n2\n3\n")
        assert read_line(conn) == "1 2 3"
        for piece in (b"4", b".", b"5", b"\n"):
            conn.sendall(piece)
        assert client.finish() == 0
        assert client.output.endswith("Площадь трапеции: 4.5\n")


@pytest.mark.parametrize("with_rst", [False, True])
def test_the_client_says_when_the_server_goes_away(with_rst: bool) -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "--port", str(port)) as client,
    ):
        conn = accept(listener)
        client.type("1\n2\n3\n")
        read_line(conn)
        if with_rst:
            reset(conn)
        else:
            conn.close()
        assert_failed_with_one_line(client)


@pytest.mark.parametrize(
    ("line", "area"),
    [
        ("3 5 4", "16"),
        ("3,5 4.5 2", "8"),
        ("  3\t5   4  ", "16"),
        ("0 0 0", "0"),
        ("0.1 0.2 1", "0.15"),
        ("5. .5 2", "5.5"),
    ],
)
def test_the_area(line: str, area: str) -> None:
    server, port = Program.server(LAB)
    with server:
        assert ask(port, f"{line}\n".encode()) == f"{area}\n"


def test_after_an_error_the_connection_stays_open_for_another_try() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        for line in ("", "3 5", "3 5 4 1"):
            sock.sendall(f"{line}\n".encode())
            assert read_line(sock).startswith("Ошибка: нужны три числа"), line
        words = ["три", "1.2.3", "1_0", "-1", "inf", "nan", "1e3", "\ufffd", "+5", "²", "9" * 101]
        for word in words:
            for line, name in ((f"{word} 5 4", "основание A"), (f"3 5 {word}", "высота H")):
                sock.sendall(f"{line}\n".encode())
                assert read_line(sock).startswith(f"Ошибка: {name}: нужно число"), line
        sock.sendall(b"\xff\xfe 5 4\n")
        assert read_line(sock).startswith("Ошибка: основание A")
        sock.sendall(b"3 5 4\n")
        assert read_line(sock) == "16"


def test_several_lines_in_one_piece_get_their_answers_in_order() -> None:
    server, port = Program.server(LAB)
    with server:
        assert ask(port, b"1 1 1\n2 2 2\r\n3 3 3") == "1\n4\n9\n"


def test_a_line_may_come_byte_by_byte() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"3 5 4\n":
            sock.sendall(bytes([byte]))
        assert read_line(sock) == "16"


def test_a_character_that_is_cut_in_two_is_shown_whole() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        line = "1 1 1\nж\n".encode()
        sock.sendall(line[:7])
        assert read_line(sock) == "1"  # the first half of the character is there, too
        sock.sendall(line[7:])
        server.wait_for(": ж -> Ошибка")


def test_a_line_of_the_limit_passes_and_one_byte_more_does_not() -> None:
    server, port = Program.server(LAB)
    with server:
        line = b"3 5 4".ljust(LIMIT_BYTES)
        for end in (b"\n", b""):
            assert ask(port, line + end) == "16\n"
            with connect(port) as sock:
                sock.sendall(line + b" " + end)
                sock.shutdown(socket.SHUT_WR)
                assert read_to_any_end(sock) == b""
        assert_served_well(server)


def test_a_refused_client_that_stays_is_hung_up_on() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        sock.sendall(b"x" * (LIMIT_BYTES + 1))
        assert read_to_any_end(sock) == b""
        wait_for_threads(server, 1)


def test_silent_and_vanishing_clients_disturb_nobody() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as silent:
        vanishing = connect(port)
        vanishing.sendall(b"3 5")
        reset(vanishing)
        wait_for_threads(server, 2)  # the main one, and that of the silent client
        assert ask(port, b"3 5 4\n") == "16\n"
        silent.sendall(b"1 1 1\n")
        assert read_line(silent) == "1"
        assert_served_well(server)


@needs_nc
def test_nc_gets_an_answer_per_line() -> None:
    server, port = Program.server(LAB)
    with server, Program("nc", "-N", "127.0.0.1", str(port)) as nc:
        nc.type("3 5 4\n")
        nc.wait_for("^16\n$")
        nc.type("3 5\n")
        nc.wait_for("^16\nОшибка: ")
        nc.end_input()
        assert nc.finish() == 0
