"""A recording: a room's history as a file of JSON lines, to be replayed later.

The first line is a header, the rest are the events as they were told. Where the beginning of the
history is gone, a gap stands before them, and the header's `runs` say which programs they are of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from backend.domain.events import RunStarted
from backend.domain.room_info import RunInfo
from backend.domain.timeline import Excerpt

VERSION = 1
MEDIA_TYPE = "application/x-ndjson"
PIECE_EVENTS = 256

_START = b'"type":"run.started"'
_START_WITHIN = 64  # `seq` and `type` stand first (domain/timeline.py)
_decode_start = msgspec.json.Decoder(RunStarted).decode


class Header(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="recording"):
    """The first line. Unix time of an event = t + clock_offset_s."""

    version: int = VERSION
    room: str
    clock_offset_s: float
    lab_ids: tuple[str, ...]
    runs: tuple[RunInfo, ...]


def lab_ids(excerpt: Excerpt, runs: Sequence[RunInfo]) -> tuple[str, ...]:
    """Return the labs whose programs a history tells of, in order, each once."""
    starts = [_decode_start(event) for event in excerpt.events if _START in event[:_START_WITHIN]]
    known = [run.lab for run in runs] if excerpt.gap else []
    return tuple(dict.fromkeys(lab for lab in [*known, *(run.lab for run in starts)] if lab))


def pieces(header: Header, excerpt: Excerpt) -> Iterator[bytes]:
    """Yield the file, some hundred lines at a time."""
    first = [msgspec.json.encode(header)]
    if excerpt.gap:
        first.append(excerpt.gap.encoded())
    yield b"".join(line + b"\n" for line in first)
    for start in range(0, len(excerpt.events), PIECE_EVENTS):
        yield b"".join(line + b"\n" for line in excerpt.events[start : start + PIECE_EVENTS])
