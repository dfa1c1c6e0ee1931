"""chat/window: a real window on a virtual screen, driven by mouse and keys, seen by chat/login.

The keys and clicks come from xdotool. What the window shows is asked of Tk itself, from a second
process on the same screen (Tk's `send` command).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec

import pytest

from tests.labs.chat_peers import HOST, STAMP
from tests.labs.contract_peers import reset
from tests.labs.programs import WAIT_S, Program
from tests.ports import unused_port

pytestmark = [
    pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")
    for tool in ("Xvfb", "xdotool")
]
pytestmark.append(
    pytest.mark.skipif(find_spec("_tkinter") is None, reason="this Python was built without Tk")
)

LOGIN, MESSAGE = ".!entry", ".!entry2"  # the widgets, by the names that Tk gave them
BUTTON, STATUS = ".!button", ".!label"

# Reads Tcl scripts from standard input, has the window run each, prints the result as one line.
ASK_THE_WINDOW = """
import sys, tkinter
root = tkinter.Tk()
root.withdraw()
own = root.tk.call("tk", "appname")
(window,) = [name for name in root.winfo_interps() if name != own]
for number, script in enumerate(sys.stdin):
    try:
        print(number, ascii(root.send(window, script)), flush=True)
    except tkinter.TclError as error:
        print(number, ascii(f"TclError: {error}"), flush=True)
"""

# Sends what a window manager sends when a person closes the window (ICCCM 4.2.8.1): there is no
# window manager on this screen, and xdotool cannot do it.
CLOSE_THE_WINDOW = """
import ctypes, sys

class Message(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("kind", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24),
    ]

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XInternAtom.restype = ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))
window = ctypes.c_ulong(int(sys.argv[1]))
protocols, delete = (
    x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
)
message = Message(type=33, window=window, kind=protocols, format=32)
message.data[0] = delete
x11.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(message))
x11.XCloseDisplay(display)
"""


@pytest.fixture
def screen() -> Iterator[str]:
    """Start a virtual screen of our own; Xvfb itself picks a free number and tells it."""
    reads, writes = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writes],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    try:
        with os.fdopen(reads) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        xvfb.terminate()
        xvfb.wait(WAIT_S)


def on_screen(display: str, *command: str) -> str:
    """Run a command with a display, return what it prints."""
    return subprocess.run(
        command,
        env={**os.environ, "DISPLAY": display},
        check=True,
        timeout=WAIT_S,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


class Window:
    """The window of the classic client: what a person sees of it and does with it."""

    def __init__(self, client: Program, asks: Program, display: str) -> None:
        self.client = client
        self._asks = asks
        self._display = display
        self._questions = 0

    def ask(self, script: str) -> str:
        """Have the window run one line of Tcl; fail when it does not answer, that is, froze."""
        self._asks.type(f"{script}\n")
        answer = self._asks.wait_for(rf"(?m)^{self._questions} '(.*)'$")[1]
        self._questions += 1
        return answer.encode().decode("unicode_escape")

    def text_of(self, entry: str) -> str:
        return self.ask(f"{entry} get")

    def wait_for(self, script: str, pattern: str) -> str:
        """Ask again and again until the answer matches; return it."""
        deadline = time.monotonic() + WAIT_S
        while not re.search(pattern, answer := self.ask(script)):
            assert time.monotonic() < deadline, f"{script}: expected {pattern!r}, got {answer!r}"
        return answer

    def wait_for_status(self, pattern: str) -> str:
        return self.wait_for(f"{STATUS} cget -text", pattern)

    def do(self, *command: str) -> None:
        on_screen(self._display, "xdotool", *command)

    def close(self) -> None:
        window = on_screen(self._display, "xdotool", "search", "--onlyvisible", "--name", ".")
        on_screen(self._display, sys.executable, "-c", CLOSE_THE_WINDOW, window.strip())

    def click(self, widget: str) -> None:
        x, y = (int(self.ask(f"winfo root{axis} {widget}")) + 8 for axis in "xy")
        self.do("mousemove", str(x), str(y), "click", "1")

    def type(self, entry: str, text: str) -> None:
        """Click into an entry and type; wait until the entry has it."""
        self.click(entry)
        self.press("End")
        self.do("type", "--delay", "5", text)
        self.wait_for(f"{entry} get", re.escape(text) + "$")

    def press(self, key: str) -> None:
        self.do("key", key)


@contextmanager
def opened(screen: str, port: int) -> Iterator[Window]:
    env = {"DISPLAY": screen}
    with Program.lab("chat/window", "client", "--port", str(port), env=env) as client:
        on_screen(screen, "xdotool", "search", "--sync", "--onlyvisible", "--name", ".")
        with Program(sys.executable, "-c", ASK_THE_WINDOW, env=env) as asks:
            yield Window(client, asks, screen)


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
        local = window.wait_for_status(r"^Отправлено с адреса 127\.0\.0\.1:\d+$").split()[-1]
        assert f"Подключен клиент: {local}\n" in server.output
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
        server.wait_for("отключился anna\n")


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


def test_the_server_s_last_words_are_shown(screen: str) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        window.type(LOGIN, "anna")
        window.ask(f"{MESSAGE} insert 0 [string repeat x 5000]")
        window.press("Return")
        window.wait_for_status("Ошибка: строка длиннее 4096 байт$")
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
        server.wait_for("отключился anna\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("connected", [False, True])
def test_a_signal_ends_the_window_with_one_line(
    screen: str, number: signal.Signals, connected: bool
) -> None:
    server, port = Program.server("chat/login")
    with server, opened(screen, port) as window:
        if connected:
            window.type(LOGIN, "anna")
            window.type(MESSAGE, "hello")
            window.press("Return")
            server.wait_for("anna: hello\n")
        window.client.send_signal(number)
        status = window.client.finish()
        assert (status, window.client.errors) == (0, "")
        assert window.client.output == "Клиент остановлен\n"


def test_without_a_screen_one_line_says_so() -> None:
    with Program.lab("chat/window", "client", env={"DISPLAY": ""}) as client:
        assert client.finish() == 1
        assert re.fullmatch(r"Окно открыть нельзя: .+\n", client.errors)
