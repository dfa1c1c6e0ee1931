"""Events as values: what they look like once encoded."""

from __future__ import annotations

import inspect
from base64 import b64decode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import events
from backend.domain.events import (
    PAYLOAD_LIMIT_BYTES,
    ClientSent,
    Dropped,
    Event,
    Output,
    Problem,
    RunCrashed,
    payload,
)

KINDS = [
    kind
    for _, kind in inspect.getmembers(events, inspect.isclass)
    if issubclass(kind, Event) and kind is not Event
]


@given(st.binary(max_size=3 * PAYLOAD_LIMIT_BYTES))
def test_a_payload_is_the_first_bytes_exactly(data: bytes) -> None:
    assert b64decode(payload(data), validate=True) == data[:PAYLOAD_LIMIT_BYTES]


def test_an_encoded_event_carries_its_type_and_all_that_is_set() -> None:
    event = ClientSent(t=1.5, client="c1", run="r1", bytes=3, data=payload(b"abc"))
    assert msgspec.json.decode(msgspec.json.encode(event)) == {
        "type": "client.sent",
        "t": 1.5,
        "client": "c1",
        "run": "r1",
        "bytes": 3,
        "data": "YWJj",
    }


def test_what_is_not_set_is_left_out() -> None:
    event = Dropped(t=0.0, what="output", count=2, bytes=70000, run="r1")
    assert "client" not in msgspec.json.decode(msgspec.json.encode(event))


def test_an_error_is_told_as_code_and_message() -> None:
    problem = Problem(code="crashed", message="It ended by itself with status 3.")
    event = RunCrashed(t=0.0, run="r1", exit_status=3, error=problem)
    assert msgspec.json.decode(msgspec.json.encode(event))["error"] == {
        "code": "crashed",
        "message": "It ended by itself with status 3.",
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_type_of_its_own_and_cannot_be_changed(kind: type[Event]) -> None:
    config = kind.__struct_config__
    assert config.frozen
    assert [other.__struct_config__.tag for other in KINDS].count(config.tag) == 1


@given(st.text())
def test_any_text_of_a_program_goes_through(text: str) -> None:
    event = Output(t=0.0, run="r1", stream="stdout", text=text)
    assert msgspec.json.decode(msgspec.json.encode(event))["text"] == text
