"""A trace channel in this process, and the end at which its records are read."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from typing import Any

from backend.tracing.channel import Channel
from backend.tracing.notes import Call, compact
from backend.tracing.sites import Thread
from tests.labs.programs import WAIT_S
from tests.tracing.runs import Record


class End:
    """Our end of a channel, and the channel; `closed` is set by its watcher."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(WAIT_S)
        self.closed = threading.Event()
        self.thread = Thread(1)
        self.channel = Channel({1: self.thread}, on_close=self.closed.set)
        self.channel.open(theirs.detach(), "r1")
        self._lines = self.ours.makefile("rb")

    def tell(self, **fields: Any) -> None:
        self.channel.tell(compact(fields))

    def enter(self, call: Call) -> None:
        self.thread.inside = call
        self.channel.wake()

    def leave(self, call: Call, size: int | None = None, data: bytes = b"") -> None:
        self.thread.inside = None
        note = (call, time.monotonic_ns(), size, data, 0, "")
        self.channel.add_return(note, is_told=self.thread.told_call is call)

    def record(self) -> Record:
        got: Record = json.loads(self._lines.readline())
        return got

    def close(self) -> None:
        self._lines.close()
        self.ours.close()
        assert self.closed.wait(WAIT_S)
        # The writer may still have something to write: its descriptor's number must not come to
        # belong to the channel of the next test.
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, self.channel.pipe.fd)
        os.close(nowhere)
