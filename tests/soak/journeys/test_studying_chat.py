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

SERVER, CLIENT, NC, ONE_LINE, PIECE = range(5)
MY_ADDRESS = r"мой адрес (127\.0\.0\.1:\d+)\n"


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
    assert task.count() == 5
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
    expect(lit.filter(has_text="stream.readline(")).to_contain_text("3 потока ждут здесь")
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
    address = first.wait_for_match(MY_ADDRESS)[1]
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
    second.run(task.copy(ONE_LINE))
    first.wait_for_match(r"127\.0\.0\.1:\d+: Hello\n")

    # Ctrl+D ends a client; the others hear nothing of it, the server does.
    first.press(CTRL_D)
    first.wait_for("Клиент остановлен")
    first.end()
    bench.expect_printed(f"Клиент {address} отключился")


def test_the_server_in_a_terminal_and_then_on_the_page_again(
    open_bench: OpenBench, first: Terminal, second: Terminal, third: Terminal
) -> None:
    """Steps 2 to 4."""
    bench = open_bench("chat/threads")
    task = Task(bench.page)
    start_with(bench, 1)
    bench.stop()
    first.type(task.copy(SERVER))
    first.wait_for("Сервер слушает 127.0.0.1:12361")
    addresses = []
    for window in (second, third):
        window.type(task.copy(CLIENT))
        addresses.append(window.wait_for_match(MY_ADDRESS)[1])
    assert len(set(addresses)) == 2
    first.wait_for_match("(?s)подключился.*подключился")
    second.press("есть кто?\n")
    third.wait_for(f"{addresses[0]}: есть кто?\n")
    assert f"{addresses[0]}: " not in second.shown  # one sees it in one's terminal anyway
    third.press("есть\n")
    second.wait_for(f"{addresses[1]}: есть\n")
    third.press(CTRL_D)
    third.wait_for("Клиент остановлен")
    third.end()
    assert third.status() == 0
    first.wait_for(f"Клиент {addresses[1]} отключился")
    third.type(task.copy(NC))
    first.wait_for_match("(?s)(подключился.*){3}")
    third.press("из nc\n")
    second.wait_for_match(r"127\.0\.0\.1:\d+: из nc\n")
    third.press(CTRL_C)
    third.end()
    third.run(task.copy(ONE_LINE))
    second.wait_for_match(r"127\.0\.0\.1:\d+: Hello\n")

    # The client says at once that the server has stopped; Enter ends it.
    first.press(CTRL_C)
    first.wait_for("Сервер остановлен")
    first.end()
    second.wait_for("Сервер закрыл соединение. Нажмите Enter")
    second.press("\n")
    second.wait_for("Нет связи с сервером 127.0.0.1:12361: сервер закрыл соединение")
    second.end()
    assert second.status() == 1

    two_lines_in_one_piece(bench, third, task.copy(PIECE))


def two_lines_in_one_piece(bench: Bench, window: Terminal, command: str) -> None:
    """Start the server on the page again; find one recv and two messages in the diagram."""
    bench.start()
    assert bench.port == 12361
    chatter = Chatter(bench.client())
    chatter.expect_joined()
    window.run(command)
    bench.expect_printed("раз")
    expect(chatter.others.locator(".chat__text")).to_have_text(["раз", "два"])
    piece = chatter.others.locator(".chat__who").first.inner_text()
    bench.expect_printed(f"Клиент {piece} отключился")
    got = bench.events.locator(".event", has_text=f"(127.0.0.1:12361 → {piece})")
    expect(got.filter(has_text=re.compile("раз.*два", re.DOTALL))).to_have_count(1)
    bench.page.get_by_text("Текст", exact=True).click()
    diagram = bench.page.locator("sequence-diagram")
    expect(diagram.locator("g.item", has_text=re.compile("раз.*два")).first).to_be_visible()
    for text, other in (("раз", "два"), ("два", "раз")):
        said = diagram.locator("g.item", has_text=text).filter(has_not_text=other)
        expect(said.first).to_be_attached()


def test_the_server_stops_while_clients_wait_for_input(
    open_bench: OpenBench, first: Terminal, second: Terminal
) -> None:
    """Step 5, with the server on the page: clients of terminals and of the page hear it at once."""
    bench = open_bench("chat/threads")
    task = Task(bench.page)
    (chatter,) = start_with(bench, 1)
    for window in (first, second):
        window.type(task.copy(CLIENT))
        window.wait_for_match(MY_ADDRESS)
    expect(bench.panel).to_contain_text("3 клиента")
    bench.stop()
    bench.expect_printed("Сервер остановлен")
    for window in (first, second):
        window.wait_for("Сервер закрыл соединение. Нажмите Enter")
        window.press("\n")
        window.end()
        assert window.status() == 1
    expect(chatter.notices.last).to_have_text("Вы вышли из чата.")
