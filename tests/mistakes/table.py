"""Mistakes that students make, as data: a finished program with one text in place of another.

`GROUP/NAME.toml` has those of a lab, `common.toml` those that are the same in many: of these, the
first whose old text stands in the program is tried. One of a lab goes before a common one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from backend.domain.checks import Check
from backend.domain.labs import Lab

FOLDER = Path(__file__).parent


class Replacement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that stands in a finished program exactly once, and what the student wrote there."""

    old: str
    new: str


class Mistake(Replacement, frozen=True, kw_only=True):
    """What a student did, and the check that says so.

    `step` of the check is not as it says (the first is 1; where nothing is said it may be any): or
    one of several, where a program that ends is noticed by whichever step comes too late for it.
    `also` is a second replacement. `breaks_too` are core checks that cannot be kept then.
    """

    check: str
    did: str
    step: int | tuple[int, ...] = ()
    also: Replacement | None = None
    breaks_too: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[int, ...]:
        """Those of the check that may find it; none: any may."""
        return (self.step,) if isinstance(self.step, int) else self.step

    def in_words(self, lab: str) -> str:
        """Say which mistake it is."""
        return f"{lab}, {self.check}: {self.did}"

    def made_in(self, lab: str, source: str) -> str:
        """Return the program with the mistake. Raises AssertionError where it does not apply."""
        for replacement in filter(None, (self, self.also)):
            count = source.count(replacement.old)
            assert count == 1, (
                f"The edit of tests/mistakes ({self.in_words(lab)}) does not apply any more: "
                f"expected once in the finished program, found {count} times:\n{replacement.old}"
            )
            source = source.replace(replacement.old, replacement.new)
        return source


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mistake: tuple[Mistake, ...]


def mistakes_of(lab: Lab) -> Iterator[tuple[Check, Mistake]]:
    """Yield the mistakes in programs of a lab, each with the check that it breaks."""
    own = _read(f"{lab.id}.toml")
    for check in lab.checks:
        found = [each for each in own if each.check == check.id]
        source = lab.sources[f"{check.program}.py"]
        common = [each for each in _read("common.toml") if each.check == check.id]
        found = found or [each for each in common if each.old in source][:1]
        for mistake in found:
            yield check, mistake


def strays_of(lab: Lab) -> list[str]:
    """Return what the table of a lab has for checks that the lab does not have."""
    known = {check.id for check in lab.checks}
    return [each.check for each in _read(f"{lab.id}.toml") if each.check not in known]


@cache
def _read(name: str) -> tuple[Mistake, ...]:
    path = FOLDER / name
    if not path.is_file():
        return ()
    return msgspec.toml.decode(path.read_text(encoding="utf-8"), type=_File).mistake
