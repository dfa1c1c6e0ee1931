"""Contenders take turns, and the first round does not count."""

from __future__ import annotations

from tests.bench.report.figures import Series
from tests.bench.rounds import Contender, Sample, interleave


def test_all_are_measured_in_each_round_in_another_order() -> None:
    turns: list[str] = []

    def contender(name: str) -> Contender:
        def measure() -> Sample:
            turns.append(name)
            return {"turn": float(len(turns)), **({"own": 1.0} if name == "a" else {})}

        return Contender(name, "ours", measure)

    found = interleave([contender(name) for name in "abc"], 2)
    assert ["".join(turns[at : at + 3]) for at in (0, 3, 6)] == ["cab", "abc", "bca"]
    assert found == {
        "turn": (
            Series(name="a", role="ours", samples=(4, 9)),
            Series(name="b", role="ours", samples=(5, 7)),
            Series(name="c", role="ours", samples=(6, 8)),
        ),
        "own": (Series(name="a", role="ours", samples=(1, 1)),),
    }
