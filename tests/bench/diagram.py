"""How smooth the See column is: scrolling a long history, and events that arrive meanwhile.

    .venv/bin/python -m tests.bench.diagram

A real server of the course, asked from outside, in the page of a real headless Chromium (without a
GPU, so that the processor draws every pixel), at each width. Prints for each phase the times
between animation frames, the long tasks of the main thread (over 50 ms) and the worst one, once as
the Long Tasks API counts them, by the clock, so that another load on the machine makes more of
them, and once by the thread's own processor time; how busy that thread was; and how long it takes
from an event (its time in the program) to the frame after which it is in the picture. The goal:
with 10,000 events and 500 more a second no long task.
"""

from __future__ import annotations

import argparse
import re
import socket
import threading
import time
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.frames import LOOK, SCROLL, ZOOM, Meter, tell
from tests.browser.conftest import FLAGS, chromium
from tests.labs.programs import ROOT
from tests.server import ROOM, serving

LAB = "udp/transform"
DIAGRAM = "sequence-diagram .diagram__scroll"
LANES = "thread-lanes .diagram__scroll"
LIST = ".events__box"

# From now on notes, in ms, how old each item is when the frame with it has been drawn, if it has
# happened since `since`: what only comes back into view is older.
WATCH = """() => {
  window.ages = [];
  window.since = 0;
  const offset = JSON.parse(document.getElementById("page").textContent).clock_offset_s;
  const layer = document.querySelector(".diagram__picture > g:nth-of-type(2)");
  new MutationObserver((changes) => {
    const items = changes.flatMap(({ addedNodes }) => [...addedNodes].map(({ item }) => item));
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => {
        const now = Date.now();
        for (const item of items) {
          const at = 1000 * (item.events.at(-1).t + offset);
          if (at >= since) ages.push(now - at);
        }
      };
      port1.postMessage(null); // after the frame that shows them
    });
  }).observe(layer, { childList: true });
}"""


class Asker:
    """Somebody outside who asks the server again and again."""

    def __init__(self, port: int) -> None:
        self._sock = socket.socket(type=socket.SOCK_DGRAM)
        self._sock.settimeout(5)
        self._sock.connect(("127.0.0.1", port))

    def ask(self) -> None:
        """Make one round trip."""
        self._sock.send(b"How smooth is it?")
        self._sock.recv(65535)

    def keep_asking(self, per_s: float, stop: threading.Event) -> None:
        """Make so many round trips a second, until told to stop."""
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            self.ask()
            due += 1 / per_s


def last_seq(url: str) -> int:
    """Return the number of the last event."""
    room = httpx.get(url + ROOM, trust_env=False).json()
    return int(room["last_seq"])


def fill(page: Page, url: str, asker: Asker, events: int) -> float:
    """Ask until the history has so many events; return how many one round trip makes."""
    before = last_seq(url)
    for _ in range(200):
        asker.ask()
        time.sleep(0.004)
    time.sleep(0.5)
    each = (last_seq(url) - before) / 200
    while last_seq(url) < events:
        for _ in range(100):
            asker.ask()
            time.sleep(0.004)
    shown = page.locator(".see__count")
    while int(re.sub(r"\D", "", shown.inner_text())) < 0.6 * events:  # the rest is output
        time.sleep(0.1)
    return each


def choose(page: Page, mode: str) -> None:
    """Choose a picture of the See column."""
    page.locator(f"see-view input[value={mode}]").evaluate("radio => radio.click()")


def measure_scrolling(page: Page, meter: Meter, frames: int) -> None:
    """Measure what it costs to go through a history that stands still."""
    for pixels in (40, 150, 600):
        meter.phase(
            f"scrolling {pixels} px a frame", SCROLL, [DIAGRAM, "scrollTop", pixels, frames]
        )
    unzoom(page, meter, "the wheel", 1, frames)
    choose(page, "list")
    meter.phase("the list comes", LOOK, 60)
    meter.phase("scrolling the list", SCROLL, [LIST, "scrollTop", 150, frames])
    choose(page, "lanes")
    meter.phase("the lanes come", LOOK, 60)
    meter.phase("scrolling the lanes", SCROLL, [LANES, "scrollLeft", 150, frames])
    choose(page, "text")


