"""The life of a run as a machine: facts go in; a new life, events, and what to do next come out.

TABLE says which fact may come in which state, what it does, and which states may follow; what it
does not list raises. Nothing here acts or asks for the time (compare h11, `_state.py`).

A server listens once a traced call says so, a client or demo program runs. Who stops a run by
intent gets an `exited` one, whatever signal it took. A defect of ours ends it as `failed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Any

from backend.domain.addresses import Address
from backend.domain.errors import (
    BadArguments,
    ForbiddenTransition,
    LabFailure,
    PortInUse,
    RunBroken,
    StartFailed,
)
from backend.domain.events import (
    Event,
    Problem,
    RunCrashed,
    RunExited,
    RunFailed,
    RunListening,
    RunRunning,
    RunStarted,
    RunStopping,
    Transport,
)
from backend.domain.launch import StartOrder
from backend.domain.run_facts import (
    Broken,
    Called,
    Ended,
    Fact,
    Launched,
    NoProcess,
    Printed,
    StopAsked,
    TimeOver,
)
from backend.domain.run_state import ENDED, RunState

USAGE_ERROR = 2  # what argparse ends with


class Next(StrEnum):
    """What is to be done now."""

    LAUNCH = auto()  # make a process, for the port whose turn it is
    ANSWER = auto()  # tell who waits for the start that it is over
    END = auto()  # ask the process to end, then force it to
    KILL = auto()  # end the process at once


@dataclass(frozen=True, kw_only=True)
class RunLife:
    """Where a run stands, and what is known of it.

    `host`, `port` and `transport` are where it listens, or listened. `failure` is what its starter
    is told by an exception, `error` what everybody else is.
    """

    run: str
    order: StartOrder
    state: RunState = RunState.STARTING
    host: str | None = None
    port: int | None = None
    transport: Transport | None = None
    pid: int | None = None
    exit_status: int | None = None
    error: Problem | None = None
    failure: LabFailure | RunBroken | None = None
    turn: int = 0  # of the order's ports
    is_port_taken: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone for good."""
        return self.state in ENDED

    @property
    def address(self) -> Address | None:
        """Where the run can be reached now, if it listens."""
        if self.state is RunState.LISTENING and self.host is not None and self.port is not None:
            return self.host, self.port
        return None

    @property
    def port_in_turn(self) -> int | None:
        """The port that is tried now; 0 is any free one, None: the program takes none."""
        return self.order.ports[self.turn] if self.order.ports else None


@dataclass(frozen=True)
class Step:
    """What a fact brings about: the life from now on, what to tell everybody, what to do."""

    life: RunLife
    events: tuple[Event, ...] = ()
    next: Next | None = None


def take(life: RunLife, fact: Fact) -> Step:
    """Return what this fact brings about. Raises ForbiddenTransition for what TABLE lacks."""
    try:
        rule, following = TABLE[life.state][type(fact)]
    except KeyError:
        raise ForbiddenTransition(life.state, type(fact).__name__) from None
    step = rule(life, fact)
    if step.life.state not in following:
        raise ForbiddenTransition(life.state, step.life.state)
    return step


# The rules, each for one fact, in the order of a life


def _note_process(life: RunLife, fact: Launched) -> Step:
    order = life.order
    args = order.args_with(life.port_in_turn)
    started = RunStarted(
        t=fact.t,
        run=life.run,
        lab=order.lab,
        program=order.program,
        pid=fact.pid,
        args=args,
        owner=order.owner,
        name=order.owner_name,
    )
    return Step(replace(life, pid=fact.pid, is_port_taken=False), (started,))


def _find_no_process(life: RunLife, fact: NoProcess) -> Step:
    return _fail(life, fact.t, StartFailed(fact.reason), None)


def _read_call(life: RunLife, fact: Called) -> Step:
    if fact.takes_port_in_use:
        life = replace(life, is_port_taken=True)
    if not life.order.is_server:
        return _run(life, fact.t)
    where = fact.listens_at
    return Step(life) if where is None else _listen(life, fact.t, *where)


def _read_output(life: RunLife, fact: Printed) -> Step:
    # A client or demo that prints, or calls, had its command line in order. A server has to listen.
    return Step(life) if life.order.is_server else _run(life, fact.t)


def _give_up_waiting(life: RunLife, fact: TimeOver) -> Step:
    return Step(life, next=Next.KILL) if life.order.is_server else _run(life, fact.t)


def _end_start(life: RunLife, fact: Ended) -> Step:
    if life.is_port_taken and life.turn + 1 < len(life.order.ports):
        return Step(replace(life, turn=life.turn + 1, pid=None), next=Next.LAUNCH)
    if life.order.is_server or fact.exit_status == USAGE_ERROR:
        return _fail(life, fact.t, _why_not_started(life, fact), fact.exit_status)
    running, ended = _run(life, fact.t), _end_by_itself(life, fact)
    return replace(ended, events=(*running.events, *ended.events))


def _end_by_itself(life: RunLife, fact: Ended) -> Step:
    if fact.exit_status == 0:
        return _exit(life, fact.t, 0)
    error = fact.problem
    crashed = RunCrashed(t=fact.t, run=life.run, exit_status=fact.exit_status, error=error)
    life = replace(life, state=RunState.CRASHED, exit_status=fact.exit_status, error=error)
    return Step(life, (crashed,), Next.ANSWER)


