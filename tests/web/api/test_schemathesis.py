"""Schemathesis, a client that knows only the OpenAPI description, finds nothing untrue in it.

It calls every operation with bodies and parameters as described, and with others, and holds what
comes back against the description: statuses, types, codes, headers, methods.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.server import ROOM, Playground, serving

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
CLIENTS = 4  # over plain HTTP, that are there: those of schemathesis.toml
SETTINGS: dict[str, Any] = {"wait_limit_s": 0.05, "post_wait_s": 0.2, "client_silence_s": 600}
# What the links of the description lead to and from: among all others a walk seldom begins with it.
LINKED = (
    *("start_run", "start_run_again", "show_run", "stop_run", "type_into_run"),
    *("open_client", "fetch_messages", "send_message", "close_client"),
)
# Along the links. Each time others are asked for much more often than the rest: one time in five,
# sixty walks stopped no run, or one.
WALKS, TIMES = 60, 8


@pytest.mark.soak
async def test_nothing_is_answered_that_is_not_described(tmp_path: Path) -> None:
    with serving(runs_per_room=8, **SETTINGS) as playground:
        await fill(playground)
        told = await hold(playground, tmp_path, 300, "--max-examples", "12", "--seed", "1")
        happened = await happened_in(playground)
    covered = links_covered(told)
    assert is_everywhere(covered, happened), (covered, happened, told)


@pytest.mark.soak
async def test_nothing_is_answered_that_is_not_described_whatever_is_asked(tmp_path: Path) -> None:
    with serving(runs_per_room=8, **SETTINGS) as playground:
        await fill(playground)
        await hold(playground, tmp_path, 1200, "--max-examples", "200")


@pytest.mark.soak
async def test_walks_along_the_links_come_everywhere(tmp_path: Path) -> None:
    """Where all else was tried before, the room is full by then, and no link leads anywhere."""
    of_links = [each for name in LINKED for each in ("--include-operation-id", name)]
    walks = ["--phases", "stateful", "--max-examples", str(WALKS)]
    covered, happened = 0, Counter[str]()
    for _ in range(TIMES):
        with serving(**SETTINGS) as playground:
            await fill(playground)
            told = await hold(playground, tmp_path, 1200, *walks, *of_links)
            covered = max(covered, links_covered(told))
            happened += await happened_in(playground)
        if is_everywhere(covered, happened):
            return
    raise AssertionError((covered, happened))


async def fill(playground: Playground) -> None:
    """Start the run and the clients that schemathesis.toml knows."""
    run = await playground.start("udp/echo")
    for _ in range(CLIENTS):
        await playground.request("POST", f"{ROOM}/runs/{run['id']}/clients")


async def hold(playground: Playground, folder: Path, within_s: int, *options: str) -> str:
    """Hold a playground against its description; return what Schemathesis told."""
    command = (
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
        *("run", f"{playground.url}/api/openapi.json", *options),
        *("--continue-on-failure", "--no-color"),
    )
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=folder,
        env={**os.environ, "NO_PROXY": "*"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def happened_in(playground: Playground) -> Counter[str]:
    """Count the events of a playground by type."""
    return Counter(event["type"] for event in await playground.events(after=0))


def links_covered(told: str) -> int:
    """Return how many links led somewhere, as Schemathesis told it."""
    covered = re.search(r"(\d+) covered / (\d+) selected", told)
    assert covered, told
    return int(covered[1])


def is_everywhere(covered: int, happened: Counter[str]) -> bool:
    """Whether programs were started, and those that were, were looked at, typed into and stopped;
    whether clients sent and were closed.
    """
    return (
        covered >= 3
        and happened["run.started"] > 3
        and happened["run.stopping"] > 1
        and happened["client.closed"] > 0
    )
