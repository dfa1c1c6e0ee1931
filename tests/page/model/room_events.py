"""Events of a room, and the state that they give."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.page.conftest import Modules

Json = dict[str, Any]

# Maps become objects, so that a state can leave the page.
PLAIN = """
const plain = (x) => x instanceof Map ? Object.fromEntries([...x].map(([k, y]) => [k, plain(y)]))
  : Array.isArray(x) ? x.map(plain)
  : x !== null && typeof x === "object"
    ? Object.fromEntries(Object.entries(x).map(([k, y]) => [k, plain(y)]))
  : x;
"""


def reduced(modules: Modules, *events: Json, merge: Json | None = None) -> Json:
    """Return the state after these events, and after a snapshot of the API if one is given."""
    body = (
        PLAIN
        + """
        let state = v.events.reduce(m.reduce, m.initial());
        if (v.merge) state = m.merge(state, v.merge);
        return plain(state);
        """
    )
    state: Json = modules.run("model/room-state", body, events=list(events), merge=merge)
    return state


def numbered(*events: Json) -> list[Json]:
    numbers = count(1)
    return [{"seq": next(numbers), "t": 0.0, **event} for event in events]


STARTED: Json = {
    "type": "run.started",
    "run": "r1",
    "lab": "udp/hello",
    "program": "server",
    "pid": 42,
    "args": ["--port", "0"],
}

LISTENING: Json = {
    "type": "run.listening",
    "run": "r1",
    "host": "127.0.0.1",
    "port": 12345,
    "transport": "udp",
}

OPENED: Json = {
    "type": "client.opened",
    "client": "c1",
    "run": "r1",
    "transport": "udp",
    "local": "127.0.0.1:50000",
    "peer": "127.0.0.1:12345",
}
