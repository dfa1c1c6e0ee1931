"""chat/login: the first line is the login; each message is shown with the time and that login."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import time
from datetime import datetime

import pytest

from tests.labs.chat_peers import (
    HOST,
    LINE_LIMIT_BYTES,
    STAMP,
    ChatPeer,
    needs_nc,
)
from tests.labs.contract_peers import reset
from tests.labs.programs import WAIT_S, Program

LAB = "chat/login"


def start_client(port: int) -> Program:
    client = Program.lab(LAB, "client", "--port", str(port))
    client.wait_for("Логин:\n")
    return client


def test_the_login_and_each_message_are_shown_and_nothing_is_answered() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        before = time.time()
        anna.send("Анна\nАнна: привет\n")
        server.wait_for("\nподключился Анна\n")
        shown = server.wait_for(rf"\n({STAMP}) Анна: привет\n")[1]
        stamp = datetime.strptime(shown, "%Y.%m.%d %H:%M:%S").timestamp()
        assert int(before) <= stamp <= time.time()
        anna.sock.shutdown(socket.SHUT_WR)
        assert anna.rest() == ""
        assert "отключился" not in server.output


def test_the_classic_client_asks_for_a_login_and_sends_until_end() -> None:
    server, port = Program.server(LAB)
    with server, start_client(port) as client:
        client.type("\n  \nАнна\nраз\nendless\nend\n")  # it asks again until there is a login
        assert (client.finish(), client.errors) == (0, "")
        server.wait_for(rf"\nподключился Анна\n{STAMP} Анна: раз\n{STAMP} Анна: endless\n$")


@needs_nc
def test_a_person_with_nc_need_not_write_the_login_before_each_message() -> None:
    server, port = Program.server(LAB)
    with server, Program("nc", "-N", HOST, str(port)) as nc:
        nc.type("\nАнна\nпривет\nАнна: и так можно\n")  # an empty line is no login
        nc.end_input()
        assert nc.finish() == 0
        server.wait_for(
            rf"\nподключился Анна\n{STAMP} Анна: привет\n{STAMP} Анна: и так можно\n"
            r"$"
        )


def test_nobody_speaks_under_the_login_of_another() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as boris:
        boris.send("Борис\nАнна: это я\n")
        server.wait_for(rf"\n{STAMP} Борис: Анна: это я\n")


def test_a_silent_client_makes_nobody_wait() -> None:
    server, port = Program.server(LAB)
    with (
        server,
        ChatPeer(port),  # not even a login
        ChatPeer(port) as anna,
        ChatPeer(port) as boris,
    ):
        anna.send("Анна\n")
        server.wait_for("подключился Анна\n")
        boris.send("Борис\nБорис: раз\n")
        server.wait_for(rf"{STAMP} Борис: раз\n")
        anna.send("Анна: два\n")
        server.wait_for(rf"{STAMP} Анна: два\n")


def test_lines_come_whole_however_the_stream_was_cut() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        anna.send("Анн".encode() + "а".encode()[:1])
        with ChatPeer(port) as boris:
            boris.send("Борис")
            boris.sock.shutdown(socket.SHUT_WR)
            server.wait_for("подключился Борис\n")
        assert "Анн" not in server.output
        anna.send("а".encode()[1:] + "\r\nАнна: раз\r\nАнна: два\nАнна: a".encode() + b"\xffb\n")
        server.wait_for(
            rf"подключился Анна\n{STAMP} Анна: раз\n{STAMP} Анна: два\n{STAMP} Анна: a\ufffdb\n"
        )


@pytest.mark.parametrize("before", ["", "Анна\n", "Анна\nАнна: раз\n"])
@pytest.mark.parametrize("size", [LINE_LIMIT_BYTES + 1, 800_000])
def test_a_line_over_the_limit_ends_that_connection(before: str, size: int) -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as boris:
        with ChatPeer(port) as anna:
            anna.send_too_much(before.encode() + b"x" * size + b"\n")
            with contextlib.suppress(ConnectionResetError):
                assert anna.line() == ""
        boris.send("Борис\nБорис: я здесь\n")
        server.wait_for(rf"{STAMP} Борис: я здесь\n")


def test_a_line_of_4096_bytes_is_shown() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        text = "x" * (LINE_LIMIT_BYTES - len("anna: "))
        anna.send(f"anna\nanna: {text}\n")
        server.wait_for(rf"{STAMP} anna: {text}\n")


def test_clients_that_reset_their_connections_disturb_nobody() -> None:
    server, port = Program.server(LAB)
    with server, ChatPeer(port) as anna:
        for data in (b"", b"half a l", b"login\n", b"login\nlogin: text\n"):
            reset(port, data)
        anna.send("Анна\nАнна: я цела\n")
        server.wait_for(rf"{STAMP} Анна: я цела\n")


# --- the classic client -------------------------------------------------------------------------


def test_a_client_sends_its_login_as_the_first_line_and_before_each_message() -> None:
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(WAIT_S)
        with start_client(listener.getsockname()[1]) as client:
            conn, _peer = listener.accept()
            with conn, conn.makefile("rb") as reader:
                conn.settimeout(WAIT_S)
                client.type(" Анна \nпривет\n")
                client.end_input()
                assert (client.finish(), client.errors) == (0, "")
                assert reader.read().decode() == "Анна\nАнна: привет\n"


def test_a_client_learns_with_its_second_line_that_the_server_has_gone() -> None:
    server, port = Program.server(LAB)
    with start_client(port) as client:
        with server:
            client.type("Анна\n")
            server.wait_for("подключился Анна\n")
            assert server.stop(signal.SIGINT) == 0
        client.wait_for("Сообщение:\n")
        client.type("слышно?\n")
        client.wait_for("Сообщение:\nСообщение:\n")  # the kernel took the line: it comes to nobody
        client.type("слышно?\n")
        assert client.finish() == 1
        assert re.fullmatch(r"Нет связи с сервером .*\n", client.errors)
