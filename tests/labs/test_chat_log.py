"""chat/log: the server only shows, with time and address; one connection at a time."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import time
from datetime import datetime

import pytest

from tests.labs.chat_peers import HOST, LINE_LIMIT_BYTES, STAMP, ChatPeer, needs_nc
from tests.labs.contract_peers import reset
from tests.labs.programs import WAIT_S, Program

LAB = "chat/log"


def start_client(port: int) -> tuple[Program, str]:
    """Start the classic client; return it with its own address, as it says it."""
    client = Program.lab(LAB, "client", "--port", str(port))
    return client, client.wait_for(r"мой адрес (\S+)\n")[1]


def test_a_line_is_shown_with_the_time_and_the_address_and_is_not_answered() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        before = time.time()
        anna.send("привет\n")
        shown = server.wait_for(rf"({STAMP}) \({re.escape(anna.address)}\): привет\n")[1]
        stamp = datetime.strptime(shown, "%Y.%m.%d %H:%M:%S").timestamp()
        assert int(before) <= stamp <= time.time()
        anna.sock.shutdown(socket.SHUT_WR)
        assert anna.rest() == ""


def test_a_second_client_connects_but_is_heard_only_when_the_first_has_left() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna, ChatPeer(port) as boris:
        boris.send("можно?\n")
        anna.send("я первая\n")
        server.wait_for("я первая\n")
        anna.send("я всё ещё здесь\n")
        server.wait_for("я всё ещё здесь\n")
        assert "можно?" not in server.output
        assert boris.address not in server.output
        anna.sock.shutdown(socket.SHUT_WR)
        server.wait_for(rf"{STAMP} \({re.escape(boris.address)}\): можно\?\n")


def test_a_client_that_came_and_left_while_it_waited_is_still_heard() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        with ChatPeer(port) as boris:
            boris.send("не дождался")
        anna.send("я здесь\n")
        server.wait_for("я здесь\n")
        anna.sock.shutdown(socket.SHUT_WR)
        server.wait_for(rf"\({re.escape(boris.address)}\): не дождался\n")


def test_lines_come_whole_however_the_stream_was_cut() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        anna.send("раз\nдва\r\n\nтр".encode() + "и".encode()[:1])
        server.wait_for(r": раз\n.*: два\n.*: \n$")
        anna.send("и".encode()[1:] + b"\na\xffb\n")
        server.wait_for(": три\n.*: a\ufffdb\n$")
        anna.send("конец")
        anna.sock.shutdown(socket.SHUT_WR)
        server.wait_for(r": конец\n$")


def test_a_line_of_4096_bytes_is_shown() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        anna.send(b"x" * LINE_LIMIT_BYTES + b"\n")
        server.wait_for(rf": x{{{LINE_LIMIT_BYTES}}}\n")


@pytest.mark.parametrize("size", [LINE_LIMIT_BYTES + 1, 800_000])
def test_a_longer_line_ends_the_connection(size: int) -> None:
    server, port = Program.server(LAB)
    with server:
        with ChatPeer(port) as anna:
            anna.send_too_much(b"x" * size + b"\n")
            with contextlib.suppress(ConnectionResetError):
                assert anna.line() == ""
        with ChatPeer(port) as boris:
            boris.send("теперь я\n")
            server.wait_for(": теперь я\n")


def test_a_client_that_resets_its_connection_makes_room_for_the_next() -> None:
    server, port = Program.server(LAB)
    with server:
        for data in (b"", b"half a l", b"a line\n"):
            reset(port, data)
        with ChatPeer(port) as anna:
            anna.send("я цела\n")
            server.wait_for(": я цела\n")


@needs_nc
def test_one_line_from_nc_is_shown() -> None:
    server, port = Program.server(LAB)
    with server, Program("nc", "-N", HOST, str(port)) as nc:
        nc.type("из nc\n")
        nc.end_input()
        assert nc.finish() == 0
        server.wait_for(rf"{STAMP} \(127\.0\.0\.1:\d+\): из nc\n")


def test_the_classic_client_sends_line_after_line_until_end() -> None:
    server, port = Program.server(LAB)
    with server:
        client, address = start_client(port)
        with client:
            client.type("раз\nendless\nend\n")
            assert (client.finish(), client.errors) == (0, "")
        server.wait_for(
            rf"\({re.escape(address)}\): раз\n"
            rf"{STAMP} \({re.escape(address)}\): endless\n$"
        )


def test_the_end_of_input_ends_the_classic_client() -> None:
    server, port = Program.server(LAB)
    with server:
        client, address = start_client(port)
        with client:
            client.type("раз\n")
            client.end_input()
            assert (client.finish(), client.errors) == (0, "")
        server.wait_for(rf"\({re.escape(address)}\): раз\n$")


def test_a_client_in_the_backlog_sends_although_nobody_has_accepted_it() -> None:
    with socket.create_server((HOST, 0), backlog=1) as listener:
        client, address = start_client(listener.getsockname()[1])
        with client:
            client.type("раз\nend\n")
            assert (client.finish(), client.errors) == (0, "")
        listener.settimeout(WAIT_S)
        conn, (host, port) = listener.accept()
        with conn:
            assert f"{host}:{port}" == address
            conn.settimeout(WAIT_S)
            assert conn.makefile("rb").read() == "раз\n".encode()


def test_a_client_learns_with_its_second_line_that_the_server_has_gone() -> None:
    server, port = Program.server(LAB)
    client, address = start_client(port)
    with client:
        with server:
            client.type("раз\n")
            server.wait_for(rf"\({re.escape(address)}\): раз\n")
            assert server.stop(signal.SIGINT) == 0
        client.type("слышно?\n")
        client.wait_for(r"(?s)(Отправлено байт.*){2}")  # the kernel took it: it comes to nobody
        client.type("слышно?\n")
        assert client.finish() == 1
        assert re.fullmatch(r"Нет связи с сервером .*\n", client.errors)
