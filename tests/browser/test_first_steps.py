"""Somebody new is told what to press, and no longer once they have seen an exchange."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenBench, clear_board
from tests.server import Playground


def test_first_steps_lead_to_an_exchange_and_then_leave(
    open_bench: OpenBench, page: Page, course: Playground
) -> None:
    clear_board(course, "udp/hello")
    bench = open_bench("udp/hello")
    hint = page.locator(".first")
    hint.get_by_role("button", name="Запустить server.py").click()
    hint.get_by_role("button", name="К клиенту").click()
    expect(bench.client().card.get_by_label("Сообщение")).to_be_focused()
    page.keyboard.type("Привет")
    page.keyboard.press("Enter")
    expect(hint).to_contain_text("Первый обмен")
    hint.get_by_role("button", name="Понятно").click()
    expect(hint).to_be_hidden()
    page.reload()
    expect(bench.state).to_have_attribute("data-state", "listening")
    expect(hint).to_be_hidden()


def test_who_has_put_all_clients_away_is_offered_one(
    open_bench: OpenBench, page: Page, course: Playground
) -> None:
    clear_board(course, "tcp/echo")
    bench = open_bench("tcp/echo")
    bench.start(port="0")
    bench.cards.first.get_by_role("button", name="Убрать этого клиента").click()
    expect(bench.cards).to_have_count(0)
    page.locator(".first").get_by_role("button", name="К клиенту").click()
    expect(bench.cards).to_have_count(1)
    expect(bench.client().card.get_by_label("Сообщение")).to_be_focused()
