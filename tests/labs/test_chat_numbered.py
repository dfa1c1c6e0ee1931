"""chat/numbered: a number for each client, never used twice; who joins and leaves is announced."""

from __future__ import annotations

import re
import socket

import pytest

from tests.labs.chat_peers import (
    HOST,
    LINE_LIMIT_BYTES,
    ChatPeer,
    needs_nc,
)
from tests.labs.contract_peers import reset
from tests.labs.programs import Program

LAB = "chat/numbered"


def enter(port: int, number: int) -> ChatPeer:
    """Connect and be told the expected number."""
    peer = ChatPeer(port)
    assert peer.line() == f"Вы — клиент {number}"
    return peer


def start_client(port: int, number: int) -> Program:
    client = Program.lab(LAB, "client", "--port", str(port))
    client.wait_for(rf"Вы — клиент {number}\n")
    return client


def test_a_message_goes_to_everybody_but_its_sender_with_the_number_of_the_sender() -> None:
    server, port = Program.server(LAB)
    with server, enter(port, 1) as anna, enter(port, 2) as boris, enter(port, 3) as vera:
        assert [anna.line(), anna.line()] == ["Клиент 2 присоединился", "Клиент 3 присоединился"]
        assert boris.line() == "Клиент 3 присоединился"
        boris.send("привет\n")
        assert anna.line() == vera.line() == "Клиент 2: привет"
        vera.send("и тебе\n")
        assert anna.line() == boris.line() == "Клиент 3: и тебе"
        server.wait_for("Клиент 2: привет\nКлиент 3: и тебе\n")


def test_a_number_is_never_used_again() -> None:
    server, port = Program.server(LAB)
    with server, enter(port, 1) as anna:
        for number in (2, 3, 4):
            with enter(port, number):
                assert anna.line() == f"Клиент {number} присоединился"
            assert anna.line() == f"Клиент {number} вышел"


def test_a_client_that_resets_its_connection_has_left_like_any_other() -> None:
    server, port = Program.server(LAB)
    with server, enter(port, 1) as anna:
        reset(port, b"half a l")
        assert [anna.line(), anna.line()] == ["Клиент 2 присоединился", "Клиент 2 вышел"]
        with enter(port, 3) as boris:
            assert anna.line() == "Клиент 3 присоединился"
            anna.send("слышно?\n")
            assert boris.line() == "Клиент 1: слышно?"


def test_the_last_line_may_end_with_the_stream() -> None:
    server, port = Program.server(LAB)
    with server, enter(port, 1) as anna, enter(port, 2) as boris:
        boris.send("прощайте")
        boris.sock.shutdown(socket.SHUT_WR)
        assert [anna.line() for _ in range(3)] == [
            "Клиент 2 присоединился",
            "Клиент 2: прощайте",
            "Клиент 2 вышел",
        ]
        assert boris.rest() == ""


def test_lines_come_whole_however_the_stream_was_cut() -> None:
    server, port = Program.server(LAB)
    with server, enter(port, 1) as anna, enter(port, 2) as boris:
        assert anna.line() == "Клиент 2 присоединился"
        boris.send("раз\nдва\r\nтр".encode() + "и".encode()[:1])
        assert [anna.line(), anna.line()] == ["Клиент 2: раз", "Клиент 2: два"]
        anna.send("жду\n")
        assert boris.line() == "Клиент 1: жду"
        boris.send("и".encode()[1:] + b"\n\xff\n")
        assert [anna.line(), anna.line()] == ["Клиент 2: три", "Клиент 2: \ufffd"]


@pytest.mark.parametrize("size", [LINE_LIMIT_BYTES + 1, 800_000])
def test_a_line_over_the_limit_ends_its_sender_and_nobody_else(
    size: int,
) -> None:
    server, port = Program.server(LAB)
    with server, enter(port, 1) as anna, enter(port, 2) as boris:
        anna.line()
        boris.send_too_much(b"x" * LINE_LIMIT_BYTES + b"\n" + b"y" * size + b"\n")
        assert anna.line() == "Клиент 2: " + "x" * LINE_LIMIT_BYTES
        assert anna.line() == "Клиент 2 вышел"
        with enter(port, 3):
            assert anna.line() == "Клиент 3 присоединился"


@needs_nc
def test_the_classic_client_and_nc_talk_to_each_other() -> None:
    server, port = Program.server(LAB)
    with server, start_client(port, 1) as client, Program("nc", HOST, str(port)) as nc:
        nc.wait_for("Вы — клиент 2\n")
        client.wait_for("Клиент 2 присоединился\n")
        nc.type("из nc\n")
        client.wait_for("Клиент 2: из nc\n")
        client.type("из клиента\n")
        nc.wait_for("Клиент 1: из клиента\n")
        client.end_input()
        assert (client.finish(), client.errors) == (0, "")
        nc.wait_for("Клиент 1 вышел\n")


def test_the_server_shows_the_address_of_each_number() -> None:
    server, port = Program.server(LAB)
    with server, start_client(port, 1) as client:
        address = client.wait_for(r"мой адрес (\S+)\n")[1]
        server.wait_for(rf"1: {re.escape(address)}\n(?s:.*)Клиент 1 присоединился\n")


def test_a_client_says_at_once_that_its_server_has_gone_and_ends_with_the_next_line() -> None:
    server, port = Program.server(LAB)
    with server, start_client(port, 1) as client:
        assert server.stop() == 0
        client.wait_for(r"\nСервер закрыл соединение\. Нажмите Enter\n")
        client.type("\n")
        assert client.finish() == 1
        assert client.errors.startswith("Нет связи с сервером ")
