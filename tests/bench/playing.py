"""A playground to be measured: served as people run it, asked over one plain connection.

What httpx and the description of the API would cost is not to be in what is measured.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.rounds import Plan
from tests.server import ROOM, Playground, Run, serving

BENCH_LABS = Path(__file__).parent / "labs"
# After which a connection is not used again: the server closes it after 5 s, late where it is busy.
IDLE_S = 0.2
ANYTHING = re.compile(r"(?s).*")
# Room for 500 clients and runs; pings would only come between.
ROOMY = {
    "clients_per_room": 1100,
    "runs_per_room": 700,
    "viewers_per_room": 1100,
    "connections_limit": 3000,
    "connections_per_address": 3000,
    "descriptors_reserve": 1200,
    "ping_s": 3600,
}


@contextlib.contextmanager
def playing(plan: Plan, **settings: object) -> Iterator[Asked]:
    """Serve a playground in a process of its own, with room for a load.

    Where it has to go quickly it is a fork of one that has imported all, as tests have it.
    """
    _allow_descriptors()
    chosen: dict[str, Any] = {"labs_dir": BENCH_LABS, **ROOMY, **settings}
    with serving(by_command=not plan.is_quick, may_say=ANYTHING, **chosen) as playground:
        asked = Asked(playground)
        with contextlib.closing(asked):
            yield asked


class Asked:
    """A playground, its runs, and where their clients connect."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.port = playground.port
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._used_at = 0.0

    def close(self) -> None:
        """Close the connection, if one is open."""
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Make a request; return what the answer says. Raises ConnectionError for a refusal."""
        return json.loads(self.read(path, method, body))

    def read(self, path: str, method: str = "GET", body: object = None) -> bytes:
        """Make a request; return the answer as it came. Raises ConnectionError for a refusal."""
        data = None if body is None else json.dumps(body)
        if time.monotonic() - self._used_at > IDLE_S:
            self._connection.close()  # the next request opens it
        self._connection.request(method, path, data, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        said = answer.read()
        self._used_at = time.monotonic()
        if answer.status >= 400:
            raise ConnectionError(f"{method} {path}: {answer.status} {said.decode()}")
        return said

    def start(self, lab: str, *args: str) -> Run:
        """Start a lab's server on a free port; return it once it listens."""
        body = {"lab": lab, "program": "server", "port": 0, "args": args}
        run: Run = self.ask("POST", f"{ROOM}/runs", body)
        return run

    def stop(self, run: Run) -> None:
        """Stop a run."""
        self.ask("DELETE", f"{ROOM}/runs/{run['id']}")

    def last_seq(self) -> int:
        """Return the number of the last event."""
        seq: int = self.ask("GET", ROOM)["last_seq"]
        return seq


def client_path(run: Run) -> str:
    """Return where a WebSocket is a client of a run."""
    return f"/ws/rooms/local/runs/{run['id']}/client"


def _allow_descriptors() -> None:
    """Allow as many descriptors as the system lets us, here and in what we start."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
