"""Messages that nobody would send, made out of those that are sent, in ways that a seed decides."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

CALL = {
    "type": "call",
    "t": 1.0,
    "run": "r1",
    "call": "recv",
    "n": 1,
    "socket": 1,
    "transport": "tcp",
    "thread": "MainThread",
    "tid": 1,
    "bytes": 3,
    "data": "AAAA",
}
THREAD = {"type": "thread", "t": 2.0, "run": "r1", "event": "began", "thread": "T", "tid": 2}
SEEDS: dict[str, list[Any]] = {
    "events": [{"type": "ping"}],
    "class": [{"type": "ping"}],
    "client": [{"type": "shutdown"}, {"type": "credit", "bytes": 5}, "text", b"bytes"],
    "trace": [
        {"program": "mine.py", "args": ["-v"], "pid": 1, "t": 0.0},
        [
            CALL,
            {"type": "thread", "t": 2.0, "run": "r1", "event": "began", "thread": "T", "tid": 2},
        ],
        [{"type": "sync", "t": 3.0, "run": "r1", "kind": "Lock", "event": "made", "object": 1}],
        {"exit_status": 0},
    ],
}
VALUES: list[Any] = [
    *(None, True, 0, -1, 2**31, 2**63, 2**64 - 1, -(2**63), 10**400, 1e308, -1e308, 0.1),
    *("", "x" * 70_000, "\x00\x1b]0;x\x07", "\u202e", "<img src=x onerror=alert(1)>", [], {}, [[]]),
    *("r1", "local", "../../etc", {"type": "hello", "token": "x"}, [None] * 2000),
]


@dataclass
class Mutator:
    """Makes messages out of those that are sent."""

    random: random.Random

    def message(self, kind: str) -> str | bytes:
        seed = self.random.choice(SEEDS[kind])
        if isinstance(seed, bytes) or self.random.random() < 0.05:
            return self.random.randbytes(self.random.choice([0, 1, 40, 1500, 70_000]))
        for _ in range(self.random.randrange(3)):
            seed = self.changed(seed)
        text = seed if isinstance(seed, str) else json.dumps(seed)
        return self.torn(text) if self.random.random() < 0.5 else text

    def changed(self, value: Any) -> Any:
        """Put another value somewhere into a structure."""
        if self.random.random() < 0.2 or not isinstance(value, dict | list) or not value:
            return self.random.choice(VALUES)
        if isinstance(value, list):
            place = self.random.randrange(len(value))
            return [*value[:place], self.changed(value[place]), *value[place + 1 :]]
        key = self.random.choice(list(value))
        match self.random.randrange(4):
            case 0:
                return {other: value[other] for other in value if other != key}
            case 1:
                return {**value, "another": self.random.choice(VALUES)}
            case _:
                return {**value, key: self.changed(value[key])}

    def torn(self, text: str) -> str:
        """Change characters of a text."""
        place = self.random.randrange(len(text) + 1)
        match self.random.randrange(5):
            case 0:
                return text[:place]
            case 1:
                return text[:place] + chr(self.random.choice([0, 34, 92, 0x2028, 0x1F600])) + text
            case 2:
                return text * self.random.choice([2, 50])
            case 3:
                return "[" * self.random.choice([1, 500, 60_000]) + text
            case _:
                return text[place:] + text[:place]

    def frame(self) -> bytes:
        """Make bytes that are to be a frame (RFC 6455, 5.2), and are none as a rule."""
        head = self.random.choice([b"\xc1\x80", b"\x81\x00", b"\x83\x80", b"\x09\xfe", b"\x82\xff"])
        return head + self.random.randbytes(self.random.randrange(40))
