"""What nobody uses ends, never without its notice; who uses it in time keeps it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.idle import Idleness, IdleStep


def test_it_is_announced_and_then_ends() -> None:
    idle = Idleness(limit_s=100, notice_s=10)
    assert [idle.look(0, now) for now in (1, 89, 90, 95, 100)] == [
        IdleStep.NOTHING,
        IdleStep.NOTHING,
        IdleStep.ANNOUNCE,
        IdleStep.NOTHING,
        IdleStep.END,
    ]


def test_who_uses_it_after_the_announcement_keeps_it() -> None:
    idle = Idleness(limit_s=100, notice_s=10)
    assert idle.look(0, 90) is IdleStep.ANNOUNCE
    assert idle.ends_in_s(95) == 5
    assert idle.look(96, 97) is IdleStep.STAY
    assert idle.ends_in_s(97) is None
    assert idle.look(96, 105) is IdleStep.NOTHING
    assert idle.look(96, 186) is IdleStep.ANNOUNCE


def test_what_was_never_used_is_idle_since_it_began() -> None:
    idle = Idleness(limit_s=100, notice_s=10, since=1000)
    assert idle.look(0, 1050) is IdleStep.NOTHING
    assert idle.look(0, 1090) is IdleStep.ANNOUNCE


def test_who_looks_late_gives_the_whole_notice_nevertheless() -> None:
    idle = Idleness(limit_s=100, notice_s=10)
    assert idle.look(0, 500) is IdleStep.ANNOUNCE
    assert idle.look(0, 509) is IdleStep.NOTHING
    assert idle.look(0, 510) is IdleStep.END


@given(
    st.lists(st.tuples(st.floats(0.01, 50), st.booleans()), max_size=100),
    st.floats(1, 100),
    st.floats(0.1, 200),
)
def test_nothing_ends_that_was_used_within_its_limit_or_not_announced(
    looks: list[tuple[float, bool]], limit_s: float, notice_s: float
) -> None:
    idle = Idleness(limit_s=limit_s, notice_s=notice_s)
    now, used_at, announced_at = 0.0, 0.0, None
    for pause_s, is_used in looks:
        now += pause_s
        used_at = now if is_used else used_at
        step = idle.look(used_at, now)
        if step is IdleStep.ANNOUNCE:
            announced_at = now
        elif step is IdleStep.STAY:
            announced_at = None
        elif step is IdleStep.END:
            assert now - used_at >= limit_s - 1e-6
            assert announced_at is not None
            assert now - announced_at >= min(notice_s, limit_s) - 1e-6
            return
