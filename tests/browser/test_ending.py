"""What a page says when its server is stopped, and that it goes on when the server is back."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, SCREEN
from tests.middlebox import middlebox
from tests.ports import unused_port
from tests.server import serving
from tests.sweeps import in_the_soak

STOPPED = "Socket Lab was stopped."
MAY_FAIL = re.compile(r"ERR_CONNECTION_REFUSED|ERR_SOCKET_NOT_CONNECTED|WebSocket connection")


@pytest.mark.soak
def test_a_page_without_websockets_says_so_too(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(locale="en-GB", viewport=SCREEN)
    try:
        page = context.new_page()
        bar = page.locator("connection-bar")
        with (
            serving(data="none", labs_dir=ROOT / "labs") as playground,
            middlebox(playground.port, "504", tmp_path) as network,
        ):
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"{network.url}/r/local/labs/udp/hello")
            expect(bar).to_have_attribute("data-says", "plain")
            page.get_by_role("button", name="Start", exact=True).click()
            expect(page.locator("run-state")).to_have_attribute("data-state", "listening")
            expect(page.locator("client-card").first).to_have_attribute("data-state", "open")
            # It is told in an answer: so the page has to be waiting for one, for what comes next.
            room = httpx.get(f"{playground.url}/api/rooms/local", trust_env=False).json()
            waits = re.compile(rf"/events\?after={room['last_seq']}&.*wait_s=20$")
            while not any(map(waits.search, asked)):
                page.wait_for_timeout(50)
            playground.program.send_signal(signal.SIGINT)
            expect(bar.get_by_text(STOPPED)).to_be_visible(timeout=8000)
            playground.program.finish()
    finally:
        context.close()


@pytest.mark.parametrize("path", [*in_the_soak("/r/local"), "/r/local/labs/udp/echo"])
def test_a_page_says_that_the_server_ends_and_goes_on_when_it_is_back(
    page: Page, page_errors: list[str], path: str
) -> None:
    port = unused_port()
    bar = page.locator("connection-bar")
    with serving(port=port, data="none") as playground:
        with page.expect_websocket(lambda opened: "/events" in opened.url) as opened:
            page.goto(f"{playground.url}{path}")
        opened.value.wait_for_event("framereceived")
        page.evaluate("customElements.whenDefined('connection-bar').then(() => {})")  # comes late
        playground.program.send_signal(signal.SIGINT)
        expect(bar.get_by_text(STOPPED)).to_be_visible(timeout=8000)
        playground.program.finish()
        bar.get_by_role("button", name="Try now").click()  # in vain
    with serving(port=port, data="none"):
        expect(bar).to_be_hidden(timeout=20_000)
    page.goto("about:blank")  # by then all has been told
    page_errors[:] = [error for error in page_errors if not MAY_FAIL.search(error)]
