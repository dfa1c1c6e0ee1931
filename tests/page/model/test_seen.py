"""Which events have been taken: once each, and never one that is too old to know."""

from __future__ import annotations

from typing import Any

from tests.page.conftest import Modules

NOTE = "const seen = new m.Seen(v.limit); return v.told.map((seq) => seen.note(seq));"


def note(modules: Modules, told: list[int], limit: int = 10) -> list[bool]:
    taken: Any = modules.run("model/seen", NOTE, told=told, limit=limit)
    return list(taken)


def test_each_number_is_taken_once_in_whatever_order(modules: Modules) -> None:
    assert note(modules, [1, 3, 2, 3, 1, 4]) == [True, True, True, False, False, True]


def test_half_of_the_limit_is_known_for_sure(modules: Modules) -> None:
    for last in range(6, 60):
        told = [*range(1, last + 1), *range(last - 4, last + 1)]
        assert note(modules, told) == [True] * last + [False] * 5


def test_what_is_too_old_to_know_counts_as_taken(modules: Modules) -> None:
    assert note(modules, [*range(1, 40), 2, 3]) == [True] * 39 + [False] * 2
