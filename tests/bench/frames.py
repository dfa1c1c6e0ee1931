"""Frames and tasks of a page: what a phase costs its main thread, by processor and by clock.

A script of a phase runs in the page for so many frames and returns the times between them, in ms.
The tasks come from Chromium's own trace, so that another load on the machine does not change their
processor time; the one that cost most is told in parts, its own work first.
"""

from __future__ import annotations

import collections
import json
import statistics
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

FRAME_MS = 1000 / 60
LONG_MS = 50
PARTS = 4  # of the worst task that are told

# Nothing is done.
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

# Each frame scrolls a box by so many pixels, there and back.
SCROLL = """([selector, side, pixels, frames]) => new Promise((resolve) => {
  const box = document.querySelector(selector);
  const times = [];
  let before = null;
  let by = -pixels;
  const step = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    if (times.length >= frames) return resolve(times);
    const at = box[side];
    box[side] += by;
    if (box[side] === at) by = -by;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""

# In each frame the wheel turns so many times over a box, with Ctrl: larger, then smaller again.
ZOOM = """([selector, turns, frames]) => new Promise((resolve) => {
  const box = document.querySelector(selector);
  const { left, top, width, height } = box.getBoundingClientRect();
  const times = [];
  let before = null;
  const step = (now) => {
    if (before !== null) times.push(now - before);
    before = now;
    if (times.length >= frames) return resolve(times);
    const deltaY = times.length % 40 < 20 ? -20 : 20;
    for (let i = 0; i < turns; i++) {
      box.dispatchEvent(new WheelEvent("wheel", { deltaY, ctrlKey: true, bubbles: true,
        cancelable: true, clientX: left + width / 2, clientY: top + height / 2 }));
    }
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""

# From now on notes long tasks, in ms.
WATCH_TASKS = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: "longtask" });
}"""


@dataclass(frozen=True)
class Task:
    """A task of a main thread: its processor time, and that of each part by itself, in ms."""

    ms: float
    parts: dict[str, float]


class Meter:
    """Measures one phase after the other in a page: frames, and the tasks of its main thread."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._browser = browser
        self._page = page
        page.evaluate(WATCH_TASKS)

    def phase(self, what: str, script: str, argument: Any) -> None:
        """Run a script that returns times between frames, and print what it cost."""
        self._page.evaluate("() => void tasks.splice(0)")
        categories = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
        self._browser.start_tracing(page=self._page, categories=categories)
        began = time.monotonic()
        times: list[float] = self._page.evaluate(script, argument)
        wall_ms = 1000 * (time.monotonic() - began)
        trace = json.loads(self._browser.stop_tracing())["traceEvents"]
        by_clock: list[float] = self._page.evaluate("() => tasks.splice(0)")
        tell(what, times, unit="ms a frame")
        tasks = main_thread_tasks(trace)
        worst = max(tasks, key=lambda task: task.ms, default=Task(0, {}))
        by_processor = sum(task.ms > LONG_MS for task in tasks)
        clock = f"{len(by_clock)} by the clock, worst {max(by_clock, default=0):.0f} ms"
        own = f"{by_processor} by processor time, worst {worst.ms:.0f} ms"
        busy = f"{100 * sum(task.ms for task in tasks) / wall_ms:.0f} % busy"
        print(f"{'':34} long tasks: {clock}; {own}; {busy}")
        parts = sorted(worst.parts.items(), key=lambda part: -part[1])[:PARTS]
        print(f"{'':34} in it: {', '.join(f'{name} {ms:.0f}' for name, ms in parts)}", flush=True)


def main_thread_tasks(trace: list[dict[str, Any]]) -> list[Task]:
    """Return the tasks of the busiest renderer's main thread."""
    mains = {
        (each["pid"], each["tid"])
        for each in trace
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    events: dict[tuple[int, int], list[dict[str, Any]]] = collections.defaultdict(list)
    for each in trace:
        if "tdur" in each and (each["pid"], each["tid"]) in mains:
            events[each["pid"], each["tid"]].append(each)
    threads = [_tasks(each) for each in events.values()]
    return max(threads, key=lambda tasks: sum(task.ms for task in tasks), default=[])


def _tasks(events: list[dict[str, Any]]) -> list[Task]:
    """Return the tasks of one thread: events nest by their time."""
    tasks: list[Task] = []
    within: list[tuple[float, str]] = []  # the ends and names of what is going on
    for each in sorted(events, key=lambda event: (event["ts"], -event["dur"])):
        name, ms = each["name"], each["tdur"] / 1000
        while within and within[-1][0] <= each["ts"]:
            within.pop()
        if name == "RunTask":
            within.clear()
            tasks.append(Task(ms, collections.defaultdict(float)))
        elif not within:
            continue
        parts = tasks[-1].parts
        parts[name] += ms
        if within:
            parts[within[-1][1]] -= ms
        within.append((each["ts"] + each["dur"], name))
    return tasks


def tell(what: str, times: list[float], *, unit: str) -> None:
    """Print the distribution of times."""
    quantiles = statistics.quantiles(times, n=100)
    late = sum(each > 1.5 * FRAME_MS for each in times) / len(times)
    lost = f", {100 * late:.1f} % of frames late" if "frame" in unit else ""
    print(
        f"{what:34} p50 {quantiles[49]:5.1f}, p95 {quantiles[94]:5.1f}, p99 {quantiles[98]:5.1f}, "
        f"worst {max(times):5.1f} {unit}{lost}",
        flush=True,
    )
