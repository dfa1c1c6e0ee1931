"""The chats on their workbenches: pages, the classic client and nc in one conversation."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.bench import ANY_TIME, GOOD_END, Client
from tests.browser.conftest import OpenBench
from tests.labs.programs import Program
from tests.sweeps import in_the_soak

STAMP = rf"\d{{4}}\.\d\d\.\d\d {ANY_TIME}"
ONE_WAY = "Этот сервер не отвечает"


class Chatter:
    """A chat in a card."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.log: Locator = client.card.get_by_role("log", name="Чат")
        self.others = client.card.locator(".chat__line--other")
        self.own = client.card.locator(".chat__line--own")
        self.notices = client.card.locator(".chat__notice")

    def join(self, login: str = "") -> None:
        """Join the chat by the button."""
        if login:
            self.client.card.get_by_label("Логин").fill(login)
        self.client.press("Войти в чат")
        self.expect_joined()

    def expect_joined(self) -> None:
        """Wait until this client is in the chat; without a login it joins by itself."""
        expect(self.notices.first).to_contain_text("Вы в чате")

    def expect_heard(self, who: str, text: str) -> None:
        line = self.others.filter(has_text=text)
        expect(line.locator(".chat__who")).to_have_text(who)
        expect(line.locator(".chat__text")).to_have_text(text)


