"""tcp/transform: one message per connection, five lines of answer, then the end of the stream.

tcp/socketserver promises the same service; what it promises beyond that is in its own test.
"""

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
    read_to_end,
    reset,
    stand_in_server,
    wait_for_threads,
)

LIMIT_BYTES = 4096

each_lab = pytest.mark.parametrize("lab", ["tcp/transform", "tcp/socketserver"])


@each_lab
def test_the_client_shows_the_five_lines(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program.lab(lab, "client", "Hello, world", "--port", str(port)) as client:
        assert (client.finish(), client.errors) == (0, "")
        assert client.output == (
            f"Подключение к серверу 127.0.0.1:{port} произошло\n"
            "Hello, world\ndlrow ,olleH\nHELLO, WORLD\n12\nслов: 2, палиндром: нет\n"
        )
        server.wait_for(
            rf"^Ожидание подключения клиента… 127\.0\.0\.1:{port}\n"
            r"Клиент 127\.0\.0\.1:\d+ подключился\n"
        )
        assert_served_well(server)


@each_lab
def test_the_client_asks_for_the_message(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program.lab(lab, "client", "--port", str(port)) as client:
        client.wait_for("Введите сообщение:")
        client.type("топот\n")
        assert client.finish() == 0
        assert client.output.endswith("топот\nтопот\nТОПОТ\n5\nслов: 1, палиндром: да\n")


@each_lab
def test_the_end_of_input_ends_the_client_in_good_order(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program.lab(lab, "client", "--port", str(port)) as client:
        client.wait_for("Введите сообщение:")
        client.end_input()
        assert (client.finish(), client.errors) == (0, "")
        wait_for_threads(server, 1)
        assert_served_well(server)


@each_lab
def test_the_client_reads_to_the_end_of_the_stream(lab: str) -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(lab, "client", "м", "--port", str(port)) as client,
    ):
        with accept(listener) as conn:
            assert read_line(conn) == "м"
            for piece in ("одна\nд".encode(), "ве\nт".encode()[:-1], "т".encode()[1:] + b"\n"):
                conn.sendall(piece)
        assert client.finish() == 0
        assert client.output.endswith("одна\nдве\nт\n")


@each_lab
def test_the_client_says_when_the_server_closes_without_an_answer(lab: str) -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(lab, "client", "м", "--port", str(port)) as client,
    ):
        with accept(listener) as conn:
            conn.recv(100)
        assert_failed_with_one_line(client)


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("А роза упала на лапу Азора", "26\nслов: 6, палиндром: да"),
        ("Madam, I'm Adam!", "16\nслов: 3, палиндром: да"),
        ("12:21", "5\nслов: 1, палиндром: да"),
        ("почти топот", "11\nслов: 2, палиндром: нет"),
        ("", "0\nслов: 0, палиндром: нет"),
        ("  ?!  ", "6\nслов: 1, палиндром: нет"),
        ("ß", "1\nслов: 1, палиндром: да"),
    ],
)
@each_lab
def test_what_the_server_finds_in_a_message(lab: str, message: str, facts: str) -> None:
    server, port = Program.server(lab)
    with server:
        answer = ask(port, f"{message}\n".encode())
        assert answer == f"{message}\n{message[::-1]}\n{message.upper()}\n{facts}\n"


@each_lab
def test_the_server_closes_after_one_answer_though_the_client_stays(lab: str) -> None:
    server, port = Program.server(lab)
    with server, connect(port) as sock:
        sock.sendall(b"one\n")
        assert read_to_end(sock).startswith(b"one\neno\n")


@each_lab
def test_a_line_may_come_in_any_pieces_and_end_with_the_stream(lab: str) -> None:
    server, port = Program.server(lab)
    with server, connect(port) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in "жар\r\n".encode():
            sock.sendall(bytes([byte]))
        expected = "жар\nраж\nЖАР\n3\nслов: 1, палиндром: нет\n"
        assert read_to_end(sock).decode() == expected
        assert ask(port, "жар".encode()) == expected


@each_lab
def test_a_line_of_the_limit_passes_and_one_byte_more_does_not(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        for end in (b"\n", b""):
            assert f"\n{LIMIT_BYTES}\n" in ask(port, b"x" * LIMIT_BYTES + end)
            with connect(port) as sock:
                sock.sendall(b"x" * (LIMIT_BYTES + 1) + end)
                assert read_to_any_end(sock) == b""
        assert_served_well(server)


@each_lab
def test_bytes_that_are_not_utf_8_are_replaced(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        assert ask(port, b"a\xff\n").startswith("a\ufffd\n\ufffda\nA\ufffd\n2\n")


@each_lab
def test_silent_and_vanishing_clients_disturb_nobody(lab: str) -> None:
    server, port = Program.server(lab)
    with server, connect(port) as silent:
        vanishing = connect(port)
        vanishing.sendall(b"half a li")
        reset(vanishing)
        with connect(port) as speechless:
            speechless.shutdown(socket.SHUT_WR)
            assert read_to_end(speechless) == b""
        assert ask(port, b"one\n").startswith("one\n")
        silent.sendall(b"late\n")
        assert read_to_end(silent).startswith(b"late\netal\n")
        assert_served_well(server)


@needs_nc
@each_lab
def test_nc_shows_the_answer_and_ends(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program("nc", "-N", "127.0.0.1", str(port)) as nc:
        nc.type("топот\n")
        nc.wait_for(r"^топот\nтопот\nТОПОТ\n5\nслов: 1, палиндром: да\n$")
        nc.end_input()
        assert nc.finish() == 0
