"""An hour of studying, tcp/echo: each step of its task, and all that it says one sees."""

from __future__ import annotations

import re
import time
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench
from tests.labs.programs import ROOT, WAIT_S
from tests.soak.journeys.task import Task
from tests.soak.journeys.terminal import CTRL_C, CTRL_D, Terminal

pytestmark = pytest.mark.soak

SERVER, CLIENT, GREETS, LONG, NC, ONE_LINE = range(6)
SIZE = 100_000
LISTENS = "Сервер слушает 127.0.0.1:50007"
GONE = "Нет связи с сервером 127.0.0.1:50007: [Errno 111]"

# Whether the port can be bound without SO_REUSEADDR: no connection is in TIME_WAIT on it.
BIND = "python3 -c 'import socket; socket.socket().bind((\"\", 50007))'"


def event(bench: Bench, text: str) -> Locator:
    """Return the events of the list that say this."""
    return bench.events.locator(".event", has_text=text)


def test_two_clients_of_the_page(open_bench: OpenBench) -> None:
    """Step 1."""
    bench = open_bench("tcp/echo")
    assert Task(bench.page).count() == 6
    bench.start()
    first = bench.client()
    expect(first.card).to_contain_text("не подключён")
    first.ask("Hello, world", "Hello, world")
    first.ask("ж", "ж")
    expect(first.card.locator(".log__entry--sent").last).to_contain_text("2 байта")
    address = first.address  # it has stayed connected
    second = bench.add_client()
    second.send("и я")
    expect(second.card).to_have_attribute("data-state", "open")
    expect(second.sent).to_have_text("и я")
    waiting = second.address
    assert waiting != address
    # It waits in the queue of listen; the server's only thread waits for the first one's bytes.
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    lit = bench.page.locator("[data-file='server.py'] .code-line.is-lit")
    expect(lit).to_contain_text("conn.recv(1024)")
    expect(lit).to_contain_text("MainThread ждёт здесь")
    expect(bench.lines).not_to_contain_text(waiting)
    expect(second.received).to_have_count(0)
    first.press("Закрыть")
    expect(second.received).to_have_text("и я")
    bench.expect_printed(f"Клиент {address} отключился")
    bench.expect_printed(f"Подключен клиент: {waiting}")
    bench.stop()
    expect(second.notes.filter(has_text="← FIN")).to_be_visible()


def test_the_server_in_a_terminal(open_bench: OpenBench, first: Terminal, second: Terminal) -> None:
    """Steps 2 to 5, after the server of the page was stopped."""
    bench = open_bench("tcp/echo")
    task = Task(bench.page)
    bench.start()
    bench.client().ask("Hello, world", "Hello, world")
    bench.stop()
    first.type(task.copy(SERVER))
    first.wait_for(LISTENS)
    assert second.run(task.copy(CLIENT)).endswith("Сообщение сервера: Hello, world\n")
    assert second.run(task.copy(GREETS)).endswith("Сообщение сервера: Привет, мир\n")
    served = re.findall(r"Подключен клиент: 127\.0\.0\.1:(\d+)", first.shown)
    assert len(set(served)) == 2  # a new client with each start: the same host, another port

    # One sendall(), many recv(): other borders, the same number of bytes.
    shown = second.run(task.copy(LONG))
    received = [int(size) for size in re.findall(r"recv: (\d+) байт", shown)]
    assert sum(received) == SIZE
    assert len(received) > 1
    assert f"вместе {SIZE} из {SIZE}\n" in shown
    assert "Сообщение сервера" not in shown

    # Lines of nc come back with their line ends; Ctrl+D ends the input, and with it nc.
    second.type(task.copy(NC))
    for text in ("раз", "два"):
        second.press(f"{text}\n")
        second.wait_for_match(rf"{text}\n{text}\n")
    second.press(CTRL_D)
    second.end()
    assert second.run(task.copy(ONE_LINE)).endswith("b'Hello'\n")
    first.wait_for_match(r"(?s)сообщение: раз\n.*сообщение: два\n.*сообщение: Hello\n.*отключился")

    first.press(CTRL_C)
    first.wait_for("Сервер остановлен")
    first.end()
    assert GONE in second.run(task.copy(CLIENT))
    assert second.status() == 1


