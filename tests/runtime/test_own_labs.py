"""Labs of one's own: beside those of the course, maybe in one language, broken, read anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.domain.errors import Defect, UnknownLab
from backend.runtime.catalog import Catalog
from tests.lab_folder import LAB, SERVER, write_lab

ONE_LANGUAGE = LAB.replace('ru = "Привет", ', "").replace('ru = "Одна датаграмма.", ', "")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    write_lab(tmp_path / "labs")
    return tmp_path / "labs"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def touch(path: Path, text: str) -> None:
    """Write a file so that its time differs, however coarse the clock of the file system is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(before + 10**9, before + 10**9))


def problems(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    return {lab.id: lab.problems for lab in catalog.broken}


def test_they_stand_after_those_of_the_course(course: Path, own: Path) -> None:
    write_lab(own, "udp/zebra")
    write_lab(own, "dns/lookup")
    catalog = Catalog.read(course, [own])
    assert [(lab.id, lab.is_own) for lab in catalog.labs] == [
        ("udp/hello", False),
        ("udp/zebra", True),
        ("dns/lookup", True),
    ]
    assert catalog.broken == ()


def test_one_language_and_no_walkthrough_are_enough(course: Path, own: Path) -> None:
    folder = write_lab(own, "dns/lookup", lab=ONE_LANGUAGE, server=SERVER)
    (folder / "task.ru.md").unlink()
    (folder / "walkthrough.toml").unlink()
    lab = Catalog.read(course, [own]).get("dns/lookup")
    assert lab.title.ru == lab.title.en == "Hello"
    assert lab.task.ru == lab.task.en
    assert lab.walkthrough == ()


def test_one_that_is_broken_holds_up_no_other(course: Path, own: Path) -> None:
    write_lab(own, "dns/right")
    folder = write_lab(own, "dns/wrong", lab=LAB.replace("12345", "0").replace('"udp"', '"ip"'))
    (folder / "server.py").write_text("import socket\nsock = socket.socket(\n")
    (folder / "task.ru.md").unlink()
    (folder / "task.en.md").unlink()
    catalog = Catalog.read(course, [own])
    assert [lab.id for lab in catalog.labs] == ["udp/hello", "dns/right"]
    (told,) = [lab.problems for lab in catalog.broken]
    assert told[0].startswith("own/dns/wrong/lab.toml:4: transport: expected `udp`, `tcp`")
    assert told[1].startswith("own/dns/wrong/lab.toml:5: port: expected a whole number from 1")
    assert told[2].startswith("own/dns/wrong/server.py:2: no Python: ")
    assert "own/dns/wrong/task.ru.md: is missing" in told
    with pytest.raises(UnknownLab):
        catalog.get("dns/wrong")


def test_an_id_is_not_taken_twice(course: Path, own: Path, tmp_path: Path) -> None:
    write_lab(own)
    write_lab(own, "dns/lookup")
    write_lab(tmp_path / "more", "dns/lookup")
    catalog = Catalog.read(course, [own, tmp_path / "more"])
    assert not catalog.get("udp/hello").is_own
    assert catalog.get("dns/lookup").is_own
    assert problems(catalog) == {
        "udp/hello": (f"own/udp/hello: there is a lab udp/hello already, in {course}",),
        "dns/lookup": (f"more/dns/lookup: there is a lab dns/lookup already, in {own}",),
    }


@pytest.mark.parametrize("lab_id", ["DNS/lookup", "dns/look up", "dns/поиск", "dns/a.b"])
def test_an_id_is_such_that_it_stands_in_an_address(course: Path, own: Path, lab_id: str) -> None:
    write_lab(own, lab_id)
    (told,) = problems(Catalog.read(course, [own])).values()
    assert told == (f"own/{lab_id}: the names of groups and labs have a-z, 0-9 and _ only",)


def test_a_lab_that_needs_a_broken_one_is_broken(course: Path, own: Path) -> None:
    write_lab(own, "dns/a", lab='needs = ["udp/hello"]\n' + LAB)
    write_lab(own, "dns/b", lab='needs = ["udp/hello", "dns/c"]\n' + LAB)
    write_lab(own, "dns/c", lab='evolves = "dns/d"\n' + LAB)
    write_lab(own, "dns/d", lab="port = \n")
    catalog = Catalog.read(course, [own])
    assert [lab.id for lab in catalog.labs] == ["udp/hello", "dns/a"]
    told = problems(catalog)
    assert told["dns/b"] == ("own/dns/b/lab.toml:1: needs 2: the lab 'dns/c' is broken",)
    assert told["dns/c"] == ("own/dns/c/lab.toml:1: evolves: the lab 'dns/d' is broken",)


def test_a_lab_of_the_course_may_lend_its_server(course: Path, own: Path) -> None:
    borrower = LAB.replace('source = "S0 work1"', 'source = "x"\nserver = "udp/hello"')
    folder = write_lab(own, "dns/window", lab=borrower, client="pass\n")
    (folder / "walkthrough.toml").unlink()
    lab = Catalog.read(course, [own]).get("dns/window")
    assert lab.program_path("server") == course.resolve() / "udp/hello/server.py"


def test_what_changes_shows_at_the_next_look(course: Path, own: Path) -> None:
    catalog = Catalog.read(course, [own])
    assert len(catalog.labs) == 1
    folder = write_lab(own, "dns/lookup")
    catalog.refresh()
    assert catalog.get("dns/lookup").title.en == "Hello"

    touch(folder / "lab.toml", LAB.replace('"Hello"', '"Bye"'))
    catalog.refresh()
    assert catalog.get("dns/lookup").title.en == "Bye"

    touch(folder / "lab.toml", "title = 3\n")
    catalog.refresh()
    assert list(problems(catalog)) == ["dns/lookup"]

    touch(folder / "lab.toml", LAB)
    catalog.refresh()
    assert catalog.broken == ()
    assert catalog.get("dns/lookup").title.en == "Hello"


def test_what_has_not_changed_is_not_read_again(course: Path, own: Path) -> None:
    write_lab(own, "dns/lookup")
    catalog = Catalog.read(course, [own])
    before = catalog.get("dns/lookup")
    catalog.refresh()
    assert catalog.get("dns/lookup") is before


def test_a_program_without_a_lab_toml_is_told(course: Path, own: Path) -> None:
    (write_lab(own, "dns/lookup") / "lab.toml").unlink()
    assert problems(Catalog.read(course, [own])) == {
        "dns/lookup": ("own/dns/lookup/lab.toml: is missing",)
    }


def test_a_folder_that_is_not_there_is_refused(course: Path, tmp_path: Path) -> None:
    with pytest.raises(Defect, match="there is no such folder"):
        Catalog.read(course, [tmp_path / "nowhere"])
