"""Frames as they come over the wire, and what was said with them: datagrams, streams of bytes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.labs.programs import WAIT_S

HOST = "127.0.0.1"

FIN, SYN, RST = 0x01, 0x02, 0x04  # flags of TCP (RFC 9293, 3.1)

Flow = tuple[int, int]  # port of the sender, port of the receiver


@dataclass(frozen=True)
class Frame:
    """One UDP datagram or TCP segment."""

    transport: str
    source: int
    target: int
    data: bytes
    seq: int = 0
    flags: int = 0
    at: float = 0.0


class Recorder:
    """Frames as they come, and waiting for one."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._came = threading.Condition()

    def note(self, frame: Frame) -> None:
        with self._came:
            self._frames.append(frame)
            self._came.notify_all()

    def have(self, wanted: Callable[[Frame], bool], within_s: float = WAIT_S) -> bool:
        """Wait for a frame; return whether it came in time."""
        with self._came:
            return self._came.wait_for(lambda: any(map(wanted, self._frames)), within_s)

    def of(self, transport: str) -> list[Frame]:
        """Return all frames so far of a transport."""
        with self._came:
            return [frame for frame in self._frames if frame.transport == transport]

    def at_port(self, port: int) -> list[Frame]:
        """Return all frames so far with this port at either end."""
        with self._came:
            return [frame for frame in self._frames if port in (frame.source, frame.target)]


def datagrams(frames: Iterable[Frame]) -> dict[Flow, list[bytes]]:
    """Return what each end sent to each other, in order."""
    flows: dict[Flow, list[bytes]] = defaultdict(list)
    for frame in frames:
        if frame.transport == "udp":
            flows[frame.source, frame.target].append(frame.data)
    return dict(flows)


def streams(frames: Iterable[Frame]) -> dict[Flow, bytes]:
    """Put the segments of each direction in order by their numbers (RFC 9293, section 3.4).

    A retransmission has to say what was said before, and no byte may be missing.
    """
    first: dict[Flow, int] = {}
    told: dict[Flow, bytearray] = {}
    late: list[tuple[Flow, int, bytes]] = []
    for frame in frames:
        flow = frame.source, frame.target
        if frame.transport != "tcp":
            continue
        if frame.flags & SYN:
            first[flow] = (frame.seq + 1) % 2**32
            told.setdefault(flow, bytearray())
        elif frame.data:
            late.append((flow, (frame.seq - first[flow]) % 2**32, frame.data))
    for flow, at, data in sorted(late, key=lambda piece: piece[:2]):
        stream = told[flow]
        assert at <= len(stream), f"{flow}: {at - len(stream)} bytes are missing at {len(stream)}"
        overlap = stream[at : at + len(data)]
        assert data.startswith(bytes(overlap)), f"{flow}: said otherwise at {at}"
        stream += data[len(overlap) :]
    return {flow: bytes(stream) for flow, stream in told.items()}
