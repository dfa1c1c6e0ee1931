"""What holds on every workbench: many pages, one truth; its languages, keys, screens and names."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import SCREEN, OpenBench
from tests.sweeps import in_the_soak

PHONE: ViewportSize = {"width": 360, "height": 740}


class TestTwoTabs:
    def test_each_sees_the_runs_and_clients_of_the_other(self, open_bench: OpenBench) -> None:
        here, there = open_bench("udp/hello"), open_bench("udp/hello")
        here.start()
        expect(there.state).to_have_attribute("data-state", "listening")
        assert there.address == here.address
        client = here.client()
        client.ask("раз", "Hello, client")
        others = there.desk.get_by_role("list", name="Клиенты других страниц")
        expect(others).to_contain_text(client.address)
        expect(others).to_contain_text("← 13 байт")
        expect(here.desk.get_by_role("list", name="Клиенты других страниц")).to_be_hidden()
        there.expect_printed("Message from client: раз")
        expect(there.events.locator(".event__payload", has_text="раз").first).to_be_visible()
        there.stop()
        here.wait_for_good_end()

    def test_reload_keeps_the_truth(self, open_bench: OpenBench) -> None:
        bench = open_bench("udp/hello")
        bench.start()
        address = bench.address
        bench.client().ask("до перезагрузки", "Hello, client")
        bench.page.reload()
        expect(bench.state).to_have_attribute("data-state", "listening")
        assert bench.address == address
        bench.expect_printed("Message from client: до перезагрузки")
        bench.client().ask("после", "Hello, client")
        expect(bench.panel).to_contain_text("1 клиент")


def test_a_client_waits_until_its_page_shows_the_server_that_it_started(
    open_bench: OpenBench,
) -> None:
    bench = open_bench("chat/threads")
    bench.start(port="0")
    notice = bench.cards.locator(".chat__notice").last
    expect(notice).to_contain_text("Вы в чате")
    bench.stop()
    expect(notice).to_have_text("Вы вышли из чата.")
    opened: list[str] = []
    bench.page.on("websocket", lambda socket: opened.append(socket.url))
    # The page has been told of a run that it does not show yet.
    bench.page.evaluate("() => document.querySelector('client-desk').serverStarted('later')")
    bench.start(port="0")
    expect(notice).to_contain_text("Вы в чате")
    assert len(opened) == 1


class TestLanguage:
    def test_the_switch_keeps_the_place_and_is_remembered(self, open_bench: OpenBench) -> None:
        bench = open_bench("udp/hello")
        page = bench.page
        bench.start()
        page.locator("lab-reader").get_by_role("tab", name="server.py", exact=True).click()
        page.get_by_role("link", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("tabpanel", name="server.py")).to_be_visible()
        expect(bench.panel.get_by_role("button", name="Stop", exact=True)).to_be_visible()
        page.goto(bench.url)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(bench.panel.get_by_role("button", name="Stop", exact=True)).to_be_visible()


def tab_to(page: Page, goal: Locator, *, within: int = 80) -> None:
    """Press Tab until this, once it is there, has the focus."""
    expect(goal).to_be_visible()
    for _ in range(within):
        page.keyboard.press("Tab")
        if goal.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"not reached with {within} Tabs: {goal}")


def test_the_keyboard_alone_leads_from_the_catalogue_to_an_answer(
    open_bench: OpenBench, course_url: str
) -> None:
    bench = open_bench("udp/hello")
    page = bench.page
    page.goto(f"{course_url}/r/local")
    tab_to(page, page.get_by_role("link", name="Привет, сервер"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/labs/udp/hello")
    tab_to(page, bench.panel.get_by_role("button", name="Запустить", exact=True))
    page.keyboard.press("Enter")
    expect(bench.state).to_have_attribute("data-state", "listening")
    tab_to(page, bench.client().card.get_by_label("Сообщение"))
    page.keyboard.type("с клавиатуры")
    page.keyboard.press("Enter")
    expect(bench.client().received).to_have_text("Hello, client")
    bench.expect_printed("Message from client: с клавиатуры")


# What is wider than its box although it should not be; code and lists of tabs scroll by themselves.
TOO_WIDE = """() => [...document.querySelectorAll(
  "html, main, .column, .panel--task, event-list, .events__box, run-panel, client-desk,"
  + " client-card, .console__box, .commands, .task-facts, .catalogue, .group, .station, .header")]
  .filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth)
  .map((box) => `${box.tagName}.${box.className}: ${box.scrollWidth} > ${box.clientWidth}`)"""


class TestPhone:
    @pytest.fixture(autouse=True)
    def phone(self, page: Page) -> None:
        page.set_viewport_size(PHONE)

    def test_the_catalogue_does_not_scroll_sideways(self, page: Page, course_url: str) -> None:
        page.goto(f"{course_url}/r/local?lang=ru")
        expect(page.locator(".station")).to_have_count(20)
        assert page.evaluate(TOO_WIDE) == []

    @pytest.mark.soak
    def test_no_workbench_scrolls_sideways(self, open_bench: OpenBench, lab_ids: list[str]) -> None:
        bench = open_bench(lab_ids[0])
        for lab in lab_ids:
            bench.page.goto(bench.url.replace(lab_ids[0], lab))
            for name in ("Читать", "Смотреть", "Делать"):
                bench.page.get_by_role("tab", name=name, exact=True).click()
                assert bench.page.evaluate(TOO_WIDE) == [], (lab, name)
            bench.start()
            assert bench.page.evaluate(TOO_WIDE) == [], lab
            bench.stop()

    @pytest.mark.soak
    def test_the_list_of_events_opens_at_its_end(self, open_bench: OpenBench) -> None:
        bench = open_bench("udp/hello")
        bench.page.get_by_role("tab", name="Делать", exact=True).click()
        bench.start()
        for number in range(8):
            bench.client().ask(f"раз {number}", "Hello, client")
        bench.page.get_by_role("tab", name="Смотреть", exact=True).click()
        expect(bench.events.locator(".event").last).to_be_in_viewport(ratio=1)

    @pytest.mark.soak
    def test_what_a_finger_presses_is_large_enough(self, open_bench: OpenBench) -> None:
        bench = open_bench("tcp/echo")
        bench.page.get_by_role("tab", name="Делать", exact=True).click()
        bench.start()
        bench.client().ask("раз", "раз")
        small = bench.page.evaluate(
            """() => [...document.querySelectorAll("#do button, #do select, #do input, .bench-tab")]
              .filter((control) => control.checkVisibility() && !control.matches(".log__hex"))
              .filter((control) => control.getBoundingClientRect().height < 39.5)
              .map((control) => control.textContent || control.className)"""
        )
        assert small == []


NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, textarea, iframe")]
  .filter((control) => !control.closest("[hidden]") && !control.getAttribute("aria-label")
    && !control.labels?.length && !control.title && !control.textContent.trim())
  .map((control) => control.outerHTML)"""

