"""The watcher: process groups end with whoever made them, and not before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from backend.runtime.processes import watcher as watcher_module
from backend.runtime.processes.watcher import Watcher
from tests.labs.programs import ROOT, WAIT_S
from tests.server import is_alive, until

# Makes three groups, the second of which is forgotten, and waits for its own end.
OWNER = """
    import subprocess, sys
    from backend.runtime.processes.watcher import Watcher

    watcher = Watcher()
    apart = "import os, time; os.setpgid(0, 0); time.sleep(600)"
    start = 'sleep 600 & "$0" -c "$1" & sleep 600'
    command = ["sh", "-c", start, sys.executable, apart]
    groups = [subprocess.Popen(command, start_new_session=True).pid for _ in range(3)]
    for group in groups:
        watcher.add(group)
    watcher.forget(groups[1])
    print(*groups, flush=True)
    sys.stdin.read()
"""


def members(group: int) -> list[int]:
    """Return the living processes of a group's session, also those that have left the group."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == group and is_alive(pid):
                found.append(pid)
        except ProcessLookupError:
            continue
    return found


def all_run(group: int) -> bool:
    """Say whether a shell and its three are there, one of them apart from the group."""
    pids = members(group)
    return len(pids) == 4 and sum(os.getpgid(pid) != group for pid in pids) == 1


def shells_of(fd: int) -> list[psutil.Process]:
    """Return the watchers that read the pipe which this process writes to at a descriptor."""
    pipe = os.readlink(f"/proc/self/fd/{fd}")
    found = []
    for process in psutil.process_iter():
        try:
            if "socketlab-watcher" in process.cmdline():
                folder = Path(f"/proc/{process.pid}/fd")
                if pipe in (os.readlink(each) for each in folder.iterdir()):
                    found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_groups_end_with_their_owner_and_a_forgotten_one_does_not(
    number: signal.Signals,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", dedent(OWNER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    ) as owner:
        assert owner.stdout is not None
        groups = [int(word) for word in owner.stdout.readline().split()]
        try:
            for group in groups:
                await until(partial(all_run, group), within_s=WAIT_S, what="all run")
            os.killpg(groups[2], signal.SIGSTOP)
            os.killpg(owner.pid, number)
            await until(
                lambda: not members(groups[0]) and not members(groups[2]),
                within_s=WAIT_S,
                what="both groups are gone",
            )
            assert len(members(groups[1])) == 4
        finally:
            for group in groups:
                for pid in members(group):
                    os.kill(pid, signal.SIGKILL)


async def test_a_watcher_that_is_lost_is_replaced_and_knows_all_groups() -> None:
    watcher = Watcher()
    groups = [subprocess.Popen(["sleep", "600"], start_new_session=True) for _ in range(2)]
    watcher.add(groups[0].pid)
    assert watcher._shell is not None
    (shell,) = shells_of(watcher._shell._ours)
    assert shell.ppid() != os.getpid()  # nobody has to wait for it
    assert shell.memory_info().rss < 5 * 2**20
    shell.kill()
    await until(lambda: not is_alive(shell.pid), within_s=WAIT_S, what="the shell is gone")
    watcher.add(groups[1].pid)
    watcher.close()
    assert [group.wait(WAIT_S) for group in groups] == [-signal.SIGKILL] * 2


async def test_a_watcher_goes_with_its_owner_and_leaves_no_descriptor() -> None:
    before = os.listdir("/proc/self/fd")
    watcher = Watcher()
    process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    watcher.add(process.pid)
    del watcher
    assert process.wait(WAIT_S) == -signal.SIGKILL
    assert os.listdir("/proc/self/fd") == before


def test_where_there_is_no_shell_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watcher_module, "_SHELL", "/nowhere/sh")
    watcher = Watcher()
    for group in (1, 2):
        watcher.add(group)
        watcher.forget(group)
    watcher.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "/nowhere/sh" in caplog.text
