"""The lessons of the UDP labs."""

from __future__ import annotations

import re
import socket

from tests.labs.programs import WAIT_S
from tests.soak.journeys.terminal import Terminal
from tests.soak.pasted.lesson import Lesson, leave, lesson_of, stop

CLOCK = r"\d\d:\d\d:\d\d"


def ask(window: Terminal, question: str, answer: str) -> None:
    """Answer what a program asks for."""
    window.wait_for(question)
    window.press(f"{answer}\n")


def watch(lesson: Lesson, place: str, window: Terminal) -> None:
    """Paste the command of a client of a time lab, and wait for its name with a time."""
    named = re.search(r'client "?(\w+)', lesson.commands[place])
    assert named
    lesson.paste(place, window)
    window.wait_for_match(rf"\n{named[1]}, {CLOCK}\n")


@lesson_of("udp/hello")
def hello(lesson: Lesson) -> None:
    server, client, _other = lesson.windows
    lesson.serve("2.1", server)
    lesson.shows("3.1", client, "Response from server: Hello, client\n")
    lesson.shows("3.2", client, "Response from server: Hello, client\n")
    server.wait_for(f"Message from client: {lesson.said('3.2')}\n")
    lesson.paste("4.1", client)
    client.press("Hi\n")
    client.wait_for("Hi\nHello, client")
    server.wait_for("Message from client: Hi\n\n")  # the line end came with it
    stop(client)
    lesson.shows("4.2", client, "b'Hello, client'\n")
    assert "Server stopped\n" in stop(server)
    lesson.shows("3.1", client, "127.0.0.1", "3")
    assert client.status() == 1
    lesson.paste("4.1", client)  # it has called connect: the kernel tells it, and it ends
    client.press("Hi\n")
    assert client.end().endswith("12345\nHi\n")
    lesson.shows("6.1", client, "127.0.0.1")
    lesson.serve("6.2", server, ready=r"0\.0\.0\.0")
    lesson.shows("3.1", client, "Response from server: Hello, client\n")
    stop(server)
    lesson.copy("server.py", "my_server.py", {"65535": "5"})
    lesson.serve("next.1", server)
    lesson.shows("next.2", client, "Response from server: Hello, client\n")
    lesson.shows("next.2", client, "Response from server: Hello, client\n")
    server.wait_for_match(r"\nMessage from client: Hello\nMessage from client: Hello\n$")


@lesson_of("udp/transform")
def transform(lesson: Lesson) -> None:
    server, client, _other = lesson.windows
    lesson.serve("2.1", server)
    lesson.paste("2.2", client)
    ask(client, "сообщение:\n", "Привет")
    assert client.end().endswith("произошло\nПривет\nтевирП\nПРИВЕТ\n6\n")
    server.wait_for("получено 12 байт")
    lesson.paste("3.1", client)
    client.press("one\n")
    client.wait_for("one\none\neno\nONE\n3")
    client.press("two\n")
    client.wait_for("two\nowt\nTWO\n3")
    stop(client)
    lesson.shows("3.2", client, "Hello\nolleH\nHELLO\n5\n")
    shown = server.shown
    assert shown.count("подключился\n") == 3  # nc is one client with its two lines
    lesson.shows("4.1", client)
    assert client.status() == 1
    server.wait_for_match("ответ не отправлен: .*Message too long")
    lesson.paste("2.2", client)
    ask(client, "сообщение:\n", "")
    assert client.end().endswith("произошло\n\n\n\n0\n")
    stop(server)


@lesson_of("udp/time")
def time(lesson: Lesson) -> None:
    server, anna, other = lesson.windows
    lesson.serve("2.1", server)
    for window in (anna, other):
        watch(lesson, "2.2", window)
    leave(anna, "end\n")
    server.wait_for("отключился\n")
    stop(other)
    server.wait_for_match(r"(?s)отключился\n.*отключился\n")
    lesson.paste("3.1", anna)
    anna.press("Anna\n")
    anna.wait_for_match(rf"Anna, {CLOCK}Anna, {CLOCK}")  # run together
    anna.press("end\n")
    server.wait_for_match(r"(?s)(?:отключился\n.*){3}")
    stop(anna)
    assert re.search(rf"\nAnna, {CLOCK}\n$", lesson.shows("3.2", anna))
    stop(server)
    lesson.serve("4.1", server)
    lesson.paste("4.2", anna)
    server.wait_for(f"{lesson.said('4.2')} 127.0.0.1:")
    server.wait_for("молчит и забыт\n")
    stop(server)
    lesson.serve("2.1", server)
    server.wait_for_match(rf"{lesson.said('4.2')} \S+ подключился\n")
    stop(anna)
    stop(server)
    boom(lesson, server)


