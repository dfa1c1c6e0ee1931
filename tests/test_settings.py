"""Settings: read once, from flags, environment and file, and frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from backend.settings import FILE_VARIABLE, ROOT, Settings


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(FILE_VARIABLE)  # which keeps the file of a person out of all tests


def test_flags_win_over_environment_over_file_over_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().port == 8000
    (tmp_path / "socketlab.toml").write_text("port = 1001\nruns_per_room = 7\n")
    assert Settings().port == 1001
    monkeypatch.setenv("SOCKETLAB_PORT", "1002")
    assert Settings().port == 1002
    assert Settings(port=1003).port == 1003
    assert Settings().runs_per_room == 7


def test_the_file_may_be_another_one_and_must_be_there_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "socketlab.toml").write_text("port = 1001\n")
    (tmp_path / "other.toml").write_text("port = 1002\n")
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "other.toml"))
    assert Settings().port == 1002
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(ValueError, match=r"SOCKETLAB_FILE: there is no file .*none\.toml"):
        Settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 9000  # type: ignore[misc]


@pytest.mark.parametrize(
    "values",
    [
        {"port": 65536},
        {"port": -1},
        {"runs_per_room": 0},
        {"stop_int_s": 0},
        {"stop_int_s": -1.0},
        {"events_kept": "many"},
        {"colour": "red"},
    ],
    ids=str,
)
def test_values_that_cannot_be_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)


def test_a_misspelt_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "socketlab.toml").write_text("prot = 1001\n")
    with pytest.raises(ValidationError, match="prot"):
        Settings()


def test_the_port_that_was_taken_replaces_only_the_port() -> None:
    settings = Settings(port=0, runs_per_room=3, allowed_hosts=frozenset({"example.com"}))
    taken = settings.with_port(4321)
    assert taken.port == 4321
    assert taken.model_dump(exclude={"port"}) == settings.model_dump(exclude={"port"})


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_and_every_number_names_its_unit_or_counts(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    if field.annotation is float:
        assert name.endswith(("_s", "_share"))


def test_labs_are_found_from_everywhere() -> None:
    assert Settings().labs_dir == ROOT / "labs"
    assert Settings().labs_dir.is_absolute()


def test_by_default_everything_is_on_loopback_only() -> None:
    settings = Settings()
    assert settings.host == settings.labs_host == "127.0.0.1"
    assert not settings.trusted_bind
