"""How often the UDP clocks beat in tests, and what a time of day looks like."""

from __future__ import annotations

FAST = ("--interval", "0.05")

CLOCK = r"\d\d:\d\d:\d\d"
