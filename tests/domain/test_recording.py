from __future__ import annotations

import json

import msgspec

from backend.domain.events import Output, Problem, RunStarted
from backend.domain.recording import VERSION, Header, lab_ids
from backend.domain.room_info import RunInfo
from backend.domain.run_state import RunState
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


def header_of(page: Excerpt, *runs: RunInfo) -> bytes:
    header = Header(
        version=VERSION,
        room="local",
        clock_offset_s=1.5,
        lab_ids=lab_ids(page, runs),
        runs=runs,
    )
    return header.encoded()


def test_the_first_line_says_what_the_file_is() -> None:
    assert json.loads(header_of(page_of(timeline("udp/hello")), RUN)) == {
        "type": "recording",
        "version": 1,
        "room": "local",
        "clock_offset_s": 1.5,
        "lab_ids": ["udp/hello"],
        "runs": [msgspec.to_builtins(RUN)],
    }


def test_the_first_line_is_one_line_whatever_it_says() -> None:
    error = Problem(code="start_failed", message="It said: a\u2028b\x85c")
    failed = msgspec.structs.replace(RUN, error=error)
    header = header_of(page_of(timeline("udp/hello")), failed)
    assert len(header.decode().splitlines()) == 1
    assert json.loads(header)["runs"][0]["error"]["message"] == error.message


def test_the_labs_are_named_once_in_the_order_of_their_starts() -> None:
    page = page_of(timeline("udp/time", "udp/hello", "udp/time", ""))
    assert lab_ids(page, [RUN]) == ("udp/time", "udp/hello")


def test_where_the_beginning_is_gone_the_runs_of_the_room_name_the_labs_too() -> None:
    page = page_of(timeline("tcp/echo", "udp/hello", limit_events=1))
    assert lab_ids(page, [RUN]) == ("tcp/echo", "udp/hello")


def test_a_text_that_looks_like_a_start_is_none() -> None:
    assert lab_ids(page_of(timeline(outputs=2)), []) == ()
