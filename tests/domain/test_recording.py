from __future__ import annotations

import json
from typing import Any

import msgspec

from backend.domain.events import Output, RunStarted
from backend.domain.recording import PIECE_EVENTS, Header, lab_ids, pieces
from backend.domain.room_info import RunInfo
from backend.domain.run_life import RunState
from backend.domain.timeline import Cursor, Excerpt, Timeline

RUN = RunInfo(
    id="r1",
    room="local",
    lab="tcp/echo",
    program="server",
    state=RunState.LISTENING,
    host="127.0.0.1",
    port=12345,
    pid=42,
    started_at="2026-11-28T09:00:00.000+00:00",
    exit_status=None,
    error=None,
)


def timeline(*labs: str, limit_events: int = 1000, outputs: int = 0) -> Timeline:
    made = Timeline(epoch="e1", limit_events=limit_events, limit_bytes=2**20)
    for number, lab in enumerate(labs, 1):
        made.append(
            RunStarted(t=number, run=f"r{number}", lab=lab, program="server", pid=1, args=())
        )
    for number in range(outputs):
        made.append(Output(t=number, run="r1", stream="stdout", text='"type":"run.started"'))
    return made


def page_of(made: Timeline) -> Excerpt:
    return made.read(Cursor(0), limit_events=10_000, limit_bytes=2**24)


def lines_of(page: Excerpt, *runs: RunInfo) -> list[dict[str, Any]]:
    header = Header(room="local", clock_offset_s=1.5, lab_ids=lab_ids(page, runs), runs=runs)
    return [json.loads(line) for line in b"".join(pieces(header, page)).splitlines()]


def test_the_first_line_says_what_the_file_is() -> None:
    header = lines_of(page_of(timeline("udp/hello")), RUN)[0]
    assert header == {
        "type": "recording",
        "version": 1,
        "room": "local",
        "clock_offset_s": 1.5,
        "lab_ids": ["udp/hello"],
        "runs": [msgspec.to_builtins(RUN)],
    }


def test_the_events_follow_as_they_were_told() -> None:
    page = page_of(timeline("udp/hello", outputs=3))
    assert lines_of(page)[1:] == [json.loads(event) for event in page.events]


def test_the_labs_are_named_once_in_the_order_of_their_starts() -> None:
    page = page_of(timeline("udp/time", "udp/hello", "udp/time", ""))
    assert lab_ids(page, [RUN]) == ("udp/time", "udp/hello")


def test_where_the_beginning_is_gone_the_runs_of_the_room_name_the_labs_too() -> None:
    page = page_of(timeline("tcp/echo", "udp/hello", limit_events=1))
    assert lab_ids(page, [RUN]) == ("tcp/echo", "udp/hello")
    assert lines_of(page)[1] == {"type": "gap", "after": 0, "next": 2, "missed": 1, "epoch": "e1"}


def test_a_text_that_looks_like_a_start_is_none() -> None:
    assert lab_ids(page_of(timeline(outputs=2)), []) == ()


def test_no_piece_holds_more_than_its_share() -> None:
    page = page_of(timeline("udp/hello", outputs=2 * PIECE_EVENTS))
    header = Header(room="local", clock_offset_s=0.0, lab_ids=(), runs=())
    counts = [piece.count(b"\n") for piece in pieces(header, page)]
    assert counts == [1, PIECE_EVENTS, PIECE_EVENTS, 1]
