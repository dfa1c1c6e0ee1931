"""A thread demo as a real process that runs to its end, read line by line."""

from __future__ import annotations

from tests.labs.programs import Program

DEMOS = ("threads/semaphore", "threads/event", "threads/condition", "threads/lowlevel")


def run_demo(lab: str, speed: str) -> list[str]:
    """Return the lines of a demo that must end by itself with status 0 and no complaint."""
    with Program.lab(lab, "demo", "--speed", speed) as demo:
        status = demo.finish()
        assert (status, demo.errors) == (0, "")
        return demo.output.splitlines()


def said(lines: list[str]) -> list[tuple[str, str]]:
    """Cut lines of the form `WHO: WHAT` into who and what; leave out those without a name."""
    return [(who, what) for who, colon, what in (line.partition(": ") for line in lines) if colon]
