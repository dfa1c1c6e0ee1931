"""Whatever happens to a run, in whatever order: the table is all there is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ForbiddenTransition
from backend.domain.launch import StartOrder
from backend.domain.run_facts import Broken, Fact, StopAsked
from backend.domain.run_life import TABLE, Next, RunLife, Step, take
from backend.domain.run_state import ENDED, RunState
from tests.domain.test_run_life import (
    CLIENT,
    DEFECT,
    DEMO,
    IN_USE,
    LAUNCHED,
    LISTEN,
    NONE,
    OVER,
    PRINTED,
    SERVER,
    STOP,
    call,
    ended,
    kinds,
)

ALL: tuple[Fact, ...] = (
    *(LAUNCHED, NONE, LISTEN, IN_USE, call("socket"), PRINTED, OVER, STOP, DEFECT),
    *(ended(0), ended(1), ended(2), ended(-9)),
)
FACTS = {type(fact) for fact in ALL}


def test_the_table_names_every_state_and_only_ends_lead_nowhere_else() -> None:
    assert set(TABLE) == set(RunState)
    for state, facts in TABLE.items():
        onward = set().union(*(following for _, following in facts.values())) - {state}
        assert bool(onward) != (state in ENDED)


@pytest.mark.parametrize("state", RunState)
def test_whatever_the_table_does_not_list_raises(state: RunState) -> None:
    for kind in FACTS - set(TABLE[state]):
        fact = next(fact for fact in ALL if type(fact) is kind)
        with pytest.raises(ForbiddenTransition, match=f"{state} .* {kind.__name__}"):
            take(RunLife(run="r1", order=SERVER, state=state), fact)


def test_a_rule_that_leads_elsewhere_than_the_table_says_raises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule, _ = TABLE[RunState.STARTING][StopAsked]
    monkeypatch.setitem(TABLE[RunState.STARTING], StopAsked, (rule, {RunState.EXITED}))
    with pytest.raises(ForbiddenTransition, match="stopping"):
        take(RunLife(run="r1", order=SERVER), STOP)


def test_a_run_that_was_stopped_never_counts_as_crashed() -> None:
    for _, following in TABLE[RunState.STOPPING].values():
        assert RunState.CRASHED not in following


walks = st.lists(st.sampled_from(ALL), max_size=25)


def allowed(order: StartOrder, walk: list[Fact]) -> list[Step]:
    """Return the steps of a walk, without what the table does not allow where it stands."""
    life, steps = RunLife(run="r1", order=order), []
    for fact in walk:
        if type(fact) in TABLE[life.state]:
            steps.append(take(life, fact))
            life = steps[-1].life
    return steps


@given(st.sampled_from((SERVER, CLIENT, DEMO)), walks)
def test_no_walk_comes_back_to_a_state_that_it_left(order: StartOrder, walk: list[Fact]) -> None:
    states = [RunState.STARTING, *(step.life.state for step in allowed(order, walk))]
    changes = [state for state, _ in itertools.groupby(states)]
    assert len(set(changes)) == len(changes)


@given(st.sampled_from((SERVER, CLIENT, DEMO)), walks)
def test_every_end_is_told_once_and_answered(order: StartOrder, walk: list[Fact]) -> None:
    steps = allowed(order, walk)
    told = kinds([event for step in steps for event in step.events]).split()
    ends = [kind for kind in told if kind in ("exited", "crashed", "failed")]
    is_over = bool(steps) and steps[-1].life.has_ended
    assert len(ends) == is_over
    if is_over:
        assert Next.ANSWER in [step.next for step in steps]
        assert steps[-1].life.state == told[-1]


@given(st.sampled_from((SERVER, CLIENT, DEMO)), walks)
def test_a_failure_has_its_error_and_nothing_else_has_one(
    order: StartOrder, walk: list[Fact]
) -> None:
    steps = allowed(order, walk)
    for step in steps:
        life = step.life
        assert (life.failure is not None) <= (life.state in {RunState.FAILED, RunState.STOPPING})
        if life.has_ended:
            assert (life.error is None) == (life.state is RunState.EXITED)
    broken = any(type(fact) is Broken for fact in walk)
    if steps and steps[-1].life.error is not None:
        assert steps[-1].life.error.code != "defect" or broken


@given(st.sampled_from((SERVER, CLIENT, DEMO)), walks)
def test_any_life_can_still_end(order: StartOrder, walk: list[Fact]) -> None:
    steps = allowed(order, walk)
    life = steps[-1].life if steps else RunLife(run="r1", order=order)
    for _ in range(len(order.ports) + 1):
        if not life.has_ended:
            life = take(life, ended(1)).life
    assert life.has_ended
