import os
from pathlib import Path

import pytest

from backend.domain.errors import Defect, UnknownLab
from backend.domain.labs import LEARNING_ORDER
from backend.domain.language import Words
from backend.runtime.catalog import Catalog
from tests.domain.test_checks import CHECKS
from tests.lab_folder import CLIENT, LAB, SERVER, WALKTHROUGH, write_lab

SHIPPED = Path(__file__).resolve().parents[2] / "labs"
BORROWER = LAB.replace('source = "S0 work1"', 'source = "S1"\nserver = "udp/hello"')


def problems(labs_dir: Path) -> list[str]:
    with pytest.raises(Defect) as caught:
        Catalog.read(labs_dir)
    return str(caught.value).splitlines()[1:]


def test_the_shipped_labs_are_the_twenty_of_the_course_in_its_order() -> None:
    assert [lab.id for lab in Catalog.read(SHIPPED).labs] == list(LEARNING_ORDER)


def test_the_order_is_that_of_the_course_not_of_the_alphabet(tmp_path: Path) -> None:
    for lab_id in ("udp/hello", "tcp/echo", "tcp/a_new_one", "udp/transform"):
        write_lab(tmp_path, lab_id)
    order = [lab.id for lab in Catalog.read(tmp_path).labs]
    assert order == ["udp/hello", "udp/transform", "tcp/echo", "tcp/a_new_one"]


def test_a_lab_is_read_whole(tmp_path: Path) -> None:
    folder = write_lab(tmp_path)
    (folder / "index.html").write_text("<p>")
    lab = Catalog.read(tmp_path).get("udp/hello")
    assert lab.programs == ("server", "client")
    assert lab.sources == {"server.py": SERVER, "client.py": CLIENT, "index.html": "<p>"}
    assert lab.program_path("server") == folder.resolve() / "server.py"
    steps = [(step.program, step.first_line, step.last_line) for step in lab.walkthrough]
    assert steps == [("server", 6, 7), ("client", 3, 3)]


def test_a_lab_may_use_the_server_of_another_one(tmp_path: Path) -> None:
    folder = write_lab(tmp_path)
    write_lab(tmp_path, "udp/window", lab=BORROWER, client=CLIENT)
    lab = Catalog.read(tmp_path).get("udp/window")
    assert lab.programs == ("server", "client")
    assert lab.program_path("server") == folder.resolve() / "server.py"
    assert lab.sources["server.py"] == SERVER


def test_first_versions_stand_before_the_finished_programs(tmp_path: Path) -> None:
    folder = write_lab(tmp_path)
    (folder / "first_server.py").write_text("import socket\n")
    step = """
[[step]]
program = "first_server"
snippet = "import socket"
title = { ru = "х", en = "x" }
text = { ru = "х", en = "x" }
"""
    (folder / "walkthrough.toml").write_text(WALKTHROUGH + step)
    lab = Catalog.read(tmp_path).get("udp/hello")
    assert lab.programs == ("first_server", "server", "client")
    assert list(lab.sources) == ["first_server.py", "server.py", "client.py"]
    assert lab.walkthrough[-1].program == "first_server"


def test_what_a_lab_needs_and_its_answers_are_read(tmp_path: Path) -> None:
    write_lab(tmp_path, "udp/transform")
    more = """needs = ["udp/transform"]
minutes = 45
goals = { ru = ["а"], en = ["a"] }
"""
    folder = write_lab(tmp_path, lab=more + LAB)
    for language in ("ru", "en"):
        (folder / f"answers.{language}.md").write_text(language)
    lab = Catalog.read(tmp_path).get("udp/hello")
    assert (lab.needs, lab.minutes) == (("udp/transform",), 45)
    assert lab.goals is not None
    assert lab.goals.in_language("en") == ("a",)
    assert lab.answers == Words(ru="ru", en="en")
    assert Catalog.read(tmp_path).get("udp/transform").answers is None


def test_answers_in_one_language_lack_the_other(tmp_path: Path) -> None:
    (write_lab(tmp_path) / "answers.ru.md").write_text("1. Да.")
    assert problems(tmp_path) == [f"{tmp_path.name}/udp/hello/answers.en.md: is missing"]


def test_what_was_read_stays_as_it_was_read(tmp_path: Path) -> None:
    folder = write_lab(tmp_path)
    catalog = Catalog.read(tmp_path)
    (folder / "server.py").write_text("")
    assert catalog.get("udp/hello").sources["server.py"] == SERVER


@pytest.mark.parametrize("lab_id", ["udp/nothing", "udp", "", "../etc", "udp/hello/"])
def test_an_unknown_lab_is_said_to_be_unknown(tmp_path: Path, lab_id: str) -> None:
    write_lab(tmp_path)
    with pytest.raises(UnknownLab):
        Catalog.read(tmp_path).get(lab_id)


