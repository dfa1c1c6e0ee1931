"""A page over plain HTTP from another computer is no secure context, and lacks nothing here.

Loopback addresses are always one, so the page has a name that only this browser knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.bench import Bench
from tests.browser.conftest import FLAGS, ROOT, SCREEN, WAIT_MS, chromium, report_to, stop_all
from tests.ports import unused_port
from tests.server import Playground, serving

NAME = "socketlab.test"
# What a browser has in secure contexts only, and what pages of other origins can be kept from.
SECURE_ONLY = re.compile(
    r"crypto\.(?:subtle|randomUUID)|\bSharedArrayBuffer\b|\bAtomics\.wait\b|cookieStore"
    r"|navigator\.(?:serviceWorker|storage|locks|share|wakeLock|credentials)|\bcaches\."
)
SCRIPTS = ROOT / "frontend" / "static" / "js"


@pytest.fixture(scope="module")
def named() -> Iterator[Playground]:
    port = unused_port()
    hosts = json.dumps([f"{NAME}:{port}"])
    with serving(port=port, allowed_hosts=hosts, labs_dir=ROOT / "labs") as playground:
        yield playground


@pytest.fixture
def page(named: Playground, page_errors: list[str], playwright_here: Playwright) -> Iterator[Page]:
    """Open a page in a browser of its own, which finds the name at the loopback address."""
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    browser = playwright_here.chromium.launch(executable_path=chromium(), args=[*FLAGS, rules])
    try:
        context = browser.new_context(locale="ru-RU", viewport=SCREEN)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        report_to(page_errors, page)
        yield page
    finally:
        browser.close()
        stop_all(named)
    # That header means nothing there, and the browser says so.
    assert [error for error in page_errors if "Cross-Origin-Opener-Policy" not in error] == []


@pytest.mark.soak
def test_clients_console_and_clipboard_work_in_no_secure_context(
    page: Page, named: Playground
) -> None:
    bench = Bench(page, f"http://{NAME}:{named.port}", "udp/hello")
    assert page.evaluate("isSecureContext") is False
    assert page.evaluate("navigator.clipboard") is None
    bench.start()
    bench.client().ask("Привет", "Hello, client")
    bench.expect_printed("Message from client: Привет")
    copy = page.locator("lab-reader copy-button").first
    text = copy.evaluate("button => button.text")
    copy.get_by_role("button").click()
    expect(copy).to_contain_text("скопировано")
    field = bench.client().card.get_by_label("Сообщение")
    field.click()
    page.keyboard.press("Control+V")
    expect(field).to_have_value(text)
    bench.run_client("'из консоли'")
    bench.expect_printed("Response from server: Hello, client")


def test_no_script_asks_for_what_only_secure_contexts_have() -> None:
    found = [
        (path.relative_to(SCRIPTS).as_posix(), use[0])
        for path in sorted(Path(SCRIPTS).rglob("*.js"))
        for use in SECURE_ONLY.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
