"""The thread labs on their workbenches: a demonstration runs to its end, or is stopped."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenBench
from tests.sweeps import in_the_soak

FIRST_AND_LAST = {
    "threads/semaphore": ("Мест: 3, студентов: 8", "Все студенты ушли"),
    "threads/event": ("Получатель: ждёт первого сообщения", "Главный поток: обмен закончен"),
    "threads/condition": ("ждёт: ящик пуст", "Главный поток: обмен закончен"),
    "threads/lowlevel": ("Поток 1: начинает", "Главный поток: все закончили, всего шагов 20"),
}
FIRST, *OTHERS = FIRST_AND_LAST


@pytest.mark.parametrize("lab", [FIRST, *in_the_soak(*OTHERS)])
class TestDemo:
    def test_its_words_stand_on_the_page_to_the_good_end(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        first, last = FIRST_AND_LAST[lab]
        bench = open_bench(lab)
        expect(bench.desk).to_be_hidden()
        bench.press_start(args="--speed 10")
        bench.expect_printed(first)
        bench.expect_printed(last)
        bench.wait_for_good_end()
        expect(bench.events).to_contain_text(last)

    @pytest.mark.soak
    def test_it_is_stopped_in_the_middle_and_run_again(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        first, last = FIRST_AND_LAST[lab]
        bench = open_bench(lab)
        bench.start()
        bench.expect_printed(first)
        bench.stop()
        bench.expect_printed("Демонстрация прервана")
        bench.start()
        bench.expect_printed(first)
        expect(bench.lines).not_to_contain_text("Демонстрация прервана")
        expect(bench.lines).not_to_contain_text(last)
