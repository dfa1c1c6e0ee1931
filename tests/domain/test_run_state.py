"""The life of a run: the table is all there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ForbiddenTransition
from backend.domain.run_state import ENDED, TRANSITIONS, RunState, check_transition

states = st.sampled_from(RunState)


@given(states, states)
def test_what_the_table_lists_passes_and_all_else_raises(state: RunState, wanted: RunState) -> None:
    if wanted in TRANSITIONS[state]:
        assert check_transition(state, wanted) is wanted
    else:
        with pytest.raises(ForbiddenTransition, match=f"from {state} to {wanted}"):
            check_transition(state, wanted)


def test_the_table_names_every_state() -> None:
    assert set(TRANSITIONS) == set(RunState)


def test_a_run_ends_exited_crashed_or_failed() -> None:
    assert {RunState.EXITED, RunState.CRASHED, RunState.FAILED} == ENDED


@given(st.lists(states, max_size=20))
def test_no_walk_leaves_an_ended_state_or_comes_back_to_one_left(walk: list[RunState]) -> None:
    state, seen = RunState.STARTING, {RunState.STARTING}
    for wanted in walk:
        if wanted in TRANSITIONS[state]:
            assert state not in ENDED
            assert wanted not in seen
            state = check_transition(state, wanted)
            seen.add(state)


def test_a_run_that_was_stopped_never_counts_as_crashed() -> None:
    assert TRANSITIONS[RunState.STOPPING] == {RunState.EXITED}


@pytest.mark.parametrize("state", [state for state in RunState if state not in ENDED])
def test_an_end_can_be_reached_from_every_state(state: RunState) -> None:
    reached, frontier = {state}, [state]
    while frontier:
        for following in TRANSITIONS[frontier.pop()] - reached:
            reached.add(following)
            frontier.append(following)
    assert reached & ENDED
