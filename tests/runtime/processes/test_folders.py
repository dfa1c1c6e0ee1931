"""The folders of programs: gone with their playground, or with the next one's start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.runtime.processes import folders as folders_module
from backend.runtime.processes.folders import LOCK, Folders, clear_left_behind
from tests.labs.programs import ROOT

LEAVE = """
import os, signal
from pathlib import Path
from backend.runtime.processes.folders import Folders
folders = Folders()
folder = folders.make()
made = Path(folder.name)
(made / "sub").mkdir()
(made / "sub" / "file").write_text("x")
(made / "link").symlink_to("/")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def leave_one_behind() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVE], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


def test_nothing_is_left_of_a_playground_that_ends_in_order(directory: Path) -> None:
    folders = Folders()
    first, second = folders.make(), folders.make()
    assert len(list(directory.iterdir())) == 1
    first.cleanup()
    (Path(second.name) / "file").touch()
    folders.close()
    assert list(directory.iterdir()) == []
    second.cleanup()


def test_nothing_is_left_of_one_that_is_let_go(directory: Path) -> None:
    folders = Folders()
    folders.make().cleanup()
    del folders
    assert list(directory.iterdir()) == []


def test_what_a_killed_one_left_is_cleared_away(directory: Path) -> None:
    for _ in range(2):
        leave_one_behind()
    assert len(list(directory.iterdir())) == 2
    assert clear_left_behind() == 2
    assert list(directory.iterdir()) == []
    assert clear_left_behind() == 0


def test_what_is_in_use_or_not_surely_ours_stays(directory: Path, tmp_path: Path) -> None:
    folders = Folders()
    in_use = folders.make()
    without_lock = directory / "socketlab-1"
    without_lock.mkdir(mode=0o700)
    for_others = directory / "socketlab-2"
    for_others.mkdir(mode=0o755)
    (for_others / LOCK).touch()
    elsewhere = directory / "mine"
    elsewhere.mkdir(mode=0o700)
    (elsewhere / LOCK).touch()
    (directory / "socketlab-3").symlink_to(elsewhere)
    linked_lock = directory / "socketlab-4"
    linked_lock.mkdir(mode=0o700)
    (linked_lock / LOCK).symlink_to(elsewhere / LOCK)
    (directory / "socketlab-5").touch()
    before = sorted(directory.rglob("*"))
    assert clear_left_behind() == 0
    assert sorted(directory.rglob("*")) == before
    in_use.cleanup()
    folders.close()


def test_a_start_clears_only_so_many(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        folder = directory / f"socketlab-{number}"
        folder.mkdir(mode=0o700)
        (folder / LOCK).touch()
    monkeypatch.setattr(folders_module, "LEFT_LIMIT", 2)
    assert clear_left_behind() == 2
    assert len(list(directory.iterdir())) == 1
    monkeypatch.setattr(folders_module, "LEFT_S", -1.0)
    assert clear_left_behind() == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove what nobody else may")
def test_what_cannot_be_removed_is_left_for_the_next_start(directory: Path) -> None:
    leave_one_behind()
    (home,) = directory.iterdir()
    (locked,) = home.glob("run-*/sub")
    locked.chmod(0o500)
    clear_left_behind()
    assert (home / LOCK).exists()
    locked.chmod(0o700)
    clear_left_behind()
    assert list(directory.iterdir()) == []


def test_a_fork_of_ours_clears_nothing_away(directory: Path) -> None:
    folders = Folders()
    made = folders.make()
    child = os.fork()
    if child == 0:
        folders.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert Path(made.name).is_dir()
    made.cleanup()
    folders.close()
