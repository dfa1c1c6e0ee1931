"""An hour of studying, chat/threads: each step of its task, and all that it says one sees."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench
from tests.browser.test_labs_chat import Chatter
from tests.soak.journeys.task import Task
from tests.soak.journeys.terminal import CTRL_C, CTRL_D, Terminal

pytestmark = pytest.mark.soak

SERVER, CLIENT, NC, PIECE = range(4)


def start_with(bench: Bench, count: int) -> list[Chatter]:
    """Start the server and bring so many clients of the page into the chat."""
    bench.start()
    chatters = [Chatter(bench.client())]
    chatters[0].expect_joined()
    for _ in range(count - 1):
        chatters.append(Chatter(bench.add_client()))
        chatters[-1].expect_joined()
    return chatters


def test_three_clients_and_where_each_thread_waits(open_bench: OpenBench) -> None:
    bench = open_bench("chat/threads")
    task = Task(bench.page)
    assert task.count() == 4
    chatters = start_with(bench, 3)
    words = ("первый", "второй", "третий")
    for number, (chatter, text) in enumerate(zip(chatters, words, strict=True)):
        chatter.client.send(text)
        for other in chatters[:number] + chatters[number + 1 :]:
            other.expect_heard(chatter.client.address, text)
        bench.expect_printed(f"{chatter.client.address}: {text}")
    # Nobody receives what they said themselves; all see the same order.
    for chatter, own in zip(chatters, words, strict=True):
        heard = chatter.others.locator(".chat__text").all_inner_texts()
        assert heard == [text for text in words if text != own]
    assert len({chatter.client.address for chatter in chatters}) == 3
    # The main thread waits in accept, and a thread for each client in recv, below its readline.
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    lit = bench.page.locator("[data-file='server.py'] .code-line.is-lit")
    expect(lit).to_have_count(2)
    expect(lit.filter(has_text="listener.accept()")).to_contain_text("MainThread ждёт здесь")
    expect(lit.filter(has_text="reader.readline(")).to_contain_text("3 потока ждут здесь")
    # Whoever is silent is in nobody's way.
    chatters[0].client.send("ещё раз")
    chatters[1].expect_heard(chatters[0].client.address, "ещё раз")


def test_page_and_terminals_in_one_chat(
    open_bench: OpenBench, first: Terminal, second: Terminal
) -> None:
    bench = open_bench("chat/threads")
    task = Task(bench.page)
    (chatter,) = start_with(bench, 1)
    first.type(task.copy(CLIENT))
    address = first.wait_for_match(r"мой адрес (127\.0\.0\.1:\d+)\n")[1]
    bench.expect_printed(f"Клиент {address} подключился")
    second.type(task.copy(NC))
    expect(bench.panel).to_contain_text("3 клиента")
    first.press("из терминала\n")
    chatter.expect_heard(address, "из терминала")
    second.wait_for(f"{address}: из терминала\n")
    second.press("из nc\n")
    nc = first.wait_for_match(r"(127\.0\.0\.1:\d+): из nc\n")[1]
    chatter.expect_heard(nc, "из nc")
    chatter.client.send("со страницы")
    for window in (first, second):
        window.wait_for(f"{chatter.client.address}: со страницы\n")
    second.press(CTRL_C)
    second.end()
    bench.expect_printed(f"Клиент {nc} отключился")

    # Two lines in one piece: one send, two messages, in the diagram, too.
    second.run(task.copy(PIECE))
    piece = first.wait_for_match(r"(127\.0\.0\.1:\d+): раз\n\1: два\n")[1]
    chatter.expect_heard(piece, "раз")
    chatter.expect_heard(piece, "два")
    bench.page.get_by_text("Текст", exact=True).click()
    diagram = bench.page.locator("sequence-diagram")
    arrows = diagram.locator("g.item", has_text=re.compile("раз.*два"))
    expect(arrows.first).to_be_visible()
    expect(diagram.locator("g.item", has_text=re.compile(rf"^{piece}: раз$"))).to_have_count(0)

    # Ctrl+D ends a client; the others hear nothing of it, the server does.
    first.press(CTRL_D)
    first.wait_for("Клиент остановлен")
    first.end()
    bench.expect_printed(f"Клиент {address} отключился")

    # The server stops while a client waits for input: it learns of it at once.
    second.type(task.copy(CLIENT))
    second.wait_for("мой адрес")
    bench.stop()
    second.wait_for("Сервер закрыл соединение")
    second.end()
    expect(chatter.notices.last).to_have_text("Вы вышли из чата.")


def test_the_server_in_a_terminal(
    open_bench: OpenBench, first: Terminal, second: Terminal, third: Terminal
) -> None:
    bench = open_bench("chat/threads")
    task = Task(bench.page)
    first.type(task.copy(SERVER))
    first.wait_for("Сервер слушает 127.0.0.1:12361")
    second.type(task.copy(CLIENT))
    address = second.wait_for_match(r"мой адрес (127\.0\.0\.1:\d+)\n")[1]
    third.type(task.copy(NC))
    first.wait_for_match("(?s)подключился.*подключился")
    second.press("есть кто?\n")
    third.wait_for(f"{address}: есть кто?\n")
    third.press("есть\n")
    second.wait_for(": есть\n")
    third.press(CTRL_C)
    third.end()
    third.run(task.copy(PIECE))
    second.wait_for_match(r"(\S+): раз\n\1: два\n")
    first.press(CTRL_C)
    first.wait_for("Сервер остановлен")
    second.wait_for("Сервер закрыл соединение")
    second.end()
    assert second.status() == 1
