"""A class at full size, for two minutes each: what the playground promises a teacher.

Small versions of these are part of every run of the tests: tests/web/test_under_load.py. The load
tells what it takes itself: where its own loop is late, the machine had too much else to do, and the
latencies say nothing. `python -m tests.bench.classroom` prints the figures without judging them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.classroom import hosting
from tests.load.classroom import (
    COURSE,
    talk_at_desks,
    talk_to_echoes,
    view_together,
)
from tests.load.turnover import turn_over
from tests.server import serving

pytestmark = pytest.mark.soak

FOR_S = 120.0


async def test_thirty_desks_talk_and_nothing_is_lost_or_late(tmp_path: Path) -> None:
    with hosting(labs_dir=COURSE, data=tmp_path) as playground:
        figures = await talk_at_desks(playground, desks=30, per_s=5, for_s=FOR_S)
    print(figures)
    assert figures.faults == []
    assert figures.came == figures.expected == 30 * 2 * 5 * FOR_S
    assert figures.p99_ms <= 100
    assert 0 < figures.class_view_kib_s <= 100
    assert figures.cost.server_share < 1


async def test_two_hundred_clients_of_one_room_each_hear_their_own_lines(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        figures = await talk_to_echoes(playground, clients=200, viewers=30, per_s=5, for_s=FOR_S)
    print(figures)
    assert figures.faults == []
    assert figures.came == figures.expected == 200 * 5 * FOR_S
    assert figures.p99_ms <= 250
    assert figures.cost.server_share < 1


async def test_five_hundred_viewers_see_each_event_in_time_though_ten_of_them_read_nothing(
    tmp_path: Path,
) -> None:
    with serving(data=tmp_path) as playground:
        figures = await view_together(
            playground, viewers=490, silent=10, events_per_s=200, for_s=FOR_S
        )
    print(figures)
    assert figures.faults == []
    assert figures.came == figures.expected > 490 * 200 * FOR_S * 0.95
    assert figures.p99_ms <= 250
    assert figures.cost.server_share < 1
    assert figures.cost.server_grew_mib < 64


async def test_of_five_thousand_clients_that_came_and_went_nothing_is_left(tmp_path: Path) -> None:
    before, after = await turn_over(5000, at_a_time=50, data=tmp_path)
    assert after == before
