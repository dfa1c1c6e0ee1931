"""chat/window: a real window on a virtual screen, driven by mouse and keys, seen by chat/login.

The keys and clicks come from xdotool. What the window shows is asked of Tk itself, from a second
process on the same screen (Tk's `send` command).
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.labs.chat_peers import HOST, STAMP
from tests.labs.chat_screen import BUTTON, LOGIN, MESSAGE, needs_screen, opened, virtual_screen
from tests.labs.contract_peers import reset
from tests.labs.programs import Program
from tests.ports import unused_port

pytestmark = needs_screen


@pytest.fixture
def screen() -> Iterator[str]:
    with virtual_screen() as display:
        yield display


def start_server(port: int) -> Program:
    server = Program.lab("chat/login", "server", "--port", str(port))
    server.wait_for(rf"127\.0\.0\.1:{port}\n")
    return server


def test_login_and_messages_reach_the_server_by_button_and_by_enter(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        assert window.ask("wm title .") == "Чат"
        assert window.ask(f"{BUTTON} cget -text") == "Отправить"
        assert f"127.0.0.1:{port}" in window.wait_for_status("нет соединения")
        window.type(LOGIN, "anna")
        window.type(MESSAGE, "hello there")
        window.click(BUTTON)
        server.wait_for(rf"подключился anna\n{STAMP} anna: hello there\n")
        window.wait_for_status(r"^Отправлено с адреса 127\.0\.0\.1:\d+$")
        assert window.text_of(MESSAGE) == ""
        window.type(MESSAGE, "once more")
        window.press("Return")
        server.wait_for(rf"{STAMP} anna: once more\n")
        assert server.output.count("подключился") == 1  # both went over one connection


def test_nothing_is_sent_without_a_login_or_without_a_message(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        window.click(BUTTON)
        window.type(MESSAGE, "hello")
        window.press("Return")
        window.type(LOGIN, "anna")
        window.press("Return")
        server.wait_for(rf"{STAMP} anna: hello\n")
        window.wait_for_status("Отправлено")
        window.press("Return")
        window.type(MESSAGE, "bye")
        window.press("Return")
        server.wait_for(rf"{STAMP} anna: bye\n")
        assert len(re.findall(STAMP, server.output)) == 2


def test_russian_text_and_pasted_line_ends_arrive_as_one_line(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        window.ask(f"{LOGIN} insert 0 {{Анна}}")
        window.ask(f'{MESSAGE} insert 0 "как дела?\\nхорошо"')
        window.click(BUTTON)
        server.wait_for(rf"подключился Анна\n{STAMP} Анна: как дела\? хорошо\n")


def test_another_login_is_another_connection(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        window.type(LOGIN, "anna")
        window.type(MESSAGE, "one")
        window.press("Return")
        server.wait_for("anna: one\n")
        window.wait_for_status("Отправлено")
        window.type(LOGIN, "2")
        window.type(MESSAGE, "two")
        window.press("Return")
        server.wait_for("подключился anna2\n")
        server.wait_for(rf"{STAMP} anna2: two\n")
        assert server.output.count("подключился") == 2


def test_a_server_that_is_not_there_is_said_and_the_message_waits_for_another_try(
    screen: str,
) -> None:
    port = unused_port()
    with opened(screen, port) as window:
        window.type(LOGIN, "anna")
        window.type(MESSAGE, "hello")
        window.press("Return")
        window.wait_for_status(rf"^Нет связи с сервером 127\.0\.0\.1:{port}: .*refused")
        assert window.text_of(MESSAGE) == "hello"
        with start_server(port) as server:
            window.click(BUTTON)
            server.wait_for(rf"подключился anna\n{STAMP} anna: hello\n")
            window.wait_for_status("Отправлено")


def test_a_server_that_goes_away_is_said_and_the_window_connects_again(screen: str) -> None:
    server, port = Program.server("chat/login")
    with opened(screen, port) as window:
        with server:
            window.type(LOGIN, "anna")
            window.type(MESSAGE, "one")
            window.press("Return")
            server.wait_for("anna: one\n")
            window.wait_for_status("Отправлено")
            assert server.stop() == 0
        window.wait_for_status("Нет связи с сервером .*: сервер ушёл")  # though nothing was sent
        assert window.text_of(MESSAGE) == ""  # what was sent does not come back
        with start_server(port) as again:
            window.type(MESSAGE, "two")
            window.press("Return")
            again.wait_for(rf"подключился anna\n{STAMP} anna: two\n")


def test_a_line_that_is_too_long_ends_the_connection_and_the_window_says_so(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        window.type(LOGIN, "anna")
        window.ask(f"{MESSAGE} insert 0 [string repeat x 5000]")
        window.press("Return")
        window.wait_for_status("Нет связи с сервером ")
        reset(port)  # another client's end is not ours
        window.type(MESSAGE, "short")
        window.press("Return")
        server.wait_for(rf"{STAMP} anna: short\n")


def test_the_window_does_not_freeze_while_it_connects(screen: str) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        port = listener.getsockname()[1]
        stack.enter_context(socket.create_connection((HOST, port)))  # the backlog is full with it:
        window = stack.enter_context(opened(screen, port))  # the window's SYN will be dropped
        window.type(LOGIN, "anna")
        window.type(MESSAGE, "hello")
        window.press("Return")
        window.wait_for(f"{BUTTON} state", "disabled")
        window.type(MESSAGE, " there")  # typed and shown while the other thread waits
        assert "disabled" in window.ask(f"{BUTTON} state")
        window.wait_for_status(r"Нет связи с сервером .*: timed out$")
        assert window.text_of(MESSAGE) == "hello there"
        assert "disabled" not in window.ask(f"{BUTTON} state")


def test_a_closed_window_ends_the_program_with_status_0_and_leaves_the_server(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        window.type(LOGIN, "anna")
        window.type(MESSAGE, "hello")
        window.press("Return")
        server.wait_for("anna: hello\n")
        window.close()
        assert (window.client.finish(), window.client.errors) == (0, "")
        assert (server.stop(), server.errors) == (0, "")


@pytest.mark.parametrize("connected", [False, True])
def test_a_signal_ends_the_window_with_one_line(screen: str, connected: bool) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        if connected:
            window.type(LOGIN, "anna")
            window.type(MESSAGE, "hello")
            window.press("Return")
            server.wait_for("anna: hello\n")
        window.client.send_signal()
        status = window.client.finish()
        assert (status, window.client.errors) == (0, "")
        assert window.client.output == "Клиент остановлен\n"


def test_without_a_screen_one_line_says_so() -> None:
    with Program.lab("chat/window", "client", env={"DISPLAY": ""}) as client:
        assert client.finish() == 1
        assert re.fullmatch(r"Окно открыть нельзя: .+\n", client.errors)