class TestThreads:
    LAB = "chat/threads"

    def test_two_pages_read_each_other_and_not_themselves(self, open_bench: OpenBench) -> None:
        here, there = open_bench(self.LAB), open_bench(self.LAB)
        here.start()
        here.expect_printed(f"Сервер слушает {here.address}")
        expect(there.state).to_have_attribute("data-state", "listening")
        first, second = Chatter(here.client()), Chatter(there.client())
        first.expect_joined()
        second.join()
        first.client.send("всем привет")
        second.expect_heard(first.client.address, "всем привет")
        second.client.send("и тебе: привет")
        first.expect_heard(second.client.address, "и тебе: привет")
        expect(first.own.locator(".chat__text")).to_have_text("всем привет")
        expect(first.others).to_have_count(1)
        here.expect_printed(f"{first.client.address}: всем привет")
        here.stop()
        for chatter in (first, second):
            expect(chatter.notices.last).to_have_text("Вы вышли из чата.")

    @pytest.mark.soak
    def test_page_and_terminals_read_each_other(self, open_bench: OpenBench) -> None:
        nc = shutil.which("nc")
        assert nc, "this test needs nc (netcat-openbsd)"
        bench = open_bench(self.LAB)
        bench.start()
        chatter = Chatter(bench.client())
        chatter.expect_joined()
        port = str(bench.port)
        with (
            Program.lab(self.LAB, "client", "--port", port) as classic,
            Program(nc, "127.0.0.1", port) as plain,
        ):
            address = classic.wait_for(r"мой адрес (\S+)")[1]
            plain.type("из nc\n")
            expect(chatter.others.filter(has_text="из nc")).to_be_visible()
            classic.type("из терминала\n")
            chatter.expect_heard(address, "из терминала")
            chatter.client.send("со страницы")
            for program in (classic, plain):
                program.wait_for(re.escape(f"{chatter.client.address}: со страницы"))
            classic.end_input()
            assert classic.finish() == 0
        bench.expect_printed(f"Клиент {address} отключился")

    @pytest.mark.soak
    def test_the_classic_client_in_the_console_is_in_the_chat(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        chatter = Chatter(bench.client())
        chatter.expect_joined()
        bench.run_client()
        bench.expect_printed("мой адрес")
        bench.type("из консоли")
        expect(chatter.others).to_contain_text("из консоли")
        chatter.client.send("слышно")
        bench.expect_printed(f"{chatter.client.address}: слышно")
        bench.console.get_by_label("Ввод в программу").press("Control+d")
        bench.expect_printed("Клиент остановлен")
        expect(bench.console).to_contain_text(GOOD_END)


@pytest.mark.soak
def test_in_the_numbered_chat_all_hear_who_joins_speaks_and_leaves(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("chat/numbered")
    bench.start()
    bench.expect_printed(f"Сервер слушает {bench.address}")
    first = Chatter(bench.client())
    first.expect_joined()
    expect(first.log).to_contain_text("Вы — клиент 1")
    second = Chatter(bench.add_client())
    second.expect_joined()
    expect(second.log).to_contain_text("Вы — клиент 2")
    expect(first.log).to_contain_text("Клиент 2 присоединился")
    second.client.send("привет")
    first.expect_heard("Клиент 2", "привет")
    second.client.press("Закрыть")
    expect(first.log).to_contain_text("Клиент 2 вышел")
    second.client.press("Войти снова")
    expect(second.log).to_contain_text("Вы — клиент 3")
    bench.stop()


@pytest.mark.soak
def test_the_classic_client_of_the_numbered_chat_runs_in_the_console(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("chat/numbered")
    bench.start()
    first = Chatter(bench.client())
    first.expect_joined()
    expect(first.log).to_contain_text("Вы — клиент 1")
    bench.run_client()
    bench.expect_printed("Вы — клиент 2")
    bench.type("привет")
    first.expect_heard("Клиент 2", "привет")


@pytest.mark.soak
def test_the_log_serves_one_client_and_the_next_when_that_leaves(open_bench: OpenBench) -> None:
    bench = open_bench("chat/log")
    bench.start()
    bench.expect_printed(f"Сервер слушает {bench.address}")
    first, second = bench.client(), bench.add_client()
    expect(first.card.get_by_text(ONE_WAY)).to_be_visible()
    first.send("раз")
    bench.expect_printed(re.compile(rf"{STAMP} \({first.address}\): раз"))
    second.send("жду")
    expect(second.sent).to_contain_text("жду")
    expect(bench.lines).not_to_contain_text(second.address)
    address = second.address
    first.press("Закрыть")
    bench.expect_printed(re.compile(rf"{STAMP} \({address}\): жду"))
    bench.stop()


@pytest.mark.soak
def test_the_classic_client_of_the_log_ends_with_end(open_bench: OpenBench) -> None:
    bench = open_bench("chat/log")
    bench.start()
    bench.run_client()
    bench.expect_printed(f"Подключение к {bench.address} произошло")
    bench.type("из консоли")
    bench.expect_printed("Отправлено байт: 20")
    bench.type("end")
    expect(bench.console).to_contain_text(GOOD_END)
    bench.show("server.py")
    bench.expect_printed(re.compile(rf"{STAMP} \(127\.0\.0\.1:\d+\): из консоли"))


class TestLogin:
    LAB = "chat/login"

    def test_the_server_shows_who_joined_and_who_wrote(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.expect_printed(f"Сервер слушает {bench.address}")
        first, second = Chatter(bench.client()), Chatter(bench.add_client())
        for chatter, login in ((first, "anna"), (second, "борис")):
            chatter.join(login)
            bench.expect_printed(f"подключился {login}")
            chatter.client.send(f"это {login}")
            bench.expect_printed(re.compile(rf"{STAMP} {login}: это {login}"))
            expect(chatter.own.locator(".chat__text")).to_have_text(f"это {login}")
        expect(first.client.card.get_by_text(ONE_WAY)).to_be_visible()
        first.client.press("Закрыть")
        expect(first.client.card).to_have_attribute("data-state", "closed")
        bench.stop()

    @pytest.mark.soak
    def test_the_classic_client_logs_in_from_the_console(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        bench.run_client()
        bench.expect_printed("Логин:")
        bench.type("вера")
        bench.expect_printed("Сообщение:")
        bench.type("добрый день")
        bench.type("end")
        expect(bench.console).to_contain_text(GOOD_END)
        bench.show("server.py")
        bench.expect_printed("подключился вера")
        bench.expect_printed(re.compile(rf"{STAMP} вера: добрый день"))


class TestWindow:
    LAB = "chat/window"

    def test_two_fields_and_a_button_log_in_and_send(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        window = bench.client()
        window.card.get_by_label("Логин").fill("anna")
        window.card.get_by_label("Сообщение").fill("из окна")
        window.press("Отправить")
        bench.expect_printed("подключился anna")
        bench.expect_printed(re.compile(rf"{STAMP} anna: из окна"))
        window.send("ещё раз")
        bench.expect_printed(re.compile(rf"{STAMP} anna: ещё раз"))
        assert bench.lines.inner_text().count("подключился anna") == 1
        window.card.get_by_label("Логин").fill("борис")
        window.send("это уже борис")
        bench.expect_printed("подключился борис")
        bench.expect_printed(re.compile(rf"{STAMP} борис: это уже борис"))
        bench.stop()

    @pytest.mark.soak
    @pytest.mark.parametrize("lab", ["chat/window", *in_the_soak("chat/login")])
    def test_its_server_is_that_of_the_login_lab(self, open_bench: OpenBench, lab: str) -> None:
        window, login = open_bench(self.LAB), open_bench("chat/login")
        (window if lab == self.LAB else login).start()
        for bench in (window, login):
            expect(bench.state).to_have_attribute("data-state", "listening")
        window.client().send("через окно")
        login.expect_printed(re.compile(rf"{STAMP} студент1: через окно"))

    @pytest.mark.soak
    def test_without_a_server_it_says_so_and_keeps_the_text(self, open_bench: OpenBench) -> None:
        bench = open_bench(self.LAB)
        bench.start()
        window = bench.client()
        window.send("раз")
        bench.expect_printed("студент1: раз")
        bench.stop()
        expect(window.card).to_have_attribute("data-state", "closed")
        window.send("два")
        expect(window.failure).to_be_visible()
        expect(window.card.get_by_label("Сообщение")).to_have_value("два")
        window.press("Запустить сервер и подключиться")
        expect(window.card).to_have_attribute("data-state", "open")
        window.press("Отправить")
        bench.expect_printed(re.compile(rf"{STAMP} студент1: два"))
