"""The records of a call: what its notes say, as JSON lines."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from backend.tracing.notes import Begun, Returned, entered, instant, returned

RUN = '"r1"'
BEGUN: Begun = (7, 1.5, "recv", ',"socket":3', ',"thread":"main"', ',"line":4', ',"peer":"a:1"')
HEAD = {"type": "call", "run": "r1", "call": "recv", "n": 7}
PARTS = {"socket": 3, "thread": "main", "line": 4}


def test_a_call_that_cannot_block_is_one_record_with_its_time() -> None:
    assert json.loads(instant(RUN, BEGUN)) == {**HEAD, **PARTS, "t": 1.5, "peer": "a:1"}


def test_the_beginning_of_a_call_is_told_with_what_is_known_of_it() -> None:
    expected = {**HEAD, **PARTS, "t": 1.5, "phase": "enter", "peer": "a:1"}
    assert json.loads(entered(RUN, BEGUN)) == expected


def test_a_return_is_told_with_its_own_time_and_what_came_of_the_call() -> None:
    note: Returned = (BEGUN, False, 2.25, 5000, b"abc", 10, ',"flags":"MSG_PEEK"')
    assert json.loads(returned(RUN, note)) == {
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
    record = json.loads(returned(RUN, (BEGUN, False, 2.25, None, b"", 0, "")))
    assert record.keys() & {"bytes", "data", "offset"} == set()


@pytest.mark.parametrize("size", [None, 0, 3])
def test_a_return_whose_beginning_is_untold_is_told_after_it(size: int | None) -> None:
    lines = returned(RUN, (BEGUN, True, 2.25, size, b"abc", 0, "")).split("\n")
    assert lines == [entered(RUN, BEGUN), returned(RUN, (BEGUN, False, 2.25, size, b"abc", 0, ""))]
