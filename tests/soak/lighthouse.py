"""Lighthouse as a program: what it says of a page, in numbers.

It starts a Chromium of its own, which is a phone or a desktop, and counts with what the page would
take on a slow one (its simulated throttling): the network of this machine does not matter, its
processor does.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any, Literal

import psutil

from tests.browser.conftest import FLAGS, chromium
from tests.soak.tools import NODE, NPM_FOLDER, tool

Device = Literal["mobile", "desktop"]
Scores = dict[str, int]

WITHIN_S = 180
PERFORMANCE = "performance"
BEST = ("accessibility", "best-practices", "seo")
CATEGORIES = (PERFORMANCE, *BEST)
FIGURES = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "SI": "speed-index",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}


@dataclass(frozen=True)
class Report:
    """One look at a page: its points, from 0 to 100, and what they come from."""

    scores: Scores
    figures: dict[str, float]  # in ms; CLS has no unit
    faults: list[str]  # what it finds wrong, but for what is slow
    machine: float  # how fast it found this machine to be

    def __str__(self) -> str:
        figures = (f"{name} {value:.3g}" for name, value in self.figures.items())
        scores = (f"{score}" for score in self.scores.values())
        return ", ".join([*scores, *figures, f"machine {self.machine:.0f}", *self.faults])


def look(url: str, device: Device) -> Report:
    """Let Lighthouse look at a page once."""
    flags = ["--headless=new", *FLAGS]
    command = [str(NODE), tool("lighthouse", NPM_FOLDER), url, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(flags)}"]
    command += ["--preset=desktop"] if device == "desktop" else []
    return _report(json.loads(_output_of(command)))


def _output_of(command: list[str]) -> str:
    env = {**os.environ, "CHROME_PATH": chromium(), "NO_PROXY": "*", "no_proxy": "*"}
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, env=env) as process:
        try:
            output, errors = process.communicate(timeout=WITHIN_S)
        except BaseException:
            _kill(process.pid)
            raise
    assert process.returncode == 0, errors
    return output


def _kill(pid: int) -> None:
    """End a program and the browser that it has started."""
    process = psutil.Process(pid)
    for each in [*process.children(recursive=True), process]:
        each.kill()


def _report(told: dict[str, Any]) -> Report:
    audits, categories = told["audits"], told["categories"]
    weighty = {
        each["id"]
        for name, category in categories.items()
        for each in category["auditRefs"]
        if name != PERFORMANCE and each["weight"] > 0
    }
    return Report(
        scores={name: round(100 * categories[name]["score"]) for name in CATEGORIES},
        figures={name: audits[audit]["numericValue"] for name, audit in FIGURES.items()},
        faults=[each for each in sorted(weighty) if audits[each]["score"] not in (None, 1)],
        machine=told["environment"]["benchmarkIndex"],
    )
