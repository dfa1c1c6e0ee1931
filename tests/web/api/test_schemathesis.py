"""Schemathesis, a client that knows only the OpenAPI description, finds nothing untrue in it.

It calls every operation with bodies and parameters as described, and with others, and holds what
comes back against the description: statuses, types, codes, headers, methods.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.server import ROOM, serving

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
CLIENTS = 4  # over plain HTTP, that are there: those of schemathesis.toml


@pytest.mark.parametrize(
    ("examples", "seed", "within_s"),
    [
        pytest.param(12, ("--seed", "1"), 300, id="gate"),
        pytest.param(200, (), 1200, id="soak", marks=pytest.mark.soak),
    ],
)
async def test_nothing_is_answered_that_is_not_described(
    tmp_path: Path, examples: int, seed: tuple[str, ...], within_s: int
) -> None:
    with serving(
        runs_per_room=8, wait_limit_s=0.05, post_wait_s=0.2, client_silence_s=600
    ) as playground:
        run = await playground.start("udp/echo")
        for _ in range(CLIENTS):
            await playground.request("POST", f"{ROOM}/runs/{run['id']}/clients")
        command = (
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", f"{playground.url}/api/openapi.json", "--max-examples", str(examples), *seed),
            *("--continue-on-failure", "--no-color"),
        )
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "NO_PROXY": "*"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        happened = Counter(event["type"] for event in await playground.events(after=0))
    # It has been everywhere: programs were started, and those that were, were looked at, typed into
    # and stopped; clients sent and were closed.
    covered = re.search(r"(\d+) covered / (\d+) selected", done.stdout)
    assert covered, done.stdout
    assert int(covered[1]) >= 3, done.stdout
    assert happened["run.started"] > 3, happened
    assert happened["run.stopping"] > 1, happened
    assert happened["client.closed"] > 0, happened
