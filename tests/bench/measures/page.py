"""A workbench in a browser: its first diagram, its bytes, its frames with a long history.

Beside it stands a page of the same server that has nothing in it, in the same browser.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.frames import LOOK, SCROLL
from tests.bench.playing import Asked, playing
from tests.bench.report.figures import Figure, Series
from tests.bench.rounds import Contender, Plan, Sample, interleave
from tests.browser.conftest import FLAGS, SCREEN, chromium
from tests.browser.looks import comes_true
from tests.labs.programs import ROOT

PART = "Page"
LAB = "udp/transform"
EMPTY = "/healthz"
FEW = 300  # events that are there when the page is first opened
DIAGRAM = "sequence-diagram .diagram__scroll"
HAS_DIAGRAM = "() => document.querySelector('sequence-diagram .diagram__picture text') !== null"
BYTES = (
    "() => performance.getEntries().map((each) => each.transferSize ?? 0)"
    ".reduce((sum, each) => sum + each, 0)"
)
PAUSE_S = 0.002  # between two questions, for their events to be told


def measure_page(plan: Plan, data: Path) -> Iterator[Figure]:
    """Open a workbench again and again, then scroll its diagram."""
    many = 2000 if plan.is_quick else 10_000
    with (
        playing(plan, labs_dir=ROOT / "labs", data=data, client_events_rate=10_000) as asked,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        port = int(asked.start(LAB)["port"])
        _ask_until(asked, port, FEW)
        yield from _first_diagram(asked, browser, plan)
        _ask_until(asked, port, many)
        yield _frames(asked, browser, plan, many)
        browser.close()


def _first_diagram(asked: Asked, browser: Browser, plan: Plan) -> Iterator[Figure]:
    time_key, bytes_key = "page.diagram", "page.bytes"

    def workbench() -> Sample:
        with browser.new_context(viewport=SCREEN) as context:
            page = context.new_page()
            began = time.perf_counter()
            _open_workbench(page, asked)
            took = time.perf_counter() - began
            return {time_key: took * 1000, bytes_key: page.evaluate(BYTES) / 1024}

    def empty() -> Sample:
        with browser.new_context(viewport=SCREEN) as context:
            page = context.new_page()
            began = time.perf_counter()
            page.goto(asked.playground.url + EMPTY)
            return {time_key: (time.perf_counter() - began) * 1000}

    contenders = [
        Contender("workbench", "ours", workbench),
        Contender("empty page", "limit", empty),
    ]
    found = interleave(contenders, plan.rounds)
    yield Figure(
        key=time_key,
        part=PART,
        title=f"until the first diagram, {FEW} events",
        unit="ms",
        better="less",
        series=found[time_key],
    )
    yield Figure(
        key=bytes_key,
        part=PART,
        title="bytes of a first visit",
        unit="KiB",
        better="less",
        series=found[bytes_key],
    )


def _frames(asked: Asked, browser: Browser, plan: Plan, many: int) -> Figure:
    key = "page.frames"
    frames = 30 if plan.is_quick else 120
    with browser.new_context(viewport=SCREEN) as context:
        page, blank = context.new_page(), context.new_page()
        page.bring_to_front()
        _open_workbench(page, asked)

        def scrolling() -> Sample:
            page.bring_to_front()
            return {key: _per_s(page.evaluate(SCROLL, [DIAGRAM, "scrollTop", 150, frames]))}

        def nothing() -> Sample:
            blank.bring_to_front()
            return {key: _per_s(blank.evaluate(LOOK, frames))}

        contenders = [
            Contender("diagram", "ours", scrolling),
            Contender("empty page", "limit", nothing),
        ]
        series: tuple[Series, ...] = interleave(contenders, plan.rounds)[key]
    return Figure(
        key=key,
        part=PART,
        title=f"scrolling a diagram of {many} events",
        unit="frames/s",
        better="more",
        series=series,
    )


def _open_workbench(page: Page, asked: Asked) -> None:
    """Open it, and wait until something is in its diagram."""
    page.goto(f"{asked.playground.url}/r/local/labs/{LAB}?lang=en", wait_until="commit")
    if not comes_true(page, HAS_DIAGRAM):
        raise TimeoutError("no diagram came")


def _per_s(frames_ms: list[float]) -> float:
    return 1000 / statistics.mean(frames_ms)


def _ask_until(asked: Asked, port: int, events: int) -> None:
    """Ask the lab until the history has so many events."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        sock.settimeout(5)
        while asked.last_seq() < events:
            for _ in range(50):
                sock.send(b"How smooth is it?")
                sock.recv(65535)
                time.sleep(PAUSE_S)
