"""How smooth the diagram is: scrolling a long history, and events that arrive meanwhile.

    .venv/bin/python -m tests.bench.diagram

A real server of the course, asked from outside, in the page of a real headless Chromium (without a
GPU, so that the processor draws every pixel). Prints the times between animation frames while
10,000 events are scrolled, with and without 500 more a second, and how long it takes from an event
(its time in the program) to the frame after which it is in the picture.
"""

from __future__ import annotations

import argparse
import re
import socket
import statistics
import threading
import time
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS, chromium
from tests.labs.programs import ROOT
from tests.server import ROOM, serving

LAB = "udp/transform"
FRAME_MS = 1000 / 60

# Times between frames, in ms, while each frame scrolls by so many pixels, there and back.
SCROLL = """([pixels, frames]) => new Promise((resolve) => {
  const box = document.querySelector(".diagram__scroll");
  const times = [];
  let before = null;
  let by = -pixels;
  const step = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    if (times.length >= frames) return resolve(times);
    box.scrollTop += by;
    if (box.scrollTop <= 0) by = pixels;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""

# From now on notes, in ms, how old each new item is when the frame with it has been drawn.
WATCH = """() => {
  window.ages = [];
  const offset = JSON.parse(document.getElementById("page").textContent).clock_offset_s;
  const layer = document.querySelector(".diagram__picture > g:nth-of-type(2)");
  new MutationObserver((changes) => {
    const items = changes.flatMap(({ addedNodes }) => [...addedNodes].map(({ item }) => item));
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port2.onmessage = () => {
        const now = Date.now();
        for (const item of items) ages.push(now - 1000 * (item.events.at(-1).t + offset));
      };
      port1.postMessage(null); // after the frame that shows them
    });
  }).observe(layer, { childList: true });
}"""

# Times between frames, in ms, and nothing done.
LOOK = """(frames) => new Promise((resolve) => {
  const times = [];
  let before = null;
  const step = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    if (times.length >= frames) resolve(times);
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


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


def tell(what: str, times: list[float], *, unit: str = "ms a frame") -> None:
    """Print the distribution of times."""
    quantiles = statistics.quantiles(times, n=100)
    late = sum(each > 1.5 * FRAME_MS for each in times) / len(times)
    lost = f", {100 * late:.1f} % of frames late" if "frame" in unit else ""
    print(
        f"{what:34} p50 {quantiles[49]:5.1f}, p95 {quantiles[94]:5.1f}, p99 {quantiles[98]:5.1f}, "
        f"worst {max(times):5.1f} {unit}{lost}",
        flush=True,
    )


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


def measure(page: Page, url: str, args: argparse.Namespace) -> None:
    """Measure in one page."""
    page.goto(f"{url}/r/local/labs/{LAB}?lang=en")
    page.locator("run-panel").get_by_role("button", name="Start", exact=True).click()
    page.locator("run-state[data-state=listening]").wait_for()
    runs: list[dict[str, Any]] = httpx.get(url + ROOM, trust_env=False).json()["runs"]
    asker = Asker(int(runs[0]["port"]))
    tell("nothing in it", page.evaluate(LOOK, 300))
    each = fill(page, url, asker, args.events)
    print(f"{last_seq(url)} events, {each:.1f} a round trip", flush=True)
    for pixels in (40, 150, 600):
        tell(f"scrolling {pixels} px a frame", page.evaluate(SCROLL, [pixels, args.frames]))
    stop = threading.Event()
    asking = threading.Thread(target=asker.keep_asking, args=[args.per_s / each, stop])
    before, began = last_seq(url), time.monotonic()
    asking.start()
    page.evaluate("() => (document.querySelector('.diagram__scroll').scrollTop = 1e9)")
    page.evaluate(WATCH)
    tell("following", page.evaluate(LOOK, args.frames))
    ages = page.evaluate("() => ages.splice(0)")
    tell(f"event to picture, {len(ages)} items", ages, unit="ms")
    tell("scrolling meanwhile", page.evaluate(SCROLL, [40, args.frames]))
    page.locator("see-view input[value=list]").evaluate("radio => radio.click()")
    tell("following as a list", page.evaluate(LOOK, args.frames))
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
    args = parser.parse_args()
    with (
        serving(labs_dir=ROOT / "labs") as playground,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        measure(page, playground.url, args)
        browser.close()


if __name__ == "__main__":
    main()
