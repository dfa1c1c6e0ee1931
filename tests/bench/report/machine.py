"""Where and of what something is measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

import psutil

from tests.bench.report.figures import Machine
from tests.labs.programs import ROOT


def machine_now(load_before: float) -> Machine:
    """Return this machine, as it is at the end of a run."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        load_before=load_before,
        load_after=load_now(),
    )


def load_now() -> float:
    """Return how many processes want to run, over the last minute."""
    return round(os.getloadavg()[0], 1)


def commit_now() -> str:
    """Return the commit that is measured; `unknown` outside of a repository."""
    command = ("git", "describe", "--always", "--dirty")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()
