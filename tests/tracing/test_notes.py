"""The records of a call: what its notes say, as JSON lines."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from backend.tracing.notes import Call, Return, entry_record, instant_record, return_record

RUN = '"r1"'
AT = 1_500_000_000
CALL: Call = (
    AT, "recv", ',"socket":3', ',"thread":"main"', ',"line":4', ',"peer":"a:1"', None
)  # fmt: skip
HEAD = {"type": "call", "run": "r1", "call": "recv", "n": 7}
PARTS = {"socket": 3, "thread": "main", "line": 4}
LATER = 2_250_000_000


def test_a_call_that_cannot_block_is_one_record_with_its_time() -> None:
    assert json.loads(instant_record(RUN, 7, CALL)) == {**HEAD, **PARTS, "t": 1.5, "peer": "a:1"}


def test_the_beginning_of_a_call_is_told_with_what_is_known_of_it() -> None:
    expected = {**HEAD, **PARTS, "t": 1.5, "phase": "enter", "peer": "a:1"}
    assert json.loads(entry_record(RUN, 7, CALL)) == expected


def test_a_return_is_told_with_its_own_time_and_what_came_of_the_call() -> None:
    note: Return = (CALL, LATER, 5000, b"abc", 10, ',"flags":"MSG_PEEK"')
    assert json.loads(return_record(RUN, 7, note, is_whole=False)) == {
        **HEAD,
        **PARTS,
        "t": 2.25,
        "phase": "return",
        "bytes": 5000,
        "data": b64encode(b"abc").decode(),
        "offset": 10,
        "flags": "MSG_PEEK",
    }


def test_a_call_that_moves_no_bytes_tells_none() -> None:
    record = json.loads(return_record(RUN, 7, (CALL, LATER, None, b"", 0, ""), is_whole=False))
    assert record.keys() & {"bytes", "data", "offset"} == set()


@pytest.mark.parametrize("size", [None, 0, 3])
def test_a_whole_call_is_its_beginning_and_its_return(size: int | None) -> None:
    note: Return = (CALL, LATER, size, b"abc", 0, "")
    lines = return_record(RUN, 7, note, is_whole=True).split("\n")
    assert lines == [entry_record(RUN, 7, CALL), return_record(RUN, 7, note, is_whole=False)]


@pytest.mark.parametrize("at", [0, 1, 999_999_999, 86_400_000_000_001, 2**62])
def test_times_are_seconds_as_near_as_a_float_can_be(at: int) -> None:
    call: Call = (at, *CALL[1:])
    assert json.loads(instant_record(RUN, 7, call))["t"] == at / 1_000_000_000
