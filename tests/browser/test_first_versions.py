"""First versions in the page: started from their own tab, and from what they do not promise."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.lab_folder import CLIENT, LAB, SERVER, WALKTHROUGH, write_lab
from tests.ports import unused_port
from tests.server import Playground, serving
from tests.web.pages.test_differences import CHECKS

FIRST = """import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", PORT))
while True:
    data, client = sock.recvfrom(1024)
    sock.sendto(data, client)
"""


def on_port(text: str, port: str) -> str:
    """Let a server have the lab's own port, in its source or in what is said of it."""
    return text.replace('("127.0.0.1", 0)', f'("127.0.0.1", {port})')


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    labs_dir = tmp_path_factory.mktemp("first") / "labs"
    # One for each test that starts its server.
    for lab_id in ("udp/hello", "udp/transform", "udp/time"):
        port = str(unused_port(socket.SOCK_DGRAM))
        folder = write_lab(
            labs_dir,
            lab_id,
            lab=LAB.replace("12345", port),
            walkthrough=on_port(WALKTHROUGH, port),
            server=on_port(SERVER, port),
            client=CLIENT,
            first_server=FIRST.replace("PORT", port),
        )
        (folder / "checks.toml").write_text(CHECKS)
    with serving(labs_dir=labs_dir) as playground:
        yield playground


def test_a_first_version_is_started_from_its_tab(page: Page, playground: Playground) -> None:
    page.goto(f"{playground.url}/r/local/labs/udp/hello?lang=en#first_server.py")
    page.get_by_role("button", name="Run it").click()
    expect(page.locator("run-panel .run__name")).to_have_text("first_server.py")
    expect(page.locator("run-panel .run__state")).to_contain_text("running")
    expect(page.locator("run-panel .run__button")).to_have_text("Stop")


@pytest.mark.soak
def test_where_the_finished_server_has_its_port_it_says_what_to_do(
    page: Page, playground: Playground, page_errors: list[str]
) -> None:
    page.goto(f"{playground.url}/r/local/labs/udp/time?lang=en#first_server.py")
    panel = page.locator("run-panel")
    panel.get_by_role("button", name="Start", exact=True).click()
    expect(panel.locator(".run__state")).to_contain_text("running")
    page.get_by_role("button", name="Run it").click()
    holder = panel.locator("port-holder")
    expect(holder).to_contain_text("belongs to server.py")
    expect(holder).to_contain_text("first_server.py takes no other port")
    expect(holder.get_by_role("button", name="Start on a free port")).to_be_hidden()
    holder.get_by_role("button", name="Stop this one").click()
    expect(panel.locator(".run__button")).to_have_text("Start server.py")
    page.get_by_role("button", name="Run it").click()
    expect(panel.locator(".run__name")).to_have_text("first_server.py")
    expect(panel.locator(".run__button")).to_have_text("Stop")
    panel.locator(".run__button").click()
    # What the button starts next is the finished program.
    expect(panel.locator(".run__button")).to_have_text("Start server.py")
    assert "409" in page_errors.pop()


def test_what_it_does_not_promise_is_told_and_can_be_tried(
    page: Page, playground: Playground
) -> None:
    page.goto(f"{playground.url}/r/local/labs/udp/transform?lang=en#differences")
    page.get_by_text("1 more promise of the finished program").click()
    promise = page.locator(".diff-promises > ol > li")
    expect(promise).to_contain_text("Answers everybody")
    promise.get_by_role("button", name="Try it").click()
    expect(page.locator("run-panel .run__state")).to_contain_text("running")


def test_where_no_program_can_be_started_there_is_no_button(
    page: Page, playground: Playground
) -> None:
    page.goto(f"{playground.url}/r/local/labs/udp/hello/differences?lang=en")
    page.get_by_text("1 more promise of the finished program").click()
    expect(page.locator(".diff-promises > ol > li")).to_be_visible()
    expect(page.get_by_role("button", name="Try it")).to_have_count(0)
