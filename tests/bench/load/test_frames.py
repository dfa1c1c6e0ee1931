"""The load counts what a stream of frames carries, however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from tests.bench.load.frames import BINARY, TEXT, PayloadCounter, client_frame, server_frame

messages = st.lists(
    st.tuples(st.booleans(), st.one_of(st.binary(max_size=200), st.sampled_from([b"x" * 70_000]))),
    max_size=8,
)


@given(messages, st.lists(st.integers(1, 500), min_size=1))
def test_payload_is_counted_and_texts_are_kept(
    sent: list[tuple[bool, bytes]], cuts: list[int]
) -> None:
    stream = b"".join(server_frame(data, TEXT if is_text else BINARY) for is_text, data in sent)
    counter, counted, at = PayloadCounter(), 0, 0
    for cut in [*cuts, len(stream)]:
        counted += counter.feed(memoryview(stream)[at : at + cut])
        at += cut
    assert counted == sum(len(data) for is_text, data in sent if not is_text)
    assert counter.texts == [data for is_text, data in sent if is_text]


@given(st.sampled_from([0, 1, 125, 126, 65535, 65536]))
def test_a_frame_of_ours_is_one_to_others(size: int) -> None:
    reader = StreamReader()
    reader.feed_data(client_frame(bytes(size)))
    parsing = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)
    assert parsed.value.value == Frame(Opcode.BINARY, bytes(size))
