"""Examples fill the field, and what a person set up is there after a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenBench


def test_a_preset_fills_the_field_and_with_shift_is_sent(open_bench: OpenBench) -> None:
    bench = open_bench("udp/transform")
    bench.start()
    card = bench.client().card
    long = card.get_by_role("button", name=re.compile("^длинное"))
    long.click()
    field = card.get_by_label("Сообщение")
    expect(field).to_have_value(re.compile(r"^0000 0005 .* 4995\.$"))
    expect(bench.client().sent).to_have_count(0)
    card.get_by_role("button", name="straße").click(modifiers=["Shift"])
    expect(field).to_have_value("")
    expect(bench.client().sent).to_have_text("straße")


@pytest.mark.soak
def test_a_preset_of_the_browser_asks_for_nothing_by_itself(open_bench: OpenBench) -> None:
    bench = open_bench("http/page")
    bench.start()
    card = bench.client().card
    card.get_by_role("button", name="/nothing-here").click()
    expect(card.get_by_label("Путь")).to_have_value("/nothing-here")
    expect(card.locator(".browser__status")).to_have_text("")
    card.get_by_role("button", name="/nothing-here").click(modifiers=["Shift"])
    expect(card.locator(".browser__status")).to_contain_text("404")


@pytest.mark.soak
def test_a_reload_keeps_the_picture_and_the_clients(open_bench: OpenBench, page: Page) -> None:
    bench = open_bench("udp/hello")
    bench.add_client()
    page.locator("see-view input[value=hex]").check(force=True)
    page.reload()
    expect(page.locator("see-view input[value=hex]")).to_be_checked()
    expect(bench.cards).to_have_count(2)
