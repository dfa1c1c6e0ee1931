"""The life of a run, as a table: what it does not list raises.

A server listens, a client or demo program runs; whoever stops a run by intent gets an `exited`
one, whatever signal it took.
"""

from __future__ import annotations

from enum import StrEnum

from backend.domain.errors import ForbiddenTransition


class RunState(StrEnum):
    """Where a run stands."""

    STARTING = "starting"
    LISTENING = "listening"
    RUNNING = "running"
    STOPPING = "stopping"
    EXITED = "exited"
    CRASHED = "crashed"
    FAILED = "failed"


TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.STARTING: frozenset(
        {RunState.LISTENING, RunState.RUNNING, RunState.STOPPING, RunState.FAILED}
    ),
    RunState.LISTENING: frozenset({RunState.STOPPING, RunState.EXITED, RunState.CRASHED}),
    RunState.RUNNING: frozenset({RunState.STOPPING, RunState.EXITED, RunState.CRASHED}),
    RunState.STOPPING: frozenset({RunState.EXITED}),
    RunState.EXITED: frozenset(),
    RunState.CRASHED: frozenset(),
    RunState.FAILED: frozenset(),
}

ENDED = frozenset(state for state, following in TRANSITIONS.items() if not following)


def check_transition(state: RunState, wanted: RunState) -> RunState:
    """Return `wanted`, if it may follow `state`.

    Raises ForbiddenTransition otherwise.
    """
    if wanted not in TRANSITIONS[state]:
        raise ForbiddenTransition(state, wanted)
    return wanted
