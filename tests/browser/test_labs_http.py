"""The HTTP lab on its workbench: the mini browser beside the bytes that it exchanges."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.bench import Bench
from tests.browser.conftest import OpenBench


class MiniBrowser:
    """The mini browser of a card."""

    def __init__(self, card: Locator) -> None:
        self.card = card
        self.status = card.locator(".browser__status")
        self.request = card.get_by_label("Запрос, каким он уходит")
        self.head = card.locator(".browser__head")
        self.body = card.locator(".browser__body")
        self.frame = card.locator("iframe")
        self.page = card.frame_locator("iframe")

    def go(self, path: str, method: str = "GET") -> None:
        self.card.get_by_label("Метод").select_option(method)
        self.card.get_by_label("Путь").fill(path)
        self.card.get_by_label("Путь").press("Enter")

    def expect_status(self, status: str) -> None:
        expect(self.status).to_contain_text(status)
        expect(self.head).to_contain_text(f"HTTP/1.1 {status}")


OpenBrowser = Callable[[], tuple[Bench, MiniBrowser]]


@pytest.fixture
def open_browser(open_bench: OpenBench) -> OpenBrowser:
    def open_it() -> tuple[Bench, MiniBrowser]:
        bench = open_bench("http/page")
        bench.start()
        return bench, MiniBrowser(bench.client().card)

    return open_it


def test_the_page_is_shown_with_its_styles_beside_request_and_response(
    open_browser: OpenBrowser,
) -> None:
    bench, browser = open_browser()
    bench.expect_printed(f"Сервер слушает http://{bench.address}/")
    browser.go("/")
    browser.expect_status("200 OK")
    heading = browser.page.get_by_role("heading", name="Эта страница пришла из сокета")
    expect(heading).to_have_css("font-size", "36px")
    assert browser.request.input_value().startswith(
        f"GET / HTTP/1.1\nHost: {bench.address}\nConnection: close\n"
    )
    for field in ("Content-Type: text/html; charset=utf-8", "Connection: close"):
        expect(browser.head).to_contain_text(field)
    expect(browser.body).to_contain_text("<!doctype html>")
    bench.expect_printed("'GET /' -> 200 OK")
    bench.stop()


def test_the_frame_has_neither_scripts_nor_our_origin(open_browser: OpenBrowser) -> None:
    bench, browser = open_browser()
    browser.go("/")
    expect(browser.page.get_by_role("heading").first).to_be_visible()
    assert browser.frame.get_attribute("sandbox") == ""
    origins = [frame.evaluate("window.origin") for frame in bench.page.frames[1:]]
    assert origins == ["null"]


@pytest.mark.soak
def test_another_path_is_404_and_its_button_asks_for_it(open_browser: OpenBrowser) -> None:
    bench, browser = open_browser()
    browser.card.get_by_role("button", name="/nothing-here").click(modifiers=["Shift"])
    browser.expect_status("404 Not Found")
    expect(browser.page.get_by_role("heading", name="404 Not Found")).to_be_visible()
    bench.expect_printed("'GET /nothing-here' -> 404 Not Found")


@pytest.mark.soak
def test_head_has_the_fields_and_no_body(open_browser: OpenBrowser) -> None:
    _, browser = open_browser()
    browser.go("/", "HEAD")
    browser.expect_status("200 OK")
    expect(browser.head).to_contain_text("Content-Length:")
    expect(browser.body).to_be_hidden()
    expect(browser.frame).to_be_hidden()
    expect(browser.card.get_by_text("В этом ответе нет страницы")).to_be_visible()


@pytest.mark.soak
def test_another_method_is_405_and_what_is_no_http_400(open_browser: OpenBrowser) -> None:
    _, browser = open_browser()
    browser.go("/", "POST")
    browser.expect_status("405 Method Not Allowed")
    browser.request.fill("Привет!\n\n")
    browser.card.get_by_role("button", name="Открыть").click()
    browser.expect_status("400 Bad Request")


@pytest.mark.soak
def test_two_browsers_stand_side_by_side(open_browser: OpenBrowser) -> None:
    bench, first = open_browser()
    second = MiniBrowser(bench.add_client().card)
    first.go("/")
    second.go("/nowhere")
    first.expect_status("200 OK")
    second.expect_status("404 Not Found")
    expect(first.page.get_by_role("heading").first).to_have_text("Эта страница пришла из сокета")
    expect(second.page.get_by_role("heading")).to_have_text("404 Not Found")
