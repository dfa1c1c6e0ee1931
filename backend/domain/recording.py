"""A recording: a room's history as a file of JSON lines, to be replayed later.

The first line is a header, the rest are the events as they were told. Where the beginning of the
history is gone, a gap stands before them, and the header's `runs` say which programs they are of.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from backend.domain.events import RunStarted
from backend.domain.room_info import RunInfo
from backend.domain.timeline import Excerpt, encode_line

VERSION = 1
MEDIA_TYPE = "application/x-ndjson"

_START = b'"type":"run.started"'
_START_WITHIN = 64  # `seq` and `type` stand first (domain/timeline.py)
_decode_start = msgspec.json.Decoder(RunStarted).decode


class Header(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="type",
    tag="recording",
):
    """The first line. Unix time of an event = t + clock_offset_s.

    `lab` and `take` are there in a recording of one take.
    """

    version: int
    room: str
    clock_offset_s: float
    lab_ids: tuple[str, ...]
    runs: tuple[RunInfo, ...]
    lab: str | None = None
    take: int | None = None

    def encoded(self) -> bytes:
        """Return the line, without its end."""
        return encode_line(self)


_decode_header = msgspec.json.Decoder(Header).decode


def read_header(recording: bytes) -> Header:
    """Return the header of a recording."""
    return _decode_header(recording.partition(b"\n")[0])


def lab_ids(excerpt: Excerpt, runs: Sequence[RunInfo]) -> tuple[str, ...]:
    """Return the labs whose programs a history tells of, in order, each once."""
    starts = [_decode_start(event) for event in excerpt.events if _START in event[:_START_WITHIN]]
    known = [run.lab for run in runs] if excerpt.gap else []
    return tuple(dict.fromkeys(lab for lab in [*known, *(run.lab for run in starts)] if lab))
