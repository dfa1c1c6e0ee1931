"""The data folder belongs to one playground at a time, however that one ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from backend.domain.errors import DataRefused, FolderTaken
from backend.runtime.store.folder import DataFolder, default_folder
from backend.runtime.store.forgetful import ForgetfulStore
from backend.runtime.store.opening import store_for
from backend.runtime.store.sqlite import SqliteStore
from backend.settings import Settings

HOLD = """
import sys
from pathlib import Path
from backend.runtime.store.folder import DataFolder
folder = DataFolder(Path(sys.argv[1]), address="http://127.0.0.1:9")
print("have it", flush=True)
sys.stdin.read()
"""


def test_a_second_playground_is_told_who_has_it(tmp_path: Path) -> None:
    with pytest.raises(FolderTaken) as taken:
        _second = DataFolder(tmp_path, address="b"), DataFolder(tmp_path, address="b")
    assert f"belongs to the playground on b (process {os.getpid()})" in taken.value.message


def test_a_folder_can_be_had_again_when_it_is_given_back(tmp_path: Path) -> None:
    DataFolder(tmp_path, address="a").close()
    DataFolder(tmp_path, address="b").close()


def test_a_killed_playground_has_it_no_longer(tmp_path: Path) -> None:
    command = (sys.executable, "-c", HOLD, str(tmp_path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"have it\n"
        with pytest.raises(FolderTaken, match=rf"http://127\.0\.0\.1:9 \(process {holder.pid}\)"):
            DataFolder(tmp_path, address="b")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    DataFolder(tmp_path, address="b").close()


def test_what_stands_in_the_lock_may_be_anything(tmp_path: Path) -> None:
    first = DataFolder(tmp_path, address="a")
    for text in ("", "no JSON", "[]", '{"pid": 1}'):
        (tmp_path / "in-use.json").write_text(text)
        with pytest.raises(FolderTaken, match="belongs to another playground"):
            DataFolder(tmp_path, address="b")
    first.close()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    store = store_for(Settings(data=str(tmp_path / "new" / "data")))
    assert isinstance(store, SqliteStore)
    folder = tmp_path / "new" / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    store._folder.close()


class TestChoice:
    def test_none_forgets_without_a_word(self) -> None:
        said: list[str] = []
        store = store_for(Settings(data="none"), said.append)
        assert isinstance(store, ForgetfulStore)
        assert (said, store.info().reason) == ([], None)

    def test_a_second_playground_goes_on_without_memory_and_says_so(self, tmp_path: Path) -> None:
        said: list[str] = []
        folder = DataFolder(tmp_path, address="http://127.0.0.1:8000")
        store = store_for(Settings(data=str(tmp_path)), said.append)
        assert isinstance(store, ForgetfulStore)
        assert said == [
            f"The data folder {tmp_path} belongs to the playground on http://127.0.0.1:8000 "
            f"(process {os.getpid()}). This one goes on without memory."
        ]
        folder.close()

    def test_a_named_folder_has_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(DataRefused, match="cannot be used: Not a directory"):
            store_for(Settings(data=str(tmp_path / "file" / "data")))

    def test_without_its_own_folder_the_playground_goes_on_and_says_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
        said: list[str] = []
        store = store_for(Settings(data=""), said.append)
        assert isinstance(store, ForgetfulStore)
        assert len(said) == 1
        assert "goes on without memory" in said[0]

    def test_the_default_is_the_users_data_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        assert default_folder() == tmp_path / ".local/share/socketlab"
        monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
        assert default_folder() == tmp_path / ".local/share/socketlab"
        monkeypatch.setenv("XDG_DATA_HOME", "/data")
        assert default_folder() == Path("/data/socketlab")
        monkeypatch.setattr(sys, "platform", "darwin")
        assert default_folder() == tmp_path / "Library/Application Support/socketlab"

    def test_no_test_writes_into_the_folder_of_whoever_runs_it(self) -> None:
        assert Settings().data == "none"