BROKEN_TABS = """() => [...document.querySelectorAll('[role="tab"]')]
  .filter((tab) => !tab.closest('[role="tablist"]') || !tab.hasAttribute("aria-selected")
    || !document.getElementById(tab.getAttribute("aria-controls")))
  .map((tab) => tab.outerHTML)"""

TWICE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""


class TestNames:
    @pytest.mark.parametrize(
        "lab",
        [
            "udp/hello",
            *in_the_soak("http/page", "chat/window", "tcp/time"),
            *in_the_soak("tcp/trapezoid", "chat/login", "threads/event"),
        ],
    )
    def test_every_control_has_a_name_and_tabs_have_their_panels(
        self, open_bench: OpenBench, lab: str
    ) -> None:
        bench = open_bench(lab)
        bench.start()
        expect(bench.console.get_by_role("tab")).to_have_count(1)
        for broken in (NAMELESS, BROKEN_TABS, TWICE):
            assert bench.page.evaluate(broken) == []
        assert bench.page.get_by_role("heading", level=1).count() == 1
        for tablist in bench.page.get_by_role("tablist").all():
            chosen = tablist.locator('[role="tab"][aria-selected="true"]')
            expect(chosen).to_have_count(1)


def test_all_twenty_labs_stand_on_one_screen(page: Page, course_url: str) -> None:
    page.set_viewport_size(SCREEN)
    page.goto(f"{course_url}/r/local?lang=ru")
    expect(page.locator(".station")).to_have_count(20)
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREEN["height"]
