"""Each command of each task is pasted by a lesson (tests/soak/pasted), in both languages alike."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

import pytest

from tests.labs.contract import FOUND
from tests.labs.tasks import commands_in, commands_of, without_words
from tests.soak.pasted.all import RUNS

PASTES = re.compile(r"(?:lesson\.(?:paste|shows|serve)\(|watch\(lesson,)\s*\"([\w.]+)\"")


def pasted_by(run: Callable[..., None]) -> Iterator[str]:
    """Yield the places of the commands that a lesson pastes, with those of what it calls."""
    source = inspect.getsource(run)
    yield from PASTES.findall(source)
    for places in re.findall(r"for place in \(([^)]*)\)", source):
        yield from re.findall(r"[\w.]+", places)
    for name in re.findall(r"\b(\w+)\(lesson\b", source):
        called = run.__globals__[name]
        if called is not run:
            yield from pasted_by(called)


@pytest.mark.parametrize("lab", FOUND)
def test_both_languages_have_the_same_commands(lab: str) -> None:
    english, russian = (
        {place: without_words(text) for place, text in commands_of(lab, language).items()}
        for language in ("en", "ru")
    )
    assert english == russian
    assert english


@pytest.mark.parametrize("lab", FOUND)
def test_a_lesson_pastes_each_command_and_no_other(lab: str) -> None:
    assert lab in RUNS, "it has no lesson in tests/soak/pasted"
    assert {*pasted_by(RUNS[lab])} == commands_of(lab, "en").keys()


def test_commands_are_found_in_blocks_and_in_text() -> None:
    block = "   ```\n   nc -l 1\n   python a.py | grep b\n   ```"
    text = f"Start it:\n\n{block}\n\nthen `echo $?`, `recv`.\n"
    assert commands_in(text) == ["nc -l 1", "python a.py | grep b", "echo $?"]


def test_words_may_differ_and_commands_may_not() -> None:
    same = [without_words(f'python -m x.client "{word}"') for word in ("Anna", "Анна")]
    assert same[0] == same[1]
    assert without_words("nc -u 127.0.0.1 1") != without_words("nc 127.0.0.1 1")
    assert without_words("ss 'sport = :1'") != without_words("ss 'sport = :2'")
