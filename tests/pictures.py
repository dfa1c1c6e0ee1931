"""Takes the pictures of docs/pictures from the running page: `make pictures`.

Each one is a lab in use: its server, real clients, in light and dark.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, chromium
from tests.labs.programs import ROOT
from tests.server import serving

PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1600, "height": 1000}


def send(page: Page, card: int, text: str) -> None:
    """Send a message as one of the page's clients."""
    entries = page.locator("client-card").nth(card).locator(".log__entry--sent")
    before = entries.count()
    field = page.locator("client-card").nth(card).get_by_label("Message", exact=True)
    field.fill(text)
    field.press("Enter")
    entries.nth(before).wait_for()


def udp_transform(page: Page, port: int) -> None:
    """Two who send, one of them from outside."""
    send(page, 0, "Hello, socket")
    with socket.socket(type=socket.SOCK_DGRAM) as outside:
        outside.settimeout(10)
        outside.sendto(b"from a terminal\n", ("127.0.0.1", port))
        outside.recv(65535)
    send(page, 0, "А роза упала на лапу Азора")


def send_to_nobody(page: Page) -> None:
    """A datagram to a server that is not there any more."""
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator("run-state[data-state=exited]").wait_for()
    send(page, 0, "Is anybody there?")
    page.locator(".cross").wait_for(state="attached")


def tcp_time(page: Page, port: int) -> None:
    """Three who watch the time: two here, one from outside."""
    page.get_by_role("button", name="+ Client", exact=True).click()
    for number, name in enumerate(("Anna", "Boris")):
        card = page.locator("client-card").nth(number)
        card.get_by_label("Name").fill(name)
        card.get_by_role("button", name="Watch").click()
    with socket.create_connection(("127.0.0.1", port)) as outside:
        outside.sendall(b"Vera\n")
        for _ in range(3):
            outside.recv(4096)


def chat_log(page: Page, port: int) -> None:
    """Two clients of a server that takes one at a time: the second waits in the backlog."""
    send(page, 0, "first")
    page.get_by_role("button", name="+ Client", exact=True).click()
    send(page, 1, "I wait in the backlog")
    send(page, 0, "still me")
    page.locator("client-card").nth(0).get_by_role("button", name="Close", exact=True).last.click()
    page.locator("run-console").get_by_text("I wait in the backlog").wait_for()


def threads_condition(page: Page, port: int) -> None:
    """Senders and receivers around a bounded buffer, to the end."""
    page.locator("run-state[data-state=exited]").wait_for()


SCENES: dict[str, Callable[[Page, int], None]] = {
    "udp/transform": udp_transform,
    "tcp/time": tcp_time,
    "chat/log": chat_log,
    "threads/condition": threads_condition,
}


@contextmanager
def workbench(browser: Browser, url: str, lab: str, scheme: str) -> Iterator[Page]:
    """Open a lab and start its program by the button of the page."""
    context = browser.new_context(
        viewport=SIZE,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-GB",
    )
    page = context.new_page()
    program = "demo.py" if lab.startswith("threads/") else "server.py"
    page.goto(f"{url}/r/local/labs/{lab}?lang=en#{program}")
    page.get_by_role("button", name=re.compile("^(Start|Run)$")).click()
    page.locator("run-state[data-state=listening], run-state[data-state=running]").wait_for()
    yield page
    context.close()


def take(browser: Browser, lab: str, scheme: str) -> None:
    """Play a scene and take its picture."""
    with ExitStack() as stack:
        playground = stack.enter_context(serving(labs_dir=ROOT / "labs"))
        page = stack.enter_context(workbench(browser, playground.url, lab, scheme))
        address = page.locator(".run__address")
        port = (
            int(address.inner_text().rpartition(":")[2].partition("/")[0])
            if (not lab.startswith("threads/"))
            else 0
        )
        SCENES[lab](page, port)
        page.wait_for_timeout(1500)  # what waits is seen waiting
        if lab == "udp/transform":
            page.screenshot(path=PICTURES / f"workbench{'-dark' * (scheme == 'dark')}.png")
            send_to_nobody(page)
        name = lab.replace("/", "-")
        page.locator("see-view").screenshot(path=PICTURES / f"see-{name}-{scheme}.png")


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for lab in SCENES:
            for scheme in ("light", "dark"):
                take(browser, lab, scheme)
                print(f"{lab} {scheme}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
