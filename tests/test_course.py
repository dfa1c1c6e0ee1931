"""docs/course.md and docs/course.ru.md lay out the labs as they are, what is needed first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.labs.reading import read_course
from tests.test_docs import READMES, code_blocks, headings

ROOT = Path(__file__).parents[1]
LABS = {lab.id: lab for lab in read_course().labs}
PAGES = {
    language: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for language, name in (("en", "course.md"), ("ru", "course.ru.md"))
}
LOCALES = ROOT / "frontend/locales/ru/LC_MESSAGES"
CLASS_MINUTES = 90
SHORTER = re.compile(r"(?:Shorter: classes|Короче: занятия) ([\d, ]+) (?:and|и) (\d+) ")


@dataclass(frozen=True)
class Row:
    """A lab of the plan."""

    number: int
    title: str
    link: str
    id: str
    minutes: int
    needs: tuple[str, ...]


def plan(language: str) -> list[Row]:
    """Return the rows of the plan, in their order."""
    row = r"^\| (\d+) \| \[(.+?)\]\((.+?)\) \| `(\S+?)` \| (\d+) \| .+? \| (.+?) \|$"
    return [
        Row(int(number), title, link, lab, int(minutes), tuple(re.findall(r"`(\S+?)`", needs)))
        for number, title, link, lab, minutes, needs in re.findall(
            row, PAGES[language], re.MULTILINE
        )
    ]


@pytest.mark.parametrize("language", PAGES)
def test_the_course_has_each_lab_once_as_its_lab_toml_has_it(language: str) -> None:
    rows = plan(language)
    assert sorted(row.id for row in rows) == sorted(LABS)
    for row in rows:
        lab = LABS[row.id]
        assert (row.title, row.minutes) == (lab.title.in_language(language), lab.minutes)
        assert row.needs == lab.needs
        assert row.link == f"../labs/{row.id}/task.{language}.md"
        assert (ROOT / "docs" / row.link).is_file()


def test_each_lab_comes_after_what_it_needs_and_fits_into_its_class() -> None:
    rows = plan("en")
    known: set[str] = set()
    for row in rows:
        assert known >= set(row.needs), row.id
        known.add(row.id)
    taken = {
        number: sum(row.minutes for row in rows if row.number == number)
        for number in range(1, rows[-1].number + 1)
    }
    assert [row.number for row in rows] == sorted(row.number for row in rows)
    assert all(0 < minutes <= CLASS_MINUTES for minutes in taken.values()), taken


@pytest.mark.parametrize("language", PAGES)
def test_the_course_says_how_many_hours_and_classes_it_takes(language: str) -> None:
    rows = plan(language)
    hours, minutes = divmod(sum(row.minutes for row in rows), 60)
    classes = rows[-1].number
    said = [int(each) for each in re.findall(r"\d+", PAGES[language].partition("\n| ")[0])]
    wanted = [hours, minutes, classes, CLASS_MINUTES, classes * CLASS_MINUTES // 60, CLASS_MINUTES]
    assert said == wanted


@pytest.mark.parametrize("language", PAGES)
def test_the_shorter_course_needs_nothing_that_it_leaves_out(language: str) -> None:
    found = SHORTER.search(PAGES[language].replace("\n", " "))
    assert found
    chosen = {int(number) for number in re.findall(r"\d+", found[0])}
    kept = [row for row in plan(language) if row.number in chosen]
    assert {row.number for row in kept} == chosen
    assert {need for row in kept for need in row.needs} <= {row.id for row in kept}


def test_both_pages_have_the_same_plan_and_the_same_minutes() -> None:
    for part in (headings, code_blocks, _minutes_of_a_class):
        assert part(PAGES["en"]) == part(PAGES["ru"])
    assert [row.id for row in plan("en")] == [row.id for row in plan("ru")]
    steps = _minutes_of_a_class(PAGES["en"])
    assert (steps[0][0], steps[-1][1]) == ("0", str(CLASS_MINUTES))
    assert all(one[1] == other[0] for one, other in pairwise(steps))


def test_what_the_course_names_in_the_page_is_called_so() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in LOCALES.glob("*.po"))
    parts = {"en": {"Try", "Notice", "Questions", "Next"}}
    parts["ru"] = {"Что сделать", "На что обратить внимание", "Вопросы", "Дальше"}
    named = {
        "en": {*re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", PAGES["en"])} - parts["en"],
        "ru": {*re.findall(r"«([^»]+)»", PAGES["ru"].replace("\n", " "))} - parts["ru"],
    }
    assert len(named["en"]) == len(named["ru"]) > 5
    assert [each for each in named["en"] if f'msgid "{each}"' not in said] == []
    assert [each for each in named["ru"] if f'msgstr "{each}"' not in said] == []


@pytest.mark.parametrize("language", READMES)
def test_the_readme_leads_to_both(language: str) -> None:
    assert "](docs/course.md)" in READMES[language]
    assert "](docs/course.ru.md)" in READMES[language]


def _minutes_of_a_class(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| (\d+)–(\d+) \|", text, re.MULTILINE)
