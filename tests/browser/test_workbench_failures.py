"""Failures on a workbench, in words; and what comes back by itself."""

from __future__ import annotations

import re
import signal
import socket
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.bench import GOOD_END, Bench
from tests.browser.conftest import OpenBench
from tests.browser.looks import let_all_come, let_draw
from tests.lab_folder import copy_lab
from tests.labs.programs import Program
from tests.ports import unused_port
from tests.server import LABS, serving

# Whether the chips on the lit lines, which say how long a thread waits, say the same a while later.
# A wait is counted on ten times a second: the moment of the loss is shown with the next count.
STANDS_STILL = """async () => {
    const chips = () => document.querySelector("lab-reader").textContent;
    const pass = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    await pass(300);
    const before = chips();
    await pass(700);
    return before.includes("ждёт здесь") && chips() === before;
}"""
LOST = "Связь с Socket Lab потеряна, пробуем снова…"


def colour_of(dot: Locator) -> object:
    return dot.evaluate("dot => getComputedStyle(dot).backgroundColor")


class TestFailures:
    def test_the_same_udp_client_is_refused_after_the_stop_and_works_after_the_restart(
        self, open_bench: OpenBench
    ) -> None:
        bench = open_bench("udp/hello")
        bench.page.set_viewport_size({"width": 1366, "height": 768})
        port = str(unused_port(socket.SOCK_DGRAM))
        bench.start(port=port)
        client = bench.client()
        client.ask("раз", "Hello, client")
        address = client.address
        bench.stop()
        client.send("два")
        expect(client.failure).to_contain_text("этот порт никто не слушает")
        expect(client.failure).to_contain_text("ECONNREFUSED")
        assert bench.is_beside(client.failure, client.card.get_by_label("Сообщение"))
        bench.page.set_viewport_size({"width": 768, "height": 1000})  # of two columns, both narrow
        let_draw(bench.page)
        assert client.failure.evaluate("note => note.scrollWidth <= note.clientWidth")
        bench.page.set_viewport_size({"width": 1366, "height": 768})
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", int(port)))
            stranger.setblocking(False)
            client.send("не тебе")
            expect(client.failure).to_contain_text("порт теперь у другой программы")
            expect(client.card.locator(".log__entry--unsent")).to_contain_text("не отправлено")
            expect(client.card.locator(".log__entry--sent", has_text="не тебе")).to_have_count(0)
            with pytest.raises(BlockingIOError):
                stranger.recv(100)
        bench.start(port=port)
        expect(client.failure).to_contain_text("Сервер снова на этом порту")
        expect(client.failure.get_by_role("button", name="новому порту")).to_have_count(0)
        client.ask("три", "Hello, client")
        assert client.address == address
        expect(client.failure).to_be_hidden()

    @pytest.mark.soak
    def test_a_restart_on_another_port_offers_a_new_socket(self, open_bench: OpenBench) -> None:
        bench = open_bench("udp/hello")
        bench.start(port="0")
        client = bench.client()
        client.ask("раз", "Hello, client")
        bench.stop()
        bench.start(port="0")
        client.send("два")
        client.press("Открыть сокет к новому порту")
        client.ask("три", "Hello, client")

    @pytest.mark.soak
    def test_a_tcp_client_sees_the_end_and_connects_again(self, open_bench: OpenBench) -> None:
        bench = open_bench("tcp/echo")
        bench.start(port=str(unused_port()))
        client = bench.client()
        client.ask("раз", "раз")
        bench.stop()
        expect(client.notes.filter(has_text="← FIN")).to_be_visible()
        expect(client.card).to_have_attribute("data-state", "closed")
        client.press("Подключиться снова")
        expect(client.failure).to_contain_text("В соединении отказано")
        client.press("Запустить сервер и подключиться")
        expect(client.card).to_have_attribute("data-state", "open")
        client.ask("два", "два")

    def test_a_taken_port_is_said_in_words(
        self, open_bench: OpenBench, page_errors: list[str]
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            port = unused_port(socket.SOCK_DGRAM)
            other.bind(("127.0.0.1", port))
            bench = open_bench("udp/hello")
            bench.press_start(port=str(port))
            expect(bench.failure).to_contain_text(f"Порт {port} занят.")
            expect(bench.failure).to_contain_text("EADDRINUSE")
        assert "409" in page_errors.pop()
        bench.start()
        expect(bench.failure).to_be_hidden()
        assert bench.port == port

    @pytest.mark.soak
    def test_a_taken_default_port_leads_to_another_and_that_is_said(
        self, page: Page, tmp_path: Path
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            copy_lab(LABS / "tcp" / "echo", tmp_path, port=port)
            with serving(labs_dir=tmp_path) as playground:
                bench = Bench(page, playground.url, "tcp/echo")
                bench.start()
                self.assert_another_port_is_said(bench, port)
                page.goto("about:blank")

    def assert_another_port_is_said(self, bench: Bench, port: int) -> None:
        # By whom, Linux tells: by these tests.
        expect(bench.panel.locator("port-holder")).to_contain_text(
            re.compile(rf"Порт {port} (занимает python|занят другой).*порт {bench.port}\.")
        )
        bench.client().ask("раз", "раз")
        bench.panel.get_by_role("button", name="Остановить этот сервер").click()
        expect(bench.panel.locator("port-holder")).to_be_hidden()

    def test_arguments_that_the_program_refuses_are_said_in_words(
        self, open_bench: OpenBench, page_errors: list[str]
    ) -> None:
        bench = open_bench("udp/hello")
        bench.press_start(args="--no-such-option")
        expect(bench.failure).to_contain_text("Программа не приняла аргументы.")
        expect(bench.failure).to_contain_text("--no-such-option")
        bench.expect_printed("unrecognized arguments: --no-such-option")
        assert "422" in page_errors.pop()

    @pytest.mark.soak
    def test_what_stands_in_a_field_is_spoken_of_beside_it(
        self, open_bench: OpenBench, page_errors: list[str]
    ) -> None:
        bench = open_bench("udp/hello")
        bench.page.set_viewport_size({"width": 1366, "height": 768})
        for port in ("восемь", "99999"):
            bench.press_start(port=port)
            expect(bench.failure).to_contain_text(f"«{port}» — не порт. Порт — число от 1 до 65535")
            assert bench.is_beside(bench.failure, bench.panel.get_by_label("Порт"))
        bench.options(port="0")
        bench.press_start(args="--help")
        expect(bench.failure).to_contain_text("Программа завершилась без ошибок")
        expect(bench.failure).to_contain_text("usage: server.py")
        expect(bench.panel.get_by_role("status")).to_have_text(GOOD_END)
        assert bench.is_beside(bench.failure, bench.panel.get_by_label("Аргументы"))
        assert "502" in page_errors.pop()

    @pytest.mark.soak
    def test_a_client_without_a_server_can_start_it(self, open_bench: OpenBench) -> None:
        bench = open_bench("tcp/trapezoid")
        client = bench.client()
        client.press("Вычислить")
        client.press("Запустить сервер и подключиться")
        expect(bench.state).to_have_attribute("data-state", "listening")
        expect(client.card).to_have_attribute("data-state", "open")
        client.press("Вычислить")
        expect(client.card.locator("output")).to_have_text("16")


def test_a_server_that_dies_and_comes_back_is_found_again(
    page: Page, page_errors: list[str]
) -> None:
    with serving(ends_with=-signal.SIGKILL) as first:
        bench = Bench(page, first.url, "tcp/echo")
        bench.start(port="0")
        bench.client().ask("раз", "раз")
        expect(page.locator("lab-reader")).to_contain_text("ждёт здесь")
        expect(page.locator("sequence-diagram:defined")).to_be_attached()
        dot = bench.state.locator(".dot")
        green = colour_of(dot)
        let_all_come(page)
        first.program.send_signal(signal.SIGKILL)
        expect(page.get_by_text(LOST)).to_be_visible()
        assert colour_of(dot) != green
        assert page.evaluate(STANDS_STILL)
        expect(bench.client().failure).to_contain_text("Связь с Socket Lab потеряна.")
    command = (sys.executable, "-m", "backend.cli", "serve", "--port", str(first.port))
    with Program(*command, env={"SOCKETLAB_LABS_DIR": str(LABS)}) as second:
        second.wait_for("Socket Lab is on")
        expect(page.get_by_text(LOST)).to_be_hidden(timeout=2000)
        expect(page.get_by_text("это было до перезапуска")).to_be_visible()
        expect(page.locator("see-view").get_by_text("раз").first).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Сохранить", exact=True).click()
        assert '"type":"client.sent"' in saved.value.path().read_text(encoding="utf-8")
        page.get_by_role("button", name="Показать, что есть сейчас").click()
        expect(bench.state).to_have_attribute("data-state", "none")
        bench.start(port="0")
        bench.client().ask("два", "два")
        page.goto("about:blank")
        assert second.stop() == 0
    # Asked over plain HTTP, too, whether it is there: the browser's own word on that is no other.
    away = re.compile(
        "WebSocket|net::ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE|SOCKET_NOT_C|CONTENT_LENGTH_M)"
    )
    page_errors[:] = [error for error in page_errors if not away.search(error)]
