"""An hour of studying, tcp/echo: each step of its task, and all that it says one sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench
from tests.labs.programs import ROOT
from tests.soak.journeys.task import Task
from tests.soak.journeys.terminal import CTRL_C, CTRL_D, Terminal

pytestmark = pytest.mark.soak

SERVER, CLIENT, GREETS, LONG, NC = range(5)
SIZE = 100_000


def event(bench: Bench, text: str) -> Locator:
    """Return the events of the list that say this."""
    return bench.events.locator(".event", has_text=text)


def test_the_server_on_the_page(open_bench: OpenBench, first: Terminal, second: Terminal) -> None:
    bench = open_bench("tcp/echo")
    task = Task(bench.page)
    assert task.count() == 5
    bench.start()
    client = bench.client()
    client.ask("Hello, world", "Hello, world")
    client.ask("ж", "ж")
    expect(client.card.locator(".log__entry--sent").last).to_contain_text("2 байта")

    # The client's address is new each time; both the client and the server print it.
    addresses = set()
    for number in (CLIENT, GREETS):
        shown = first.run(task.copy(number))
        found = re.search(r"наш адрес (\S+)", shown)
        assert found, shown
        addresses.add(found[1])
        bench.expect_printed(f"Подключен клиент: {found[1]}")
    assert len(addresses) == 2
    assert "Сообщение сервера: Привет, мир\n" in shown

    # One sendall(), many recv(): other borders, the same number of bytes, the answer after FIN.
    shown = first.run(task.copy(LONG))
    assert f"вместе {SIZE} из {SIZE}\n" in shown
    found = re.search(r"наш адрес (\S+)", shown)
    assert found
    address = found[1]
    bench.expect_printed(f"Клиент {address} закончил: вернули байт: {SIZE}")
    pieces = event(bench, f"recv(127.0.0.1:50007 → {address})")
    expect(pieces.first).to_be_attached()
    # Lines of nc come back with their line ends; the page's own client is not disturbed meanwhile.
    second.type(task.copy(NC))
    second.press("раз\n")
    second.wait_for_match(r"раз\nраз\n")
    client.ask("ещё здесь", "ещё здесь")
    second.press("два\n")
    second.wait_for_match(r"два\nдва\n")
    expect(bench.panel).to_contain_text("2 клиента")
    second.press(CTRL_D)
    second.end()
    bench.expect_printed("закончил: вернули байт: 14")
    expect(bench.panel).to_contain_text("1 клиент")

    # No server: the client knows at once.
    bench.stop()
    expect(client.notes.filter(has_text="← FIN")).to_be_visible()
    refused = first.run(task.copy(CLIENT))
    assert "Нет связи с сервером 127.0.0.1:50007: [Errno 111]" in refused
    client.press("Подключиться снова")
    expect(client.failure).to_contain_text("В соединении отказано")


def test_a_traced_client_shows_one_send_and_many_receipts(
    open_bench: OpenBench, first: Terminal
) -> None:
    """Run the client in the page's console, where its calls are seen, too."""
    bench = open_bench("tcp/echo")
    bench.start()
    bench.run_client("a" * 900)
    bench.expect_printed("вместе 900 из 900")
    bench.expect_printed("Сообщение сервера: aaa")
    for text in ("sendall(", "shutdown(", "recv("):
        expect(event(bench, text).first).to_be_attached()


def test_the_server_in_a_terminal(open_bench: OpenBench, first: Terminal, second: Terminal) -> None:
    task = Task(open_bench("tcp/echo").page)
    first.type(task.copy(SERVER))
    first.wait_for("Сервер слушает 127.0.0.1:50007")
    assert second.run(task.copy(CLIENT)).endswith("Сообщение сервера: Hello, world\n")
    assert second.run(task.copy(GREETS)).endswith("Сообщение сервера: Привет, мир\n")
    shown = second.run(task.copy(LONG))
    received = [int(size) for size in re.findall(r"recv: (\d+) байт", shown)]
    assert sum(received) == SIZE
    first.wait_for(f"вернули байт: {SIZE}")
    second.type(task.copy(NC))
    second.press("строка\n")
    second.wait_for_match(r"строка\nстрока\n")
    second.press(CTRL_D)
    second.end()
    first.wait_for("вернули байт: 13")
    first.press(CTRL_C)
    first.wait_for("Сервер остановлен")
    first.end()
    assert "Нет связи с сервером" in second.run(task.copy(CLIENT))
    assert second.status() == 1


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
        one = "data = sock.recv(1024)"
        change_line(mine, "data = read_exactly(sock, len(message))", one)
        assert "Сообщение сервера: коротко\n" in first.run("python3 my_client.py коротко")
        long = first.run("python3 my_client.py $(python3 -c 'print(\"b\" * 5000)')")
        found = re.search(r"Сообщение сервера: (b+)", long)
        assert found
        assert len(found[1]) <= 1024
    finally:
        mine.unlink(missing_ok=True)


def change_line(path: Path, line: str, changed: str) -> None:
    """Replace a line of a file, which has it once."""
    text = path.read_text()
    assert text.count(line) == 1
    path.write_text(text.replace(line, changed))
