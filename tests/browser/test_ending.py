"""What a page says when its server is stopped, and that it goes on when the server is back."""

from __future__ import annotations

import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.ports import unused_port
from tests.server import serving

STOPPED = "Socket Lab was stopped."
MAY_FAIL = re.compile(r"ERR_CONNECTION_REFUSED|ERR_SOCKET_NOT_CONNECTED|WebSocket connection")


@pytest.mark.parametrize("path", ["/r/local", "/r/local/labs/udp/echo"])
def test_a_page_says_that_the_server_ends_and_goes_on_when_it_is_back(
    page: Page, page_errors: list[str], path: str
) -> None:
    port = unused_port()
    bar = page.locator("connection-bar")
    with serving(port=port, data="none") as playground:
        with page.expect_websocket(lambda opened: "/events" in opened.url) as opened:
            page.goto(f"{playground.url}{path}")
        opened.value.wait_for_event("framereceived")
        playground.program.send_signal(signal.SIGINT)
        expect(bar.get_by_text(STOPPED)).to_be_visible(timeout=8000)
        playground.program.finish()
    with serving(port=port, data="none"):
        bar.get_by_role("button", name="Try now").click()
        expect(bar).to_be_hidden(timeout=20_000)
    page.goto("about:blank")  # by then all has been told
    page_errors[:] = [error for error in page_errors if not MAY_FAIL.search(error)]
