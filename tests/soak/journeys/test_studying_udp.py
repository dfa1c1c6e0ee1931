"""An hour of studying, udp/hello: each step of its task, and all that it says one sees."""

from __future__ import annotations

import re
import socket

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench
from tests.labs.programs import ROOT
from tests.soak.journeys.task import Task, copied, copied_text
from tests.soak.journeys.terminal import CTRL_C, CTRL_Z, Terminal

pytestmark = pytest.mark.soak

SERVER, CLIENT, GREETS, NC, ONE_LINE, EVERYWHERE, MY_SERVER, TO_MINE = range(8)
LISTENS = "Server is listening on 127.0.0.1 port 12345"
ANSWER = "Response from server: Hello, client"


def call(bench: Bench, text: str) -> None:
    """Expect a call of the server in the list."""
    expect(bench.events.locator(".event", has_text=text).first).to_be_visible()


def test_the_server_on_the_page(open_bench: OpenBench, first: Terminal) -> None:
    bench = open_bench("udp/hello")
    task = Task(bench.page)
    assert task.count() == 8
    bench.start()
    one, other = bench.client(), bench.add_client()
    one.ask("Привет", "Hello, client")
    other.ask("И ещё одно", "Hello, client")
    assert one.address != other.address  # each client has a port of its own

    # The server has its port from bind; a client calls none, the kernel picks its port.
    call(bench, "bind(127.0.0.1:12345)")
    expect(bench.events).not_to_contain_text(f"bind({one.address})")
    # There is no connection: it learns of a client from the datagram, and answers to that address.
    for number, client in enumerate((one, other), 1):
        call(bench, f"recvfrom(127.0.0.1:12345 → {client.address} (Клиент {number}))")
        call(bench, f"sendto(127.0.0.1:12345 → {client.address} (Клиент {number}))")

    # A line of nc comes with its line end, which leaves an empty line in the console.
    first.type(task.copy(NC))
    first.press("от nc\n")
    first.wait_for("Hello, client")
    first.press("и вторая\n")  # leaves as a datagram of its own
    bench.expect_printed("Message from client: от nc")
    bench.expect_printed("Message from client: и вторая")
    printed = copied_text(bench.lines)
    assert "Message from client: Привет\nMessage from client: И ещё одно\n" in printed
    assert "Message from client: от nc\n\nMessage from client: и вторая\n" in printed
    first.press(CTRL_C)
    first.end()
    assert first.run(task.copy(ONE_LINE)).endswith("b'Hello, client'\n")
    bench.expect_printed("Message from client: Hi")

    # While there are no messages, the server stands on the line with recvfrom and does nothing.
    bench.page.get_by_role("tab", name="server.py", exact=True).first.click()
    lit = bench.page.locator("[data-file='server.py'] .code-line.is-lit")
    expect(lit).to_contain_text("sock.recvfrom(65535)")
    expect(lit).to_contain_text("MainThread ждёт здесь")
    pid = re.search(r"pid (\d+)", bench.panel.inner_text())
    assert pid
    process = psutil.Process(int(pid[1]))
    before = sum(process.cpu_times()[:2])
    expect(lit).to_contain_text(re.compile(r"([2-9]|\d\d),\d\sс"))  # it has stood there for 2 s
    assert sum(process.cpu_times()[:2]) == before


