"""What a restart has ended: told as events, for whoever saw it begin.

A playground that is killed cannot say that its programs end, its clients close, its people go: the
next one says it, from what the history tells as begun and not as ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from backend.domain.class_events import PersonOnline
from backend.domain.events import ClientClosed, Event, Problem, RunExited

RESTARTED = Problem(
    code="restarted",
    message="The playground was started anew, and the program ended with it.",
)

_ABOUT_LIVES = re.compile(
    rb'\{"seq":\d+,"type":"(?:run\.(?:started|exited|crashed|failed)|client\.(?:opened|closed)'
    rb'|person\.(?:online|left))"'
)


class _Told(msgspec.Struct):
    """What those events say of whom."""

    type: str
    run: str = ""
    client: str = ""
    person: str = ""
    online: bool = False


_read = msgspec.json.Decoder(_Told).decode


def ends_of(history: Iterable[bytes], living: Iterable[str], *, t: float) -> tuple[Event, ...]:
    """Return the ends of what a history leaves open, and of the runs in `living`."""
    runs, clients, online = dict.fromkeys(living), dict[str, str](), dict[str, None]()
    for line in history:
        if not _ABOUT_LIVES.match(line):
            continue
        match _read(line):
            case _Told(type="run.started", run=run):
                runs[run] = None
            case _Told(type="run.exited" | "run.crashed" | "run.failed", run=run):
                runs.pop(run, None)
            case _Told(type="client.opened", client=client, run=run):
                clients[client] = run
            case _Told(type="client.closed", client=client):
                clients.pop(client, None)
            case _Told(person=person, online=True):
                online[person] = None
            case _Told(person=person):
                online.pop(person, None)
    return (
        *(ClientClosed(t=t, client=client, run=run) for client, run in clients.items()),
        *(RunExited(t=t, run=run, error=RESTARTED) for run in runs),
        *(PersonOnline(t=t, person=person, online=False) for person in online),
    )
