"""The states of a run's life; which may follow which is said in run_life.py."""

from __future__ import annotations

from enum import StrEnum, auto


class RunState(StrEnum):
    """Where a run stands."""

    STARTING = auto()
    LISTENING = auto()
    RUNNING = auto()
    STOPPING = auto()
    EXITED = auto()
    CRASHED = auto()
    FAILED = auto()


ENDED = frozenset({RunState.EXITED, RunState.CRASHED, RunState.FAILED})
