"""What programs, sockets and people say stays text, on every workbench."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import GOOD_END, Bench
from tests.browser.conftest import OpenBench, stop_all
from tests.server import Playground, serving

HOSTILE = "<img src=x onerror=console.error(1)>\u202egnp.exe\u0007"

HOSTILE_SHOWN = "<img src=x onerror=console.error(1)>⟨U+202E⟩gnp.exe\\x07"


@pytest.fixture(scope="package")
def labs_for_tests() -> Iterator[Playground]:
    """Serve the labs for tests."""
    with serving() as playground:
        yield playground


@pytest.fixture
def open_test_bench(page: Page, labs_for_tests: Playground) -> Iterator[OpenBench]:
    yield lambda lab: Bench(page, labs_for_tests.url, lab)
    stop_all(labs_for_tests)


class TestOutput:
    def test_a_flood_says_how_much_was_left_out(
        self, open_test_bench: OpenBench, tmp_path: Path
    ) -> None:
        bench = open_test_bench("threads/flood")
        bench.press_start(args=f"20 1 {tmp_path / 'report'}")
        bench.wait_for_good_end()
        # However much: the console has room for the last of several only, which may be small.
        for place in (bench.lines, bench.events):
            expect(
                place.get_by_text(re.compile(r"пропущено [\d,]+ \S+ вывода")).first
            ).to_be_visible()
        expect(bench.console.get_by_text(re.compile(r"прежн.. строк"))).to_be_visible()

    def test_what_is_typed_is_kept_in_a_history(self, open_bench: OpenBench) -> None:
        bench = open_bench("chat/login")
        bench.start()
        bench.run_client()
        for line in ("вера", "раз", "два"):
            bench.type(line)
        field = bench.console.get_by_label("Ввод в программу")
        for key, shown in (
            ("ArrowUp", "два"),
            ("ArrowUp", "раз"),
            ("ArrowDown", "два"),
            ("ArrowDown", ""),
        ):
            field.press(key)
            expect(field).to_have_value(shown)
        field.press("Control+d")
        expect(bench.console).to_contain_text(GOOD_END)


class TestHostileText:
    def test_through_a_socket_it_stays_visible_text(self, open_bench: OpenBench) -> None:
        bench = open_bench("tcp/echo")
        bench.start()
        client = bench.client()
        client.ask(HOSTILE, HOSTILE_SHOWN)
        bench.expect_printed(f"Получено сообщение: {HOSTILE_SHOWN}")
        for row in bench.events.locator(".event__payload", has_text="onerror").all():
            expect(row).to_contain_text(HOSTILE_SHOWN)
        expect(bench.page.locator("img")).to_have_count(0)

    @pytest.mark.soak
    def test_as_names_it_stays_visible_text(self, open_bench: OpenBench) -> None:
        bench = open_bench("udp/time")
        bench.start(args="--interval 0.2")
        client = bench.client()
        client.card.get_by_label("Имя").fill(HOSTILE[:40])
        client.press("Подписаться")
        expect(client.card.locator(".watch__who")).to_contain_text("<img src=x")
        bench.expect_printed("Клиент <img src=x")
        expect(bench.page.locator("img")).to_have_count(0)

    @pytest.mark.soak
    def test_typed_into_a_program_it_stays_visible_text(self, open_bench: OpenBench) -> None:
        bench = open_bench("chat/threads")
        bench.start()
        chat = bench.client().card.get_by_role("log", name="Чат")
        expect(chat).to_contain_text("Вы в чате")
        bench.run_client()
        bench.expect_printed("мой адрес")
        bench.type(HOSTILE)
        bench.expect_printed(HOSTILE_SHOWN)
        expect(chat.locator(".chat__text").last).to_have_text(HOSTILE_SHOWN)
        expect(bench.page.locator("img")).to_have_count(0)
