"""A desk in a few words, for whoever looks at a whole class: thirty of these, not thirty timelines.

`Recent` is a pure reducer over a desk's events as they are kept: what its threads wait for, and
what happened last. A thread waits for what it told last, if that was how something begins that can
block; whatever else it tells, it is on its way again. Times are Unix time.
"""

from __future__ import annotations

import msgspec

from backend.domain.events import Problem
from backend.domain.people import PersonInfo
from backend.domain.room_info import RunInfo
from backend.domain.run_state import RunState

WAITS_FROM_S = 1.0  # what is shorter is how a program works
WAITS_SHOWN = 3
RUNS_SHOWN = 4
TEXT_LIMIT = 120  # characters of what was printed
DATA_LIMIT = 64  # characters of base64: 48 bytes

# What is news of a desk; single calls, threads and locks are not, but for those that failed.
NEWS = frozenset(
    {
        "run.started", "run.listening", "run.running", "run.slowed", "run.exited", "run.crashed",
        "run.failed", "output", "client.opened", "client.sent", "client.received",
        "client.failed", "client.closed",
    }
)  # fmt: skip
RUN_ENDS = frozenset({"run.exited", "run.crashed", "run.failed"})
# How a call ends that did nothing wrong: by its own timeout, without blocking, by a stop.
NO_FAILURE = frozenset(
    {"timeout", "EAGAIN", "EINPROGRESS", "EINTR", "KeyboardInterrupt", "SystemExit"}
)


class RunBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a desk; `error` is why it crashed or did not start."""

    id: str
    lab: str
    program: str
    state: RunState
    error: str | None


class EventBrief(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event in brief: those of its fields that matter, of text and bytes the beginning."""

    type: str
    at: float
    run: str | None = None
    client: str | None = None
    name: str | None = None
    pid: int | None = None
    host: str | None = None
    port: int | None = None
    transport: str | None = None
    slowed: bool | None = None
    exit_status: int | None = None
    error: Problem | str | None = None
    stream: str | None = None
    text: str | None = None
    bytes: int | None = None
    data: str | None = None
    call: str | None = None
    local: str | None = None
    peer: str | None = None
    code: str | None = None
    message: str | None = None


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """What a thread waits for: a socket call, a lock or the like by its name, or a thread."""

    run: str
    thread: str
    what: str
    object: int | None
    since: float
    file: str | None
    line: int | None


class ChecksPassed(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a lab's promises a desk's program keeps."""

    passed: int
    total: int


class DeskSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A desk in a few words. `gone`: its person has left, and it with them."""

    desk: str
    person: str
    name: str
    online: bool
    muted: bool
    runs: tuple[RunBrief, ...] = ()
    clients: int = 0
    last: EventBrief | None = None
    waits: tuple[Wait, ...] = ()
    checks: ChecksPassed | None = None
    gone: bool = False


class _Told(EventBrief, frozen=True, kw_only=True):
    """What is read of an event."""

    t: float = 0.0
    at: float = 0.0
    phase: str | None = None
    thread: str = ""
    tid: int | None = None
    event: str | None = None
    kind: str = ""
    object: int | None = None
    file: str | None = None
    line: int | None = None
    what: str | None = None


_THREAD_WAITS = {"sleeps": "time.sleep"}

_read = msgspec.json.Decoder(_Told).decode


class Recent:
    """What a desk's events told last."""

    def __init__(self) -> None:
        self.last: EventBrief | None = None
        self._waits: dict[tuple[str, int], Wait] = {}

    def take(self, line: bytes, *, clock_offset_s: float) -> None:
        """Take an event as the timeline keeps it."""
        told = _read(line)
        at = round(told.t + clock_offset_s, 3)
        if told.tid is not None and told.run is not None:
            self._take_step(told, told.run, told.tid, at)
        elif told.type in RUN_ENDS or told.type == "dropped":
            self._forget_waits(told.run)  # of what was dropped nobody knows whose it was
        if told.type in NEWS or (told.type == "call" and _failed(told)):
            self.last = _brief(told, at)

    def waits(self, now: float) -> tuple[Wait, ...]:
        """Return what waits at this time: locks and threads before calls, then the longest."""
        long = [wait for wait in self._waits.values() if now - wait.since >= WAITS_FROM_S]
        long.sort(key=lambda wait: (wait.object is None, wait.since))
        return tuple(long[:WAITS_SHOWN])

    def forget(self) -> None:
        """Forget what waits: the events between are not known."""
        self._waits.clear()

    def _take_step(self, told: _Told, run: str, tid: int, at: float) -> None:
        begins = told.phase == "enter" or told.event in ("waiting", "joins", "sleeps", "waits")
        if not begins:
            self._waits.pop((run, tid), None)
            return
        self._waits[run, tid] = Wait(
            run=run,
            thread=told.thread,
            what=told.call or _object_name(told) or _THREAD_WAITS.get(told.event or "", "join"),
            object=told.object,
            since=at,
            file=told.file,
            line=told.line,
        )

    def _forget_waits(self, run: str | None) -> None:
        for key in [key for key in self._waits if key[0] == run]:
            del self._waits[key]


def summary(
    person: PersonInfo,
    *,
    desk: str,
    runs: tuple[RunInfo, ...] = (),
    clients: int = 0,
    recent: Recent | None = None,
    now: float = 0.0,
) -> DeskSummary:
    """Sum up a desk, to which perhaps nobody has come yet."""
    return DeskSummary(
        desk=desk,
        person=person.id,
        name=person.name,
        online=person.online,
        muted=person.muted,
        runs=_newest(runs),
        clients=clients,
        last=None if recent is None else recent.last,
        waits=() if recent is None else recent.waits(now),
    )


def _newest(runs: tuple[RunInfo, ...]) -> tuple[RunBrief, ...]:
    """Return the newest run of each program, the living ones first, the newest of them first."""
    newest = {(run.lab, run.program): run for run in runs}  # the later one counts
    numbers = {run.id: number for number, run in enumerate(runs)}
    in_order = sorted(newest.values(), key=lambda run: (_has_ended(run), -numbers[run.id]))
    return tuple(
        RunBrief(
            id=run.id,
            lab=run.lab,
            program=run.program,
            state=run.state,
            error=None if run.error is None else run.error.message[:TEXT_LIMIT],
        )
        for run in in_order[:RUNS_SHOWN]
    )


def _has_ended(run: RunInfo) -> bool:
    return run.state in ("exited", "crashed", "failed")


def _failed(told: _Told) -> bool:
    return isinstance(told.error, str) and told.error not in NO_FAILURE


def _object_name(told: _Told) -> str | None:
    return told.name or (f"{told.kind} #{told.object}" if told.kind else None)


def _brief(told: _Told, at: float) -> EventBrief:
    lines = (told.text or "").strip().splitlines()
    return EventBrief(
        type=told.type,
        at=at,
        run=told.run,
        client=told.client,
        name=told.name,
        pid=told.pid,
        host=told.host,
        port=told.port,
        transport=told.transport,
        slowed=told.slowed,
        exit_status=told.exit_status,
        error=_short(told.error),
        stream=told.stream,
        text=None if told.text is None else (lines[-1] if lines else "")[:TEXT_LIMIT],
        bytes=told.bytes,
        data=None if told.data is None else told.data[:DATA_LIMIT],
        call=told.call,
        local=told.local,
        peer=told.peer,
        code=told.code,
        message=None if told.message is None else told.message[:TEXT_LIMIT],
    )


def _short(error: Problem | str | None) -> Problem | str | None:
    if isinstance(error, Problem):
        return Problem(code=error.code, message=error.message[:TEXT_LIMIT])
    return error
