"""The page where a network breaks WebSockets: it says so, goes on over plain HTTP, comes back."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.bench import Bench
from tests.browser.conftest import SCREEN, WAIT_MS, report_to
from tests.browser.test_labs_chat import Chatter
from tests.labs.programs import WAIT_S
from tests.middlebox import Middlebox, Mode, middlebox
from tests.server import ROOM, Playground
from tests.sweeps import in_the_soak

SAYS_S = 5.0
SAYS = "Эта сеть не пропускает WebSocket"
# What a browser itself says of what fails, and no page can keep it from.
OF_NETWORK = re.compile(
    "WebSocket connection to|WebSocket is closed before|Failed to load resource: net::ERR_EMPTY"
)


@pytest.fixture
def network(course: Playground, tmp_path: Path) -> Iterator[Middlebox]:
    with middlebox(course.port, "pass", tmp_path) as box:
        yield box


@pytest.fixture
def pages(browser: Browser, page_errors: list[str], network: Middlebox) -> Iterator[list[Page]]:
    """Open two pages, each in a browser of its own, which are gone before the network is."""
    assert network
    contexts = [browser.new_context(locale="ru-RU", viewport=SCREEN) for _ in range(2)]
    try:
        opened = []
        for context in contexts:
            context.set_default_timeout(WAIT_MS)
            opened.append(context.new_page())
            report_to(page_errors, opened[-1])
        yield opened
    finally:
        for context in contexts:
            context.close()
    assert [error for error in page_errors if not OF_NETWORK.search(error)] == []


# Notes when the page first tries a WebSocket, and when it says that it goes on without.
WATCH = """
    const Socket = globalThis.WebSocket;
    globalThis.WebSocket = class extends Socket {
      constructor(...given) {
        super(...given);
        globalThis.triedAt ??= performance.now();
      }
    };
    new MutationObserver(() => {
      if (document.querySelector("connection-bar:not([hidden])[data-says=plain]"))
        globalThis.saidAt ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });
"""


def expect_said(bench: Bench) -> float:
    """Wait until the page says that it goes on over plain HTTP; return the seconds it tried."""
    bar = bench.page.locator("connection-bar")
    expect(bar).to_contain_text(SAYS)
    expect(bar.get_by_role("button", name="Попробовать сейчас")).to_be_hidden()
    took_ms: float = bench.page.evaluate("saidAt - triedAt")
    return took_ms / 1000


@pytest.mark.parametrize("mode", ["mute", *in_the_soak("504", "hang", "close")])
def test_where_websockets_are_broken_the_page_says_so_and_goes_on(
    pages: list[Page], network: Middlebox, mode: Mode
) -> None:
    network.set(mode)
    pages[0].add_init_script(WATCH)
    bench = Bench(pages[0], network.url, "udp/hello")
    took_s = expect_said(bench)
    assert took_s < SAYS_S
    print(f"{mode}: said after {took_s:.1f} s")
    bench.start()
    first, second = bench.client(), bench.add_client()
    first.ask("Привет", "Hello, client")
    second.ask("👋", "Hello, client")
    first.ask("ещё раз", "Hello, client")
    bench.expect_printed("Message from client: ещё раз")
    bench.stop()
    bar = bench.page.locator("connection-bar")
    bar.get_by_role("button", name="Понятно").click()
    expect(bar).to_be_hidden()


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["504", *in_the_soak("buffer", "lossy", "hang")])
def test_two_people_chat_over_plain_http(pages: list[Page], network: Middlebox, mode: Mode) -> None:
    network.set(mode)
    here, there = (Bench(page, network.url, "chat/threads") for page in pages)
    here.start()
    expect(there.state).to_have_attribute("data-state", "listening")
    first, second = Chatter(here.client()), Chatter(there.client())
    first.expect_joined()
    second.join()
    texts = [f"строка {number:02}" for number in range(12)]
    for text in texts:
        first.client.send(text)
    second.expect_heard(first.client.address, texts[-1])
    expect(second.others.locator(".chat__text")).to_have_text(texts)
    second.client.send("и тебе: привет")
    first.expect_heard(second.client.address, "и тебе: привет")
    expect(first.others).to_have_count(1)
    here.stop()
    for chatter in (first, second):
        expect(chatter.notices.last).to_have_text("Вы вышли из чата.")


STATES = """
globalThis.states = [];
new MutationObserver(() => {
  const state = document.querySelector("run-state")?.dataset.state;
  if (state !== undefined && state !== states.at(-1)) states.push(state);
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


async def have_a_long_past(playground: Playground, lab: str) -> None:
    """Let a room have more events than an answer has by default, within a run that is over."""
    run = await playground.start(lab)
    async with playground.open_client(run) as client:
        before = (await playground.room())["last_seq"]
        while (await playground.room())["last_seq"] < before + 2500:
            for _ in range(100):
                await client.send(b"x")
                await client.data()
    await playground.stop(run)


@pytest.mark.soak
def test_a_long_past_is_never_shown_as_the_present(
    pages: list[Page], network: Middlebox, course: Playground
) -> None:
    with ThreadPoolExecutor(1) as pool:  # Playwright has a loop of its own in this thread
        pool.submit(asyncio.run, have_a_long_past(course, "udp/transform")).result()
    network.set("buffer")
    pages[0].add_init_script(STATES)
    bench = Bench(pages[0], network.url, "udp/transform")
    expect(bench.state).to_have_attribute("data-state", "exited")
    assert "listening" not in pages[0].evaluate("states")


@pytest.mark.soak
def test_a_page_that_goes_away_takes_its_clients_with_it(
    pages: list[Page], network: Middlebox, course: Playground
) -> None:
    network.set("504")
    bench = Bench(pages[0], network.url, "udp/hello")
    bench.start()
    bench.client().ask("Привет", "Hello, client")
    since = time.monotonic()
    pages[0].goto("about:blank")
    while httpx.get(course.url + ROOM, trust_env=False).json()["clients"]:
        assert time.monotonic() - since < 25, "long before it would be silent"
        time.sleep(0.05)


@pytest.mark.soak
def test_what_a_page_that_goes_away_was_just_posting_is_no_error(
    pages: list[Page], network: Middlebox
) -> None:
    network.set("504")
    page = pages[0]
    bench = Bench(page, network.url, "udp/hello")
    bench.start()
    client = bench.client()
    client.ask("Привет", "Hello, client")
    page.route("**/clients/*?n=*", lambda _route: None)  # held for good
    with page.expect_request("**/clients/*?n=*"):
        client.send("слишком поздно")
    with (
        page.expect_event("requestfailed", lambda request: request.method == "POST"),
        page.expect_response(lambda answer: answer.request.method == "DELETE"),
    ):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")


FOLLOW = """
async () => {
  const { Timeline, timelineUrl } = await import("/static/js/net/timeline.js");
  const { network } = await import("/static/js/net/network.js");
  const seen = [], gaps = [], ways = [];
  const timeline = new Timeline({ url: timelineUrl("local"), epoch: null });
  timeline.addEventListener("events", ({ detail }) =>
    seen.push(...detail.events.map((event) => event.seq)));
  timeline.addEventListener("gap", ({ detail }) => gaps.push(detail));
  timeline.addEventListener("status", ({ detail }) => ways.push([detail.state, detail.plain]));
  timeline.start(0);
  globalThis.followed = { timeline, seen, gaps, ways, network };
}
"""


UNTIL = """
async (wanted) => {
  const { network, seen } = followed;
  const isThere = () => wanted === network.way || wanted === seen.at(-1);
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
}
"""


def test_to_plain_http_and_back_no_event_is_lost_or_comes_twice(
    pages: list[Page], network: Middlebox, course: Playground
) -> None:
    page = pages[0]
    order = {"lab": "udp/hello", "program": "server", "port": 0}
    modes: list[Mode] = ["504", "pass"]
    with httpx.Client(base_url=course.url, trust_env=False, timeout=WAIT_S) as api:
        network.set("504")
        page.goto(f"{network.url}/r/local")
        page.evaluate(FOLLOW)
        for mode in modes:
            network.set(mode)
            run = api.post(f"{ROOM}/runs", json=order).json()
            page.evaluate("() => followed.timeline.retry()")
            page.evaluate(UNTIL, "plain" if mode == "504" else "websocket")
            api.delete(f"{ROOM}/runs/{run['id']}")
        last = api.get(ROOM).json()["last_seq"]
    page.evaluate(UNTIL, last)
    seen, gaps, ways = page.evaluate("() => [followed.seen, followed.gaps, followed.ways]")
    assert seen == [*range(seen[0], last + 1)]
    assert [gap for gap in gaps if gap["next"] > seen[0]] == []
    assert "lost" not in [state for state, _ in ways]
    assert ["live", True] in ways
    assert ways[-1] == ["live", False]
