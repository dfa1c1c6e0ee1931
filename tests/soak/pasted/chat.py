"""The lessons of the chats."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.labs.chat_peers import STAMP
from tests.labs.chat_screen import (
    ASK_THE_WINDOW,
    BUTTON,
    LOGIN,
    MESSAGE,
    Window,
    on_screen,
    virtual_screen,
)
from tests.labs.programs import WAIT_S, Program
from tests.soak.pasted.lesson import Lesson, leave, lesson_of, stop, wait_until
from tests.soak.pasted.udp import ask


@lesson_of("chat/threads")
def threads(lesson: Lesson) -> None:
    server, anna, boris = lesson.windows
    lesson.serve("2.1", server)
    for window in (anna, boris):
        lesson.paste("2.2", window)
        window.wait_for("произошло")
    server.wait_for_match(r"(?s)(подключился\n.*){2}")
    anna.press("one\n")
    boris.wait_for_match(r"127\.0\.0\.1:\d+: one\n")
    boris.press("two\n")
    anna.wait_for_match(r"127\.0\.0\.1:\d+: two\n")
    assert anna.shown.count("one\n") == 1  # what was typed: it does not come back
    leave(anna)
    lesson.paste("3.1", anna)
    anna.press("from nc\n")
    boris.wait_for_match(r"127\.0\.0\.1:\d+: from nc\n")
    stop(anna)
    lesson.shows("3.2", anna)
    boris.wait_for_match(r"127\.0\.0\.1:\d+: Hello\n")
    stop(server)
    boris.wait_for("Нажмите Enter\n")
    boris.press("\n")
    boris.end()
    on_the_page, port = Program.server("chat/threads")  # as the page starts it
    with on_the_page:
        boris.type(f"nc 127.0.0.1 {port}")
        on_the_page.wait_for("подключился\n")
        lesson.shows("4.1", anna, page_port=port)
        one, two = lesson.said("4.1", "'").split("\\n")[:2]
        boris.wait_for_match(rf"127\.0\.0\.1:\d+: {one}\n127\.0\.0\.1:\d+: {two}\n")
    stop(boris)


@lesson_of("chat/numbered")
def numbered(lesson: Lesson) -> None:
    server, first, second = lesson.windows
    lesson.serve("3.1", server)
    lesson.paste("3.2", first)
    first.wait_for("Вы — клиент 1\n")
    lesson.paste("3.2", second)
    second.wait_for("Вы — клиент 2\n")
    first.wait_for_match(r"(?m)^.*[Кк]лиент 2.*$")
    second.press("hello\n")
    first.wait_for("Клиент 2: hello\n")
    leave(second)
    left = re.compile(r"(?m)^.*2 вышел.*$|^.*лиент 2.*(?:вышел|отключился).*$")
    first.wait_for_match(left.pattern)
    lesson.paste("4.1", second)
    second.wait_for("Вы — клиент 3\n")
    stop(second)
    first.wait_for_match(left.pattern.replace("2", "3"))
    lesson.shows("5.1", second)
    first.wait_for_match(left.pattern.replace("2", "4"))
    first.press("still here\n")
    leave(first)
    stop(server)


@lesson_of("chat/log")
def log(lesson: Lesson) -> None:
    server, first, second = lesson.windows
    lesson.serve("2.1", server)
    lesson.paste("2.2", first)
    ask(first, "Сообщение:\n", "one")
    server.wait_for_match(rf"{STAMP} \(\S+\): one\n")
    lesson.paste("2.2", second)
    ask(second, "Сообщение:\n", "waits")
    second.wait_for("Отправлено байт: 6\n")  # the kernel has it
    first.press("two\n")
    server.wait_for(": two\n")
    assert "waits" not in server.shown
    leave(second, "end\n")
    lesson.paste("3.1", second)
    wait_until(lambda: silent() == 2, "two connections wait whose clients have sent all")
    stop(second)
    shown = lesson.shows("4.1", second, "LISTEN")
    assert re.search(r"LISTEN +2 +\d+ +127\.0\.0\.1:50008", shown)  # both, though they have left
    leave(first, "end\n")
    server.wait_for(": waits\n")
    server.wait_for(f": {lesson.said('3.1', chr(39))}\n")
    lesson.paste("2.2", first)
    first.wait_for("Сообщение:\n")
    stop(server)
    first.press("lost\n")
    first.wait_for("Отправлено байт: 5\n")
    first.press("noticed\n")
    assert "Нет связи с сервером" in first.end()


def silent() -> int:
    """Return how many connections hold all that their clients had to send, and FIN after it."""
    command = ["ss", "-Htn", "state", "close-wait", "sport = :50008"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=WAIT_S)
    return len(shown.stdout.splitlines())


@lesson_of("chat/login")
def login(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    lesson.serve("3.1", server)
    lesson.paste("3.2", client)
    ask(client, "Логин:\n", "Anna")
    ask(client, "Сообщение:\n", "hello")
    server.wait_for_match(rf"подключился Anna\n{STAMP} Anna: hello\n")
    lesson.paste("4.1", other)
    other.press("Anna\nplain\n")  # the login of somebody who is there: nothing proves it
    server.wait_for_match(rf"подключился Anna\n{STAMP} Anna: plain\n")
    stop(other)
    lesson.shows("5.1", other)
    name, text = lesson.said("5.1", "'").removesuffix("\\n").split("\\n")
    server.wait_for_match(rf"подключился {name}\n{STAMP} {name}: {text}\n")
    leave(client, "end\n")
    stop(server)


@lesson_of("chat/window")
def window(lesson: Lesson) -> None:
    server, first, second = lesson.windows
    with virtual_screen() as screen:
        for each in (first, second):
            each.run(f"export DISPLAY={screen}")
        lesson.serve("2.1", server)
        lesson.paste("2.2", first)
        with opened(screen) as shown:
            write(shown, "anna", "hello")
            server.wait_for_match(rf"подключился anna\n{STAMP} anna: hello\n")
            shown.wait_for_status(r"^Отправлено с адреса 127\.0\.0\.1:\d+$")
            stop(server)
            shown.wait_for_status("Нет связи")
            write(shown, "", "lost")
            shown.wait_for(f"{MESSAGE} get", "^lost$")
            lesson.serve("2.1", server)
            shown.click(BUTTON)
            server.wait_for_match(rf"подключился anna\n{STAMP} anna: lost\n")
            shown.wait_for_status("Отправлено")
            write(shown, "bo", "changed")
            server.wait_for_match(rf"подключился annabo\n{STAMP} annabo: changed\n")
            lesson.paste("2.2", second)  # last: without a window manager it covers the first
            wait_until(lambda: windows(screen) >= 2, "two windows are open")
        for each in (first, second, server):
            stop(each)
        lesson.paste("5.1", server)
        lesson.paste("5.2", first)
        with opened(screen) as shown:
            write(shown, "anna", "hello")
            server.wait_for("anna\nanna: hello\n")
            stop(server)
            shown.wait_for_status("Нет связи")
        stop(first)


def write(shown: Window, login: str, message: str) -> None:
    """Type into the fields of a window, and press its button."""
    if login:
        shown.type(LOGIN, login)
    shown.type(MESSAGE, message)
    shown.click(BUTTON)


@contextmanager
def opened(screen: str) -> Iterator[Window]:
    """Wait for the only window on a screen."""
    on_screen(screen, "xdotool", "search", "--sync", "--onlyvisible", "--name", ".")
    with Program(sys.executable, "-c", ASK_THE_WINDOW, env={"DISPLAY": screen}) as asks:
        yield Window(asks, asks, screen)


def windows(screen: str) -> int:
    """Return how many windows are open, once there is one."""
    search = ("xdotool", "search", "--onlyvisible", "--sync", "--name", ".")
    return len(on_screen(screen, *search).split())