def measure_following(page: Page, meter: Meter, frames: int) -> None:
    """Measure what it costs to follow events, in each picture and with none in sight."""
    to_end(page, DIAGRAM, "scrollTop")
    page.evaluate("() => { ages.splice(0); since = Date.now(); }")
    meter.phase("following", LOOK, frames)
    ages = page.evaluate("() => ages.splice(0)")
    tell(f"event to picture, {len(ages)} items", ages, unit="ms")
    meter.phase("scrolling meanwhile", SCROLL, [DIAGRAM, "scrollTop", 40, frames])
    unzoom(page, meter, "the wheel meanwhile", 3, frames)
    for mode, box, side in (("list", LIST, "scrollTop"), ("lanes", LANES, "scrollLeft")):
        choose(page, mode)
        meter.phase(f"the {mode}, just chosen", LOOK, 60)
        meter.phase(f"following as {mode}", LOOK, frames)
        meter.phase(f"scrolling as {mode}", SCROLL, [box, side, 40, frames])
        to_end(page, box, side)
    choose(page, "text")
    meter.phase("back to the diagram", LOOK, frames)


def unzoom(page: Page, meter: Meter, what: str, turns: int, frames: int) -> None:
    """Measure so many turns of the wheel a frame, and bring the diagram back to its size."""
    meter.phase(what, ZOOM, [DIAGRAM, turns, frames])
    page.locator(DIAGRAM).press("0")


def to_end(page: Page, box: str, side: str) -> None:
    """Let a picture follow again."""
    page.evaluate("([box, side]) => (document.querySelector(box)[side] = 1e9)", [box, side])


def measure(browser: Browser, page: Page, url: str, args: argparse.Namespace) -> None:
    """Measure in one page."""
    page.goto(f"{url}/r/local/labs/{LAB}?lang=en")
    page.locator("run-panel").get_by_role("button", name="Start", exact=True).click()
    page.locator("run-state[data-state=listening]").wait_for()
    runs: list[dict[str, Any]] = httpx.get(url + ROOM, trust_env=False).json()["runs"]
    asker = Asker(int(runs[0]["port"]))
    meter = Meter(browser, page)
    page.evaluate(WATCH)
    meter.phase("nothing in it", LOOK, args.frames)
    each = fill(page, url, asker, args.events)
    print(f"{last_seq(url)} events, {each:.1f} a round trip", flush=True)
    for width in args.widths:
        print(f"-- {width} px")
        page.set_viewport_size({"width": width, "height": 800})
        measure_scrolling(page, meter, args.frames)
    stop = threading.Event()
    asking = threading.Thread(target=asker.keep_asking, args=[args.per_s / each, stop])
    before, began = last_seq(url), time.monotonic()
    asking.start()
    for width in args.widths:
        print(f"-- {width} px, events arrive")
        page.set_viewport_size({"width": width, "height": 800})
        measure_following(page, meter, args.frames)
    print("-- 390 px, another column in front")
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator(".bench-tab").first.click()
    meter.phase("hidden views", LOOK, args.frames)
    stop.set()
    asking.join()
    rate = (last_seq(url) - before) / (time.monotonic() - began)
    print(f"{rate:.0f} events a second arrived")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="in the history")
    parser.add_argument("--per-s", type=int, default=500, help="events that arrive a second")
    parser.add_argument("--frames", type=int, default=600, help="frames to look at each time")
    parser.add_argument("--widths", type=int, nargs="+", default=[1280, 1920], help="of the page")
    args = parser.parse_args()
    with (
        serving(labs_dir=ROOT / "labs") as playground,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        measure(browser, page, playground.url, args)
        browser.close()


if __name__ == "__main__":
    main()