def test_a_folder_without_labs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="no labs here"):
        Catalog.read(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "message"', 'kind = "massage"', "client.kind: expected `message`, `watch`"),
        (
            'kind = "message"',
            'kind = "message"\ncolour = "red"',
            "client.colour: no such key; there are kind, line_ending",
        ),
        ("port = 12345", 'port = "12345"', "port: expected a whole number from 1 to 65535"),
        ("port = 12345", "port = 70000", "port: expected a whole number from 1 to 65535"),
        ("port = 12345", "", "port: transport 'udp' needs one"),
        ('ru = "Привет", ', "", "title.ru: is missing; expected a text, not empty"),
        (
            'transport = "udp"',
            'transport = "sctp"',
            "transport: expected `udp`, `tcp` or `none`, got 'sctp'",
        ),
        ('source = "S0 work1"', 'evolves = "udp/x"\nsource = "S0"', "evolves: no lab 'udp/x'"),
        ('source = "S0 work1"', 'server = "udp/x"\nsource = "S0"', "server: "),
        ('source = "S0 work1"', 'needs = ["udp/x"]\nsource = "S0"', "needs 1: no lab 'udp/x'"),
        ('source = "S0 work1"', 'needs = ["udp/hello"]\nsource = "S0"', "no lab 'udp/hello'"),
        (
            'source = "S0 work1"',
            'minutes = 0\nsource = "S0"',
            "minutes: expected a whole number from 1 to 600",
        ),
        ("[client]", "[client", "lab.toml"),
    ],
)
def test_what_is_wrong_in_lab_toml_is_told_with_file_and_key(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    write_lab(tmp_path, lab=LAB.replace(old, new))
    (problem, *_) = problems(tmp_path)
    assert problem.startswith(f"{tmp_path.name}/udp/hello/lab.toml:")
    assert told in problem


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'program = "client"',
            'program = "demo"',
            "toml:12: step 2.program: this lab has no program 'demo'; it has server, client",
        ),
        ('"import socket"', '"import sock"', "toml:13: step 2.snippet: snippet 'import sock'"),
        ('"import socket"', '"import magic"', "occurs 0 times in client.py, expected 1"),
        ("[[step]]", "[[steps]]", "walkthrough.toml"),
        (
            "text = {",
            "texts = {",
            "step 1.texts: no such key; there are program, snippet, title, text",
        ),
    ],
)
def test_what_is_wrong_in_a_walkthrough_is_told_with_its_step(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    client = CLIENT + "import sockets\n"
    walkthrough = WALKTHROUGH.replace(old, new)
    write_lab(tmp_path, walkthrough=walkthrough, server=SERVER, client=client)
    assert any(told in problem for problem in problems(tmp_path))


@pytest.mark.parametrize("name", ["task.ru.md", "task.en.md", "walkthrough.toml", "server.py"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_lab(tmp_path)
    (folder / name).unlink()
    assert any(name in problem and "missing" in problem for problem in problems(tmp_path))


def test_all_problems_of_all_labs_are_told_at_once(tmp_path: Path) -> None:
    (write_lab(tmp_path) / "task.ru.md").write_text(" \n")
    (write_lab(tmp_path, "tcp/echo") / "task.en.md").write_bytes(b"\xff")
    first, second = problems(tmp_path)
    assert first.endswith("udp/hello/task.ru.md: is empty")
    assert "tcp/echo/task.en.md: " in second


def test_a_folder_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    write_lab(tmp_path)
    write_lab(tmp_path, os.fsdecode(b"udp/e\xff"))
    (problem,) = problems(tmp_path)
    assert "can't decode byte 0xff" in problem


def test_a_folder_may_have_any_name_that_is_text(tmp_path: Path) -> None:
    write_lab(tmp_path, "udp/где é")
    assert [lab.id for lab in Catalog.read(tmp_path).labs] == ["udp/где é"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("minutes = 601", "minutes: expected a whole number from 1 to 600"),
        ('goals = { ru = ["а"], en = [] }', "goals.en: expected a list, not empty"),
    ],
)
def test_what_a_lab_cannot_take_or_teach_is_told(tmp_path: Path, more: str, told: str) -> None:
    write_lab(tmp_path, lab=f"{more}\n{LAB}")
    (problem,) = problems(tmp_path)
    assert told in problem


def test_what_is_wrong_in_checks_is_told_with_its_line(tmp_path: Path) -> None:
    folder = write_lab(tmp_path)
    (folder / "checks.toml").write_text(CHECKS)
    assert [check.id for check in Catalog.read(tmp_path).get("udp/hello").checks] == ["answers"]
    (folder / "checks.toml").write_text(CHECKS.replace("core = true", 'core = 1\nprogram = "demo"'))
    (folder / "client.py").unlink()
    told = problems(tmp_path)
    assert (
        f"{tmp_path.name}/udp/hello/checks.toml:4: check 1.core: expected true or false" in told[0]
    )
    (folder / "checks.toml").write_text(CHECKS.replace("core = true", 'program = "demo"'))
    assert (
        "toml:4: check 1.program: this lab has no program 'demo'; it has server"
        in problems(tmp_path)[0]
    )
