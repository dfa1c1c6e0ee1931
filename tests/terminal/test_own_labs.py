"""`socketlab lab new` and `socketlab lab check`, as functions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.domain.errors import InvalidRequest
from backend.runtime.catalog import Catalog
from backend.terminal.own_labs import make_lab, problems_of
from tests.lab_folder import LAB, write_lab
from tests.labs.programs import ROOT
from tests.labs.reading import read_course
from tests.sweeps import in_the_soak

LABS = ROOT / "labs"
CATALOG = read_course()
IDS = [lab.id for lab in CATALOG.labs]


def make(lab_id: str, labs_dir: Path, like: str = "udp/hello") -> Path:
    return make_lab(lab_id, like=CATALOG.get(like), taken=IDS, labs_dir=labs_dir)


SOME = ("udp/hello", "tcp/trapezoid", "chat/window", "threads/event")


@pytest.mark.parametrize("like", [*SOME, *in_the_soak(*sorted(set(IDS) - set(SOME)))])
def test_a_lab_that_was_made_from_any_other_is_right(tmp_path: Path, like: str) -> None:
    folder = make("own/new_one", tmp_path, like)
    assert problems_of(LABS, [tmp_path]) == (["own/new_one"], [])
    assert Catalog.read(LABS, [tmp_path]).get("own/new_one").title.ru == "New one"
    for text in folder.glob("task.*.md"):
        assert f"-m labs.{like.replace('/', '.')}." not in text.read_text()


def test_whoever_deletes_the_first_versions_is_told_once_what_to_do(tmp_path: Path) -> None:
    folder = make("game/dice", tmp_path)
    for file in folder.glob("first_*.py"):
        file.unlink()
    server = folder / "server.py"
    server.write_text(server.read_text().replace("data, client", "sides, client"))
    (problem,) = problems_of(LABS, [tmp_path])[1]
    line = "1: step 1: 23 steps do not fit: 22 are about first_server.py and first_client.py, which"
    assert line in problem
    assert re.search(r"the snippet does not stand in its program once \(line \d+\)\. ", problem)
    assert problem.endswith("or delete walkthrough.toml: a lab of one's own needs none")
    (folder / "walkthrough.toml").unlink()
    assert problems_of(LABS, [tmp_path]) == (["game/dice"], [])


def test_few_steps_that_do_not_fit_are_told_each_at_its_line(tmp_path: Path) -> None:
    folder = make("game/dice", tmp_path)
    client = folder / "client.py"
    client.write_text(client.read_text().replace("sock.settimeout(3)", "sock.settimeout(5)"))
    server = folder / "server.py"
    server.write_text(server.read_text().replace("data, client", "sides, client"))
    problems = problems_of(LABS, [tmp_path])[1]
    assert [re.search(r"toml:\d+: step \d+\.snippet: ", each) is not None for each in problems] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("lab_id", "told"),
    [
        ("lookup", "GROUP/NAME, of a-z, 0-9 and _; got 'lookup'"),
        ("DNS/lookup", "GROUP/NAME"),
        ("../up", "GROUP/NAME"),
        ("udp/hello", "There is a lab udp/hello already"),
        ("own/there", "is there already; nothing was changed"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, lab_id: str, told: str) -> None:
    (tmp_path / "own/there").mkdir(parents=True)
    with pytest.raises(InvalidRequest, match=re.escape(told)):
        make(lab_id, tmp_path)


def test_a_lab_is_checked_by_itself_or_with_its_neighbours(tmp_path: Path) -> None:
    right = write_lab(tmp_path, "own/right")
    wrong = write_lab(tmp_path, "own/wrong", lab=LAB.replace("12345", "0"))
    assert problems_of(LABS, [right]) == (["own/right"], [])
    ((), (problem,)) = map(tuple, problems_of(LABS, [wrong]))
    assert problem.endswith(
        "own/wrong/lab.toml:5: port: expected a whole number from 1 to 65535, got 0"
    )
    assert problems_of(LABS, [tmp_path]) == (["own/right"], [problem])


def test_the_labs_of_the_course_are_right() -> None:
    assert problems_of(LABS, [LABS]) == (IDS, [])


def test_a_folder_without_labs_or_that_is_not_there_is_told(tmp_path: Path) -> None:
    right, wrong = problems_of(LABS, [tmp_path, tmp_path / "nowhere"])
    assert right == []
    assert "no labs here" in wrong[0]
    assert "no such folder" in wrong[1]
