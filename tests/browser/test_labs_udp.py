"""The UDP labs on their workbenches: the page as a client, the programs' own words beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.bench import ANY_TIME, GOOD_END
from tests.browser.conftest import OpenBench
from tests.sweeps import in_the_soak

# A quarter of a minute takes 0.2 s: it is what the page asks for, and of nothing else.
QUARTERS_PASS_QUICKLY = """
    const every = setInterval;
    globalThis.setInterval = (call, ms) => every(call, ms === 15_000 ? 200 : ms);
"""
FOUR_LINES = "Привет\nтевирП\nПРИВЕТ\n6"


class TestHello:
    LAB = "udp/hello"

    def test_two_clients_side_by_side_get_their_answers(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        host, port = bench.address.split(":")
        bench.expect_printed(f"Server is listening on {host} port {port}")
        first, second = bench.client(), bench.add_client()
        first.ask("Привет, сервер", "Hello, client")
        second.ask("👋", "Hello, client")
        assert first.address != second.address
        bench.expect_printed("Message from client: Привет, сервер")
        bench.expect_printed("Message from client: 👋")
        bench.stop()
        bench.expect_printed("Server stopped")

    @pytest.mark.soak
    def test_the_classic_client_runs_in_the_console(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.run_client("'Добрый день'")
        bench.expect_printed("Response from server: Hello, client")
        expect(bench.console).to_contain_text(GOOD_END)
        bench.show("server.py")
        bench.expect_printed("Message from client: Добрый день")


@pytest.mark.soak
@pytest.mark.parametrize("lab", ["udp/transform", "udp/socketserver"])
class TestTransform:
    def test_the_answer_is_one_datagram_of_four_lines(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        bench = open_bench(lab)
        bench.start()
        bench.expect_printed(f"Ожидание подключения клиента… {bench.address}")
        first, second = bench.client(), bench.add_client()
        first.ask("Привет", FOUR_LINES)
        second.ask("straße", "straße\neßarts\nSTRASSE\n6")
        for client in (first, second):
            bench.expect_printed(f"Клиент {client.address} подключился")
        bench.stop()

    def test_the_classic_client_asks_for_the_message(self, open_bench: OpenBench, lab: str) -> None:
        bench = open_bench(lab)
        bench.start()
        address = bench.address
        bench.run_client()
        bench.expect_printed("Введите сообщение:")
        bench.type("Привет")
        bench.expect_printed(f"Подключение к серверу {address} произошло")
        bench.expect_printed("тевирП")
        expect(bench.console).to_contain_text(GOOD_END)


def test_a_server_that_handles_one_request_ends_after_it(open_bench: OpenBench) -> None:
    bench = open_bench("udp/socketserver")
    bench.start(args="--once")
    bench.client().ask("Привет", FOUR_LINES)
    bench.wait_for_good_end()


@pytest.mark.parametrize("lab", ["udp/time", *in_the_soak("udp/time_with")])
class TestTime:
    def test_each_client_watches_its_own_clock_until_it_leaves(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        bench = open_bench(lab)
        bench.start(args="--interval 0.2")
        first, second = bench.client(), bench.add_client()
        for client, name in ((first, "Анна"), (second, "Борис")):
            client.card.get_by_label("Имя").fill(name)
            client.press("Подписаться")
            expect(client.card.locator(".watch__who")).to_have_text(name)
            expect(client.card.locator(".watch__time")).to_have_text(re.compile(f"^{ANY_TIME}$"))
            bench.expect_printed(f"Клиент {name} {client.address} подключился")
        first.card.get_by_text("Все сообщения").click()
        expect(first.received.nth(2)).to_have_text(re.compile(rf"^Анна, {ANY_TIME}$"))
        address = first.address
        first.press("Отписаться")
        bench.expect_printed(f"Клиент Анна {address} отключился")
        told = second.received.count()
        expect(second.received.nth(told + 1)).to_be_attached()
        bench.stop()

    @pytest.mark.soak
    def test_the_name_is_repeated_before_it_is_forgotten(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        bench = open_bench(lab)
        bench.page.add_init_script(QUARTERS_PASS_QUICKLY)
        bench.page.reload()
        bench.start(args="--interval 0.2 --keep 60")
        client = bench.client()
        client.press("Подписаться")
        bench.expect_printed("подключился")
        client.card.get_by_text("Все сообщения").click()
        for nth in range(3):
            expect(client.sent.nth(nth)).to_have_text("Анна")

    @pytest.mark.soak
    def test_the_classic_client_watches_until_end_is_typed(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        bench = open_bench(lab)
        bench.start(args="--interval 0.2")
        bench.run_client()
        bench.expect_printed("Введите имя:")
        bench.type("Вера")
        bench.expect_printed(re.compile(rf"Вера, {ANY_TIME}"))
        bench.type("end")
        expect(bench.console).to_contain_text(GOOD_END)
        bench.show("server.py")
        bench.expect_printed(re.compile(r"Клиент Вера 127\.0\.0\.1:\d+ отключился"))
