"""Each part can be measured: in a round or two, with all whom it stands beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.__main__ import MEASURES
from tests.bench.rounds import QUICK

BRIEF = replace(QUICK, rounds=2, slice_s=0.05, trips=20)


@pytest.mark.soak
@pytest.mark.parametrize("part", MEASURES)
def test_a_part_is_measured_beside_a_peer_or_a_limit(part: str, tmp_path: Path) -> None:
    figures = list(MEASURES[part](BRIEF, tmp_path))
    assert len({figure.key for figure in figures}) == len(figures) > 0
    for figure in figures:
        ours = figure.with_role("ours")
        assert ours is not None
        assert min(ours.samples) > 0, figure.title
        assert figure.with_role("peer") or figure.with_role("limit") or part == "page", figure.title
