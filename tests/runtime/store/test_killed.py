"""SIGKILL in the midst of writing: what was acknowledged is there, and the epoch is another one."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.store.stage import integrity_of

PEACEFUL = 3  # each so many-th time it ends in peace


def live_once(folder: Path, *, kill_after_s: float | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let it write for a moment; return what it remembered, and the last that it acknowledged."""
    command = (sys.executable, "-m", "tests.runtime.store.ledger", str(folder))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, "it did not begin"
        said = [first, process.stdout.readline()]
        if kill_after_s is None:
            process.communicate(b"\n")
            return json.loads(first), json.loads(said[-1])
        time.sleep(kill_after_s)
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
    whole = [line for line in said if line.endswith(b"\n")]
    return json.loads(first), json.loads(whole[-1])


def live_and_die(folder: Path, times: int) -> None:
    chance = random.Random(times)
    epochs: list[str] = []
    acknowledged = {"seq": 0, "person": 0}
    was_peaceful = True
    for time_number in range(1, times + 1):
        is_peaceful = time_number % PEACEFUL == 0
        kill_after_s = None if is_peaceful else chance.uniform(0, 0.1)
        remembered, acknowledged_now = live_once(folder, kill_after_s=kill_after_s)
        assert remembered["seq"] >= acknowledged["seq"], "acknowledged events are lost"
        assert remembered["person"] >= acknowledged["person"], "an acknowledged person is lost"
        if was_peaceful and epochs:
            assert remembered["epoch"] == epochs[-1]
        else:
            assert remembered["epoch"] not in epochs
        epochs.append(remembered["epoch"])
        acknowledged, was_peaceful = acknowledged_now, is_peaceful
        assert integrity_of(folder) == "ok"
    print(f"{times} times: {acknowledged['seq']} events, {acknowledged['person']} people")


def test_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    live_and_die(tmp_path, 5)


@pytest.mark.soak
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    live_and_die(tmp_path, 300)  # a third of them in peace