def _stop(life: RunLife, fact: StopAsked) -> Step:
    stopping = RunStopping(t=fact.t, run=life.run, by=fact.by, why=fact.why)
    to_do = None if life.pid is None else Next.END
    return Step(replace(life, state=RunState.STOPPING, error=fact.why), (stopping,), to_do)


def _kill_what_came_late(life: RunLife, fact: Launched) -> Step:
    return Step(replace(life, pid=fact.pid), next=Next.KILL)


def _end_stop(life: RunLife, fact: Ended) -> Step:
    if life.failure is not None:
        return _fail(life, fact.t, life.failure, fact.exit_status)
    return _exit(life, fact.t, fact.exit_status)


def _stop_without_process(life: RunLife, fact: NoProcess) -> Step:
    if life.failure is not None:
        return _fail(life, fact.t, life.failure, None)
    return _exit(life, fact.t, 0)


def _break(life: RunLife, fact: Broken) -> Step:
    if life.failure is None:  # what broke first says more
        failure = RunBroken(fact.what)
        life = replace(life, failure=failure, error=_problem(failure))
    return Step(replace(life, state=RunState.STOPPING), next=Next.KILL)


def _stay(life: RunLife, _fact: Fact) -> Step:
    return Step(life)


# What several rules do


def _run(life: RunLife, t: float) -> Step:
    running = RunRunning(t=t, run=life.run)
    return Step(replace(life, state=RunState.RUNNING), (running,), Next.ANSWER)


def _listen(life: RunLife, t: float, address: Address, transport: Transport) -> Step:
    host, port = address
    listening = RunListening(t=t, run=life.run, host=host, port=port, transport=transport)
    life = replace(life, state=RunState.LISTENING, host=host, port=port, transport=transport)
    return Step(life, (listening,), Next.ANSWER)


def _exit(life: RunLife, t: float, exit_status: int) -> Step:
    exited = RunExited(t=t, run=life.run, exit_status=exit_status, error=life.error)
    life = replace(life, state=RunState.EXITED, exit_status=exit_status)
    return Step(life, (exited,), Next.ANSWER)


def _fail(life: RunLife, t: float, failure: LabFailure | RunBroken, status: int | None) -> Step:
    error = _problem(failure)
    failed = RunFailed(t=t, run=life.run, error=error, exit_status=status)
    life = replace(life, state=RunState.FAILED, exit_status=status, failure=failure, error=error)
    return Step(life, (failed,), Next.ANSWER)


def _why_not_started(life: RunLife, fact: Ended) -> LabFailure:
    port = life.port_in_turn
    if life.is_port_taken and port is not None:
        return PortInUse(life.order.host, port)
    last_words = fact.last_words or "(it said nothing)"
    if fact.exit_status == USAGE_ERROR:
        return BadArguments(f"The program refused its arguments: {last_words}")
    said = f"Its last words: {last_words}"
    if fact.printed and not fact.last_words:  # what `--help` asks for, say
        said = f"It printed: {fact.printed}"
    return StartFailed(f"The program did not come to listen. {fact.how} {said}")


def _problem(failure: LabFailure | RunBroken) -> Problem:
    return Problem(code=failure.code, message=failure.message)


# In each state: the facts that may come, what each does, and the states that it may lead to.
_Rule = Callable[[RunLife, Any], Step]
_S = RunState

TABLE: dict[RunState, dict[type[Fact], tuple[_Rule, set[RunState]]]] = {
    _S.STARTING: {
        Launched: (_note_process, {_S.STARTING}),
        NoProcess: (_find_no_process, {_S.FAILED}),
        Called: (_read_call, {_S.STARTING, _S.LISTENING, _S.RUNNING}),
        Printed: (_read_output, {_S.STARTING, _S.RUNNING}),
        TimeOver: (_give_up_waiting, {_S.STARTING, _S.RUNNING}),
        Ended: (_end_start, {_S.STARTING, _S.EXITED, _S.CRASHED, _S.FAILED}),
        StopAsked: (_stop, {_S.STOPPING}),
        Broken: (_break, {_S.STOPPING}),
    },
    _S.LISTENING: {
        Ended: (_end_by_itself, {_S.EXITED, _S.CRASHED}),
        StopAsked: (_stop, {_S.STOPPING}),
        Broken: (_break, {_S.STOPPING}),
    },
    _S.RUNNING: {
        Ended: (_end_by_itself, {_S.EXITED, _S.CRASHED}),
        StopAsked: (_stop, {_S.STOPPING}),
        Broken: (_break, {_S.STOPPING}),
    },
    _S.STOPPING: {
        Launched: (_kill_what_came_late, {_S.STOPPING}),
        NoProcess: (_stop_without_process, {_S.EXITED, _S.FAILED}),
        Ended: (_end_stop, {_S.EXITED, _S.FAILED}),
        StopAsked: (_stay, {_S.STOPPING}),
        Broken: (_break, {_S.STOPPING}),
    },
    **{end: {StopAsked: (_stay, {end}), Broken: (_stay, {end})} for end in ENDED},
}
