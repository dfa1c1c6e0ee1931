"""A program that runs elsewhere, as a learner's own, and tells its calls to a room.

`socketlab trace --room` is its other end. Nothing is started here; what comes is checked, bounded,
and put into the timeline as one more run, without lab, that nobody here can stop. Where it belongs
is told as soon as that is known: what its owner says comes first, then the first port that it uses.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from backend.domain.addresses import Address
from backend.domain.errors import InvalidRequest
from backend.domain.events import (
    Dropped,
    Event,
    Output,
    Publish,
    RunExited,
    RunPlaced,
    RunStarted,
    Surplus,
)
from backend.domain.meter import Bucket, Meter
from backend.domain.traced_events import Call, SocketTransport
from backend.domain.visit import Bye, Hello, Told, read_events, touched
from backend.settings import Settings

SAME_CLOCK_S = 1.0
EARLIER_S = 60.0  # before its hello a program may have begun

_decode_hello = msgspec.json.Decoder(Hello).decode
_decode_bye = msgspec.json.Decoder(Bye).decode


class Places(Protocol):
    """Who knows the labs, and where their programs listen."""

    def is_lab(self, lab_id: str) -> bool:
        """Whether there is such a lab."""

    def lab_at(self, address: Address, transport: SocketTransport) -> str | None:
        """Return the lab of an address, if it is one's."""


class OutsideRun:
    """One such program, from its hello to its end."""

    def __init__(
        self,
        run_id: str,
        hello: str,
        *,
        settings: Settings,
        publish: Publish,
        places: Places | None = None,
    ) -> None:
        """Take the first message. Raises InvalidRequest when it is none."""
        try:
            said = _decode_hello(hello)
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidRequest(f"The first message is to name the program: {error}") from None
        now = time.monotonic()
        self._began_at = now
        self.id, self.pid, self.program = run_id, said.pid, said.program
        self._publish = publish
        # On another machine the clock counts from another moment.
        self._shift_s = now - said.t if abs(now - said.t) > SAME_CLOCK_S else 0.0
        rate = settings.trace_events_rate
        events = Bucket(rate=rate, burst=4 * rate, now=now)
        self._meters: dict[Surplus, Meter] = {"calls": Meter(events), "output": Meter(events)}
        self._output = Bucket(
            rate=settings.output_rate_bytes, burst=settings.output_burst_bytes, now=now
        )
        self._ended = False
        self._places = places
        self._is_told = False
        self._is_placed = False
        self._started = RunStarted(
            t=now, run=run_id, lab="", program=said.program, pid=said.pid, args=said.args
        )
        if places is not None and places.is_lab(said.lab):
            self._begin()
            self._place(said.lab, now)

    def take(self, message: str) -> None:
        """Take events, or the end. Raises InvalidRequest for anything else, and after the end.

        What is no event that a tracer tells is counted, as what was not told.
        """
        if self._ended:
            raise InvalidRequest("The program has already ended.")
        try:
            if message.lstrip().startswith("{"):
                self.end(_decode_bye(message).exit_status)
                return
            said, unfit = read_events(message)
        except (msgspec.DecodeError, RecursionError) as error:  # or nested too deep
            raise InvalidRequest(f"Expected a list of events, or the end: {error}") from None
        self._begin()
        self._find_place(said)
        if unfit:
            self._publish(*self._take_loss(0, unfit))
        now = time.monotonic()
        # Nothing has happened before it was there, or is still to come, whatever it says.
        earliest, latest = self._began_at - EARLIER_S, now + SAME_CLOCK_S
        told: list[Event] = []
        for event in said:
            if isinstance(event, Dropped):  # a report of many: it counts as so many
                told += self._take_loss(event.bytes, event.count, event.what)
            elif self._passes(event, now):
                told += self._untold()
                t = min(max(event.t + self._shift_s, earliest), latest)
                told.append(replace(event, run=self.id, t=t))
        self._publish(*told)

    def _begin(self) -> None:
        """Tell that it has begun: with its first calls, which often say where it belongs."""
        if not self._is_told:
            self._is_told = True
            self._publish(self._started)

    def _passes(self, event: Told, now: float) -> bool:
        """Whether there is not too much to tell it; if there is, count it."""
        if not isinstance(event, Output):
            return self._meters["calls"].passes(getattr(event, "bytes", None) or 0, now)
        size = len(event.text.encode())
        if not self._meters["output"].passes(size, now):
            return False
        if self._output.take(size, now) < size:
            self._meters["output"].drop(size)
            return False
        return True

    def _find_place(self, events: Sequence[Told]) -> None:
        """Place it by the first port that it uses, if that is some lab's."""
        for event in events:
            if self._is_placed or self._places is None:
                return
            if isinstance(event, Call) and (at := touched(event)) is not None:
                lab = self._places.lab_at(at, event.transport)
                if lab is not None:
                    self._place(lab, time.monotonic())

    def _place(self, lab: str, t: float) -> None:
        self._is_placed = True
        self._publish(RunPlaced(t=t, run=self.id, lab=lab))

    def end(self, exit_status: int | None = None) -> None:
        """Note the end of the program; without status the connection was lost before it.

        A second time does nothing.
        """
        if not self._ended:
            self._ended = True
            self._begin()
            self._publish(*self._untold())
            self._publish(RunExited(t=time.monotonic(), run=self.id, exit_status=exit_status))

    def _take_loss(self, size_bytes: int, count: int, what: Surplus = "calls") -> list[Dropped]:
        """Count what was lost on the way here; return what tells it, unless that is too much."""
        meter = self._meters.get(what, self._meters["calls"])
        meter.drop(size_bytes, count)
        return self._untold() if meter.take(1, time.monotonic()) else []

    def _untold(self) -> list[Dropped]:
        """Return what tells of all that was not told."""
        return [
            Dropped(
                t=time.monotonic(), run=self.id, what=what, count=untold.count, bytes=untold.bytes
            )
            for what, meter in self._meters.items()
            if (untold := meter.collect())
        ]
