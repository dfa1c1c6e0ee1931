"""The TCP labs on their workbenches: the page as a client, the programs' own words beside it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.bench import ANY_TIME, GOOD_END
from tests.browser.conftest import OpenBench
from tests.sweeps import in_the_soak

FIVE_LINES = "Топот\nтопоТ\nТОПОТ\n5\nслов: 1, палиндром: да"
NO_NUMBER = "Ошибка: основание A: нужно число не меньше нуля, а пришло «три»"


class TestEcho:
    LAB = "tcp/echo"

    def test_every_byte_comes_back_to_the_client_that_sent_it(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.expect_printed(f"Сервер слушает {bench.address}")
        first, second = bench.client(), bench.add_client()
        first.ask("Привет, поток", "Привет, поток")
        bench.expect_printed(f"Подключен клиент: {first.address}")
        second.send("ж")
        address = second.address
        expect(bench.console).not_to_contain_text(address)  # it waits in the backlog
        first.press("Закончить отправку")
        expect(second.received).to_have_text("ж")
        bench.expect_printed(f"Подключен клиент: {address}")
        bench.expect_printed("Получено сообщение: Привет, поток")
        bench.stop()

    def test_half_closed_it_still_gets_the_answers_and_the_other_half(
        self, open_bench: OpenBench
    ) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        client = bench.client()
        client.ask("и последнее", "и последнее")
        address = client.address
        client.press("Закончить отправку")
        expect(client.notes.filter(has_text="→ FIN")).to_be_visible()
        expect(client.notes.filter(has_text="← FIN")).to_be_visible()
        bench.expect_printed(f"Клиент {address} отключился")

    @pytest.mark.soak
    def test_the_classic_client_reads_its_echo(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.run_client()
        bench.expect_printed("Сообщение сервера: Hello, world")
        expect(bench.console).to_contain_text(GOOD_END)
        bench.show("server.py")
        bench.expect_printed("Получено сообщение: Hello, world")


class TestTrapezoid:
    LAB = "tcp/trapezoid"

    def test_two_clients_get_their_areas_with_point_and_comma(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.expect_printed(f"Сервер слушает {bench.address}")
        first, second = bench.client(), bench.add_client()
        first.press("Вычислить")
        expect(first.card.locator("output")).to_have_text("16")
        for label, value in (("Основание A", "3,5"), ("Основание B", "4.5"), ("Высота H", "2")):
            second.card.get_by_label(label).fill(value)
        second.card.get_by_label("Высота H").press("Enter")
        expect(second.card.locator("output")).to_have_text("8")
        bench.expect_printed(f"{second.address}: 3,5 4.5 2 -> 8")
        bench.stop()

    @pytest.mark.soak
    def test_after_an_error_the_same_connection_takes_another_try(
        self, open_bench: OpenBench
    ) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        client = bench.client()
        answer = client.card.locator("output")
        client.card.get_by_label("Основание A").fill("три")
        client.press("Вычислить")
        expect(answer).to_have_text(NO_NUMBER)
        address = client.address
        expect(answer).to_have_attribute("data-tone", "danger")  # lab.toml says how errors begin
        client.card.get_by_label("Основание A").fill("1")
        client.press("Вычислить")
        expect(answer).to_have_text("12")
        expect(answer).not_to_have_attribute("data-tone", "danger")
        expect(client.card.get_by_role("list", name="Прежние ответы")).to_have_text(
            f"три 5 4 → {NO_NUMBER}"
        )
        assert client.address == address

    @pytest.mark.soak
    def test_the_classic_client_asks_for_three_numbers(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.run_client()
        for number in ("3", "5", "4"):
            bench.type(number)
        bench.expect_printed("Площадь трапеции: 16")
        expect(bench.console).to_contain_text(GOOD_END)


@pytest.mark.parametrize("lab", ["tcp/transform", *in_the_soak("tcp/socketserver")])
class TestTransform:
    @pytest.mark.soak
    def test_each_message_is_a_connection_of_its_own(self, open_bench: OpenBench, lab: str) -> None:
        bench = open_bench(lab)
        bench.start()
        bench.expect_printed(f"Ожидание подключения клиента… {bench.address}")
        first, second = bench.client(), bench.add_client()
        for client in (first, second):
            client.send("Топот")
            expect(client.received).to_have_text(FIVE_LINES + "↵")
            assert client.received.inner_text() == FIVE_LINES + "↵"
            expect(client.card).to_have_attribute("data-state", "closed")
        name = first.title.inner_text()
        first.send("раз два")
        expect(first.received).to_have_count(2)
        expect(first.received.last).to_contain_text("слов: 2, палиндром: нет")
        expect(first.title).not_to_have_text(name)
        bench.expect_printed(re.compile("(Клиент .* подключился.*){3}", re.DOTALL))
        bench.stop()

    @pytest.mark.soak
    def test_the_classic_client_asks_for_the_message(self, open_bench: OpenBench, lab: str) -> None:
        bench = open_bench(lab)
        bench.start()
        address = bench.address
        bench.run_client()
        bench.expect_printed("Введите сообщение:")
        bench.type("Топот")
        bench.expect_printed(f"Подключение к серверу {address} произошло")
        bench.expect_printed("слов: 1, палиндром: да")
        expect(bench.console).to_contain_text(GOOD_END)


@pytest.mark.soak
class TestTime:
    LAB = "tcp/time"

    def test_each_client_watches_its_own_clock_until_it_leaves(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start(args="--interval 0.2")
        bench.expect_printed(f"Ожидание подключения клиента… {bench.address}")
        first, second = bench.client(), bench.add_client()
        for client, name in ((first, "Анна"), (second, "Борис")):
            client.card.get_by_label("Имя").fill(name)
            client.press("Подписаться")
            expect(client.card.locator(".watch__who")).to_have_text(name)
            expect(client.card.locator(".watch__time")).to_have_text(re.compile(f"^{ANY_TIME}$"))
            bench.expect_printed(f"Клиент {name} {client.address} подключился")
        address = first.address
        first.press("Отписаться")
        bench.expect_printed(f"Клиент {address} отключился")
        expect(first.card).to_have_attribute("data-state", "closed")
        told = second.received.count()
        expect(second.received.nth(told + 1)).to_be_attached()
        bench.stop()
        expect(second.card).to_have_attribute("data-state", "closed")
        expect(second.card.get_by_role("button", name="Подписаться")).to_be_visible()

    @pytest.mark.soak
    def test_the_classic_client_watches_until_end_is_typed(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start(args="--interval 0.2")
        bench.run_client()
        bench.expect_printed("Введите имя:")
        bench.type("Вера")
        bench.expect_printed(re.compile(rf"Вера, {ANY_TIME}"))
        bench.type("end")
        bench.expect_printed("Клиент отключился")
        expect(bench.console).to_contain_text(GOOD_END)
