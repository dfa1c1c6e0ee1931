"""How a class weighs on the server: `python -m tests.bench.classroom [SECONDS] [NAME…]`.

Names: desks, room, viewers, turnover; all of them if none is given. The load runs in this process,
says what it takes itself, and how late its own loop was: where that is much, the machine had other
work, and the latencies are too high.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from tests.classroom import hosting
from tests.load.classroom import (
    COURSE,
    talk_at_desks,
    talk_to_echoes,
    view_together,
)
from tests.load.turnover import turn_over
from tests.server import serving

SECONDS = 30.0
CLIENTS_A_SECOND = 40  # of those that come and go


async def desks(for_s: float, data: Path) -> None:
    """Thirty chats of two."""
    with hosting(labs_dir=COURSE, data=data) as playground:
        print(await talk_at_desks(playground, desks=30, per_s=5, for_s=for_s))


async def room(for_s: float, data: Path) -> None:
    """Two hundred clients of one room, which thirty look at."""
    with serving(data=data) as playground:
        print(await talk_to_echoes(playground, clients=200, viewers=30, per_s=5, for_s=for_s))


async def viewers(for_s: float, data: Path) -> None:
    """Five hundred viewers, ten of whom read nothing."""
    with serving(data=data) as playground:
        print(
            await view_together(playground, viewers=490, silent=10, events_per_s=200, for_s=for_s)
        )


async def turnover(for_s: float, data: Path) -> None:
    """Clients that come and go."""
    began = time.monotonic()
    clients = round(for_s * CLIENTS_A_SECOND)
    before, after = await turn_over(clients, at_a_time=50, data=data)
    print(f"{clients} clients came and went in {time.monotonic() - began:.0f} s")
    print(f"before: {before}\nafter:  {after}")


SCENARIOS: dict[str, Callable[[float, Path], Awaitable[None]]] = {
    scenario.__name__: scenario for scenario in (desks, room, viewers, turnover)
}


async def main(words: list[str]) -> None:
    """Measure what is asked for."""
    for_s = float(words.pop(0)) if words and words[0].replace(".", "").isdigit() else SECONDS
    for name in words or SCENARIOS:
        with TemporaryDirectory() as data:
            await SCENARIOS[name](for_s, Path(data))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