def test_the_server_in_a_terminal(open_bench: OpenBench, first: Terminal, second: Terminal) -> None:
    bench = open_bench("udp/hello")
    task = Task(bench.page)
    bench.start()
    card = bench.client()
    card.ask("Привет", "Hello, client")
    bench.stop()
    first.type(task.copy(SERVER))
    first.wait_for(LISTENS)

    # What the page's client says now is not for the program that has the port.
    card.send("не туда")
    expect(card.failure).to_contain_text("порт теперь у другой программы")
    assert second.run(task.copy(CLIENT)).endswith(f"{ANSWER}\n")
    first.wait_for("Message from client: Hello, server\n")
    assert second.run(task.copy(GREETS)).endswith(f"{ANSWER}\n")
    first.wait_for("Message from client: Привет\n")
    assert "не туда" not in first.shown

    second.type(task.copy(NC))
    second.press("раз\n")
    first.wait_for("Message from client: раз\n\n")
    second.press("два\n")
    first.wait_for("Message from client: два\n\n")
    second.wait_for_match("(?s)Hello, client.*Hello, client")
    second.press(CTRL_C)
    second.end()
    assert second.run(task.copy(ONE_LINE)).endswith("b'Hello, client'\n")

    # Question 1: a datagram waits in the kernel while the server is suspended.
    first.press(CTRL_Z)
    first.wait_for("Stopped")
    second.type(task.copy(CLIENT))
    second.wait_for(".client\n")
    first.type("fg")
    first.wait_for("Message from client: Hello, server\n")
    assert second.end().endswith(f"{ANSWER}\n")

    # Without a server, a client waits for 3 s and gives up; nc ends after its first line.
    first.press(CTRL_C)
    first.wait_for("Server stopped")
    first.end()
    assert "No answer from 127.0.0.1 port 12345: timed out" in second.run(task.copy(CLIENT))
    assert second.status() == 1
    second.type(task.copy(NC))
    second.press("есть кто?\n")
    assert second.end().count("\n") == 2  # what was typed, and not a word
    # The page's own client is told what the kernel knows.
    card.send("и ты нет?")
    expect(card.failure).to_contain_text("этот порт никто не слушает")


def test_the_server_of_the_terminal_is_brought_in(
    open_bench: OpenBench, first: Terminal, second: Terminal
) -> None:
    bench = open_bench("udp/hello")
    task = Task(bench.page)
    first.type(task.copy(SERVER))
    first.wait_for(LISTENS)
    bench.start()
    holder = bench.panel.locator("port-holder")
    expect(holder).to_contain_text(
        f"Порт 12345 занимает python -m labs.udp.hello.server, поэтому здесь порт {bench.port}."
    )
    # The task's commands go to the server of the page, and its panel's, too.
    assert second.run(task.copy(CLIENT)).endswith(f"{ANSWER}\n")
    bench.expect_printed("Message from client: Hello, server")
    how = copied(holder.locator("copy-button"))
    bench.stop()
    first.press(CTRL_C)
    first.end()
    first.type(how)
    first.wait_for(LISTENS)
    second.run(task.copy(GREETS))
    first.wait_for("Message from client: Привет")
    call(bench, "recvfrom(127.0.0.1:12345 → 127.0.0.1:")
    first.press(CTRL_C)
    first.wait_for("Server stopped")
    first.end()


def test_the_server_listens_to_other_computers(
    open_bench: OpenBench, first: Terminal, second: Terminal
) -> None:
    """Step 6, with this machine's own address in the network."""
    task = Task(open_bench("udp/hello").page)
    first.type(task.copy(EVERYWHERE))
    first.wait_for("Server is listening on 0.0.0.0 port 12345")
    for host in ("127.0.0.1", *own_addresses()):
        assert second.run(f"{task.copy(CLIENT)} --host {host}").endswith(f"{ANSWER}\n")
    first.press(CTRL_C)
    first.wait_for("Server stopped")


def own_addresses() -> list[str]:
    """Return what `ip address` shows beside loopback."""
    return [
        each.address
        for card in psutil.net_if_addrs().values()
        for each in card
        if each.family == socket.AF_INET and not each.address.startswith("127.")
    ]


def test_what_comes_next(open_bench: OpenBench, first: Terminal, second: Terminal) -> None:
    """The learner's own server, in the folder that the commands lead into."""
    task = Task(open_bench("udp/hello").page)
    mine = ROOT / "my_server.py"
    assert not mine.exists(), "a my_server.py stands in the way"
    try:
        second.run(task.copy(TO_MINE))  # into the folder, and nobody there yet
        second.run("cp labs/udp/hello/server.py my_server.py")
        second.run("sed -i s/65535/5/ my_server.py")
        first.type(task.copy(MY_SERVER))
        first.wait_for("Server is listening on 127.0.0.1 port 12355")
        assert second.run(task.copy(TO_MINE)).endswith(f"{ANSWER}\n")
        first.wait_for("Message from client: Hello\n")
        assert second.run(task.copy(TO_MINE)).endswith(f"{ANSWER}\n")
        first.wait_for_match("(?s)client: Hello\n.*client: Hello\n")  # the rest does not come
        first.press(CTRL_C)
        assert first.end().endswith("Message from client: Hello\n^CServer stopped\n")
    finally:
        mine.unlink(missing_ok=True)