def test_terminals_talk_to_the_server_of_the_page(open_bench: OpenBench, first: Terminal) -> None:
    """The same commands, while the page shows what they do."""
    bench = open_bench("tcp/echo")
    task = Task(bench.page)
    bench.start()
    card = bench.client()  # takes nobody's place until it sends
    for number in (CLIENT, GREETS):
        assert "Сообщение сервера: " in first.run(task.copy(number))
    bench.expect_printed("Получено сообщение: Привет, мир")
    first.run(task.copy(LONG))
    expect(event(bench, "1024").first).to_be_attached()
    first.type(task.copy(NC))
    first.press("раз\n")
    first.wait_for_match(r"раз\nраз\n")
    # A client on the page is a client like any other: now it is the one that waits,
    card.send("теперь я")
    expect(card.card).to_have_attribute("data-state", "open")
    expect(bench.panel).to_contain_text("2 клиента")
    expect(card.received).to_have_count(0)
    first.press(CTRL_D)
    first.end()
    expect(card.received).to_have_text("теперь я")
    # and then the one for which a client in a terminal waits.
    first.type(task.copy(CLIENT))
    wait_for_connections(50007, 2)
    assert "Сообщение сервера" not in first.shown
    card.press("Закрыть")
    assert first.end().endswith("Сообщение сервера: Hello, world\n")
    bench.stop()
    assert GONE in first.run(task.copy(CLIENT))
    card.press("Подключиться снова")
    expect(card.failure).to_contain_text("В соединении отказано")


def test_a_traced_client_shows_one_send_and_many_receipts(open_bench: OpenBench) -> None:
    """Run the client in the page's console, where its calls are seen, too."""
    bench = open_bench("tcp/echo")
    bench.start()
    bench.run_client("a" * 900)
    bench.expect_printed("вместе 900 из 900")
    bench.expect_printed("Сообщение сервера: aaa")
    for text in ("sendall(", "recv("):
        expect(event(bench, text).first).to_be_attached()


def test_the_first_version_and_two_nc(
    open_bench: OpenBench, first: Terminal, second: Terminal, third: Terminal
) -> None:
    """Question 4: both connect to a server that listens with 1, which serves one, and ends."""
    task = Task(open_bench("tcp/echo").page)
    first.type(task.copy(SERVER))
    first.wait_for(LISTENS)  # the command has led into the folder
    first.press(CTRL_C)
    first.end()
    for _ in range(2):  # "try again a minute later"
        first.run(f"for i in {{1..40}}; do {BIND} 2>/dev/null && break; sleep 1; done")
    first.type("python3 labs/tcp/echo/first_server.py")
    for window in (second, third):
        window.type(f"until {task.copy(NC)} 2>/dev/null; do sleep 0.1; done")
    second.press("второй\n")
    third.press("третий\n")
    first.wait_for("Подключен клиент: 127.0.0.1:")
    first.wait_for_match("Получено сообщение: (второй|третий)")
    served = second if "второй" in first.shown else third
    served.wait_for_match(r"(второй|третий)\n\1\n")
    served.press(CTRL_D)
    first.end()


def test_what_comes_next(open_bench: OpenBench, first: Terminal) -> None:
    """One recv(1024) shows a short message, and of a long one a part."""
    bench = open_bench("tcp/echo")
    task = Task(bench.page)
    bench.start()
    mine = ROOT / "labs" / "tcp" / "echo" / "my_client.py"
    assert not mine.exists(), "a my_client.py stands in the way"
    try:
        first.run(task.copy(CLIENT))  # leads into the folder
        first.run("cd labs/tcp/echo && cp client.py my_client.py")
        change_line(mine, "while len(data) < len(message):", "if True:")
        assert "Сообщение сервера: коротко\n" in first.run("python3 my_client.py коротко")
        long = first.run("python3 my_client.py $(python3 -c 'print(\"b\" * 5000)')")
        found = re.search(r"Сообщение сервера: (b+)", long)
        assert found
        assert len(found[1]) <= 1024
    finally:
        mine.unlink(missing_ok=True)


def wait_for_connections(port: int, count: int) -> None:
    """Wait until so many connections to a port of this machine are there, accepted or not."""
    deadline = time.monotonic() + WAIT_S
    while True:
        found = [
            each
            for each in psutil.net_connections("tcp4")
            if each.status == psutil.CONN_ESTABLISHED and each.laddr and each.laddr.port == port
        ]
        if len(found) == count:
            return
        assert time.monotonic() < deadline, f"expected {count} connections, got {found}"
        time.sleep(0.1)


def change_line(path: Path, line: str, changed: str) -> None:
    """Replace a line of a file, which has it once."""
    text = path.read_text()
    assert text.count(line) == 1
    path.write_text(text.replace(line, changed))
