"""Events by hand for the tests of the sequence diagram, and timelines of real runs."""

from __future__ import annotations

import json
from base64 import b64encode
from itertools import count
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SERVER = "127.0.0.1:5000"
RECORDINGS = Path(__file__).parent / "recordings"


def recording(name: str) -> list[Json]:
    """Return the timeline of a real run."""
    lines = (RECORDINGS / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


class Story:
    """Events in the order in which they are told."""

    def __init__(self) -> None:
        self.events: list[Json] = []
        self._seq = count(1)
        self._n = count(1)

    def tell(self, kind: str, t: float, /, **fields: Any) -> Json:
        event = {"seq": next(self._seq), "t": t, "type": kind, **fields}
        self.events.append(event)
        return event

    def run(self, run: str, program: str = "server", t: float = 0.0) -> None:
        self.tell("run.started", t, run=run, lab="udp/x", program=program, pid=1, args=[])

    def call(
        self, run: str, call: str, t: float, /, *, enter: float | None = None, **more: Any
    ) -> int:
        """Tell a call that ran at t; with `enter`, that it had begun to wait before."""
        n = next(self._n)
        common: Json = {"run": run, "call": call, "n": n, "socket": 1, "transport": "udp"}
        common |= {"thread": "MainThread", "tid": 1, "file": f"{run}.py", "line": n}
        data = more.pop("payload", None)
        if data is not None:
            more |= {"bytes": len(data), "data": b64encode(data).decode()}
        heads = {
            k: v for k, v in more.items() if k in ("socket", "transport", "tid", "thread", "local")
        }
        if enter is not None:
            self.tell("call", enter, **{**common, **heads}, phase="enter")
            more["phase"] = "return"
        self.tell("call", t, **{**common, **more})
        return n

    def enter(self, run: str, call: str, t: float, **more: Any) -> int:
        """Tell a call that waits."""
        n = next(self._n)
        common: Json = {"run": run, "call": call, "n": n, "socket": 1, "transport": "udp"}
        common |= {
            "thread": "MainThread",
            "tid": 1,
            "file": f"{run}.py",
            "line": n,
            "phase": "enter",
        }
        self.tell("call", t, **{**common, **more})
        return n

    def client(
        self, client: str, what: str, t: float, payload: bytes | None = None, **more: Any
    ) -> None:
        if payload is not None:
            more |= {"bytes": len(payload), "data": b64encode(payload).decode()}
        self.tell(f"client.{what}", t, client=client, run="s", **more)