def boom(lesson: Lesson, server: Terminal) -> None:
    """Do what comes next: a lock that is not released, and who waits for it."""
    lesson.copy("server.py", "my_server.py", WITHOUT_FINALLY)
    lesson.serve("next.1", server)
    with socket.socket(type=socket.SOCK_DGRAM) as sock, socket.socket(type=socket.SOCK_DGRAM) as us:
        sock.settimeout(WAIT_S)
        sock.sendto(b"boom", ("127.0.0.1", 12357))
        assert sock.recv(65535).startswith(b"boom, ")
        server.wait_for("ZeroDivisionError")
        us.settimeout(1)
        us.sendto(b"Anna", ("127.0.0.1", 12357))
        try:
            raise AssertionError(f"the main thread has the lock: {us.recv(65535)!r}")
        except TimeoutError:
            assert "Anna" not in server.shown
    assert "Сервер остановлен\n" in stop(server)


WITHOUT_FINALLY = {
    "        try:\n            for address": "        if True:\n            for address",
    'забыт")\n        finally:\n            lock.release()': 'забыт")\n        lock.release()',
    "                if time.monotonic() < until:": """                if name == "boom":
                    1 / 0
                if time.monotonic() < until:""",
}


@lesson_of("udp/time_with")
def time_with(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    lesson.serve("3.1", server)
    watch(lesson, "3.2", client)
    lesson.paste("4.1", other)
    other.press("Boris\n")
    other.wait_for_match(rf"Boris, {CLOCK}")
    other.press("end\n")
    server.wait_for("отключился\n")
    stop(other)
    assert re.search(rf"\nAnna, {CLOCK}\n$", lesson.shows("4.2", other))
    stop(server)
    lesson.serve("3.1", server)  # at once, and the client comes back by itself
    server.wait_for_match(rf"{lesson.said('3.2')} \S+ подключился\n")
    leave(client, "end\n")
    stop(server)
    lesson.copy("server.py", "my_server.py", WITH_CONTEXT)
    lesson.serve("next.1", server)
    watch(lesson, "next.2", client)
    leave(client)
    assert "Сервер остановлен\n" in stop(server)


WITH_CONTEXT = {
    "def main(": """@contextlib.contextmanager
def sending(sock: socket.socket, interval_s: float) -> Iterator[None]:
    sender = threading.Thread(target=send_times, args=(sock, interval_s), daemon=True)
    sender.start()
    try:
        yield
    finally:
        done.set()
        sender.join()


def main(""",
    "import argparse\n": (
        "import argparse\nimport contextlib\nfrom collections.abc import Iterator\n"
    ),
    "        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:\n": (
        "        kind = socket.SOCK_DGRAM\n"
        "        with socket.socket(type=kind) as sock, sending(sock, args.interval):\n"
    ),
    "            sender = threading.Thread("
    "target=send_times, args=(sock, args.interval), daemon=True)\n"
    "            sender.start()\n": "",
    "            finally:\n                done.set()\n"
    "                sender.join()  # first the sender ends, then its socket is closed\n": (
        "            finally:\n                pass\n"
    ),
}


@lesson_of("udp/socketserver")
def socketserver(lesson: Lesson) -> None:
    server, client, other = lesson.windows
    lesson.serve("3.1", server)
    lesson.paste("3.2", client)
    ask(client, "сообщение:\n", "Hello")
    assert client.end().endswith("Hello\nolleH\nHELLO\n5\n")
    lesson.paste("4.1", client)
    client.press("one\n")
    client.wait_for("one\none\neno\nONE\n3")
    stop(client)
    lesson.shows("4.2", client, "Hello\nolleH\nHELLO\n5\n")
    stop(server)
    lesson.serve("5.1", server)
    lesson.paste("3.2", client)
    ask(client, "сообщение:\n", "one")
    assert client.end().endswith("one\neno\nONE\n3\n")
    server.end()
    lesson.paste("3.2", client)
    ask(client, "сообщение:\n", "two")
    client.end()
    assert client.status() == 1
    sleepy = {
        "    def handle(self) -> None:\n": "    def handle(self) -> None:\n        time.sleep(2)\n"
    }
    lesson.copy(
        "server.py",
        "my_server.py",
        {"import argparse\n": "import argparse\nimport time\n"} | sleepy,
    )
    lesson.serve("next.1", server)
    for window in (client, other):
        lesson.paste("next.2", window)
    server.wait_for_match(r"(?s)(получено .*){2}")  # one after the other, however late
    for window in (client, other):
        window.end()
    stop(server)
