"""What is printed is told or counted, byte for byte, whatever the pipe and the rate make of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.meter import Bucket
from backend.runtime.processes.output import TAIL_BYTES, OutputReader
from tests.labs.programs import WAIT_S

MUCH = 10**9


class Stage:
    """A pipe with a reader, and what it told."""

    def __init__(self, *, rate: float, burst: float, piece_bytes: int) -> None:
        self.told: list[str] = []
        self.dropped: list[tuple[int, int]] = []
        ours, self.pipe = os.pipe()
        os.set_blocking(ours, False)
        self.stream = os.fdopen(ours, "rb", buffering=0)
        self.reader = OutputReader(
            self.stream,
            bucket=Bucket(rate=rate, burst=burst, now=0.0),
            piece_bytes=piece_bytes,
            tell=self.told.append,
            tell_dropped=lambda count, size: self.dropped.append((count, size)),
        )

    def write(self, data: bytes) -> None:
        """Write, and let the reader see exactly this piece."""
        os.write(self.pipe, data)
        self.reader._readable()

    async def end(self) -> None:
        os.close(self.pipe)
        self.pipe = -1
        await asyncio.wait_for(self.reader.ended(), WAIT_S)

    @property
    def text(self) -> str:
        return "".join(self.told)

    @property
    def dropped_bytes(self) -> int:
        return sum(size for _, size in self.dropped)


@asynccontextmanager
async def staged(
    *, rate: float = MUCH, burst: float = MUCH, piece_bytes: int = 16384
) -> AsyncIterator[Stage]:
    stage = Stage(rate=rate, burst=burst, piece_bytes=piece_bytes)
    try:
        yield stage
    finally:
        if stage.pipe >= 0:
            os.close(stage.pipe)
        stage.reader.close()
        stage.stream.close()


pieces = st.lists(st.binary(min_size=1, max_size=50), max_size=20)
texts = st.text(alphabet="aй€🧵", min_size=1, max_size=60)


@given(pieces, st.integers(1, 60))
async def test_text_is_what_the_bytes_say_however_they_were_cut(
    written: list[bytes], piece_bytes: int
) -> None:
    async with staged(piece_bytes=piece_bytes) as stage:
        for piece in written:
            stage.write(piece)
        await stage.end()
    assert stage.text == b"".join(written).decode(errors="replace")
    assert stage.dropped == []


@given(texts, st.lists(st.integers(1, 30), min_size=1, max_size=20), st.integers(1, 60))
async def test_told_and_dropped_bytes_are_those_that_were_printed(
    text: str, cuts: list[int], burst: int
) -> None:
    data = text.encode()
    async with staged(rate=1e-9, burst=burst, piece_bytes=7) as stage:
        position = 0
        for cut in cuts:
            if piece := data[position : position + cut]:
                stage.write(piece)
            position += cut
        written = data[:position]
        await stage.end()
    cut_in_half = written.decode(errors="ignore") != written.decode(errors="replace")
    told = stage.text.rstrip("\N{REPLACEMENT CHARACTER}") if cut_in_half else stage.text
    assert "\N{REPLACEMENT CHARACTER}" not in told
    lost = len(written) - len(told.encode()) - stage.dropped_bytes
    assert 0 <= lost <= 3 if cut_in_half else lost == 0
    assert text.startswith(told) or stage.dropped_bytes


async def test_after_a_flood_text_begins_again_with_a_whole_character() -> None:
    async with staged(rate=20, burst=10) as stage:
        stage.write("йййййй".encode())  # 12 bytes, of which 10 pass
        assert stage.text == "ййййй"
        stage.reader._meter._bucket = Bucket(rate=MUCH, burst=MUCH, now=0.0)
        stage.write("й".encode()[1:] + b"abc")  # begins in the middle
        await stage.end()
    assert stage.text == "йййййabc"
    assert stage.dropped_bytes == 3


async def test_a_flood_is_told_up_to_its_burst_and_the_rest_is_counted_in_order() -> None:
    async with staged(rate=0.001, burst=1000) as stage:
        for _ in range(20):
            stage.write(b"x" * 100)
        assert stage.text == "x" * 1000
        await stage.end()
    assert stage.dropped == [(10, 1000)]


async def test_what_was_dropped_is_told_also_while_the_flood_goes_on() -> None:
    async with staged(rate=0.001, burst=10) as stage:
        async with asyncio.timeout(WAIT_S):
            while not stage.dropped:
                os.write(stage.pipe, b"x" * 100)
                await asyncio.sleep(0.01)
        assert stage.dropped[0][0] > 1


async def test_pieces_are_bounded() -> None:
    async with staged(piece_bytes=16) as stage:
        stage.write(b"x" * 100)
    assert [len(text) for text in stage.told] == [16] * 6 + [4]


async def test_the_tail_is_kept_also_of_what_is_dropped() -> None:
    async with staged(rate=0.001, burst=10) as stage:
        for number in range(1000):
            stage.write(b"%06d" % number)
        assert len(stage.reader.tail) == TAIL_BYTES
        assert stage.reader.tail.endswith(b"000998000999")


async def test_closing_twice_tells_nothing_twice() -> None:
    async with staged(rate=0.001, burst=4) as stage:
        stage.write(b"abcdef")
        stage.reader.close()
        stage.reader.close()
        assert (stage.text, stage.dropped) == ("abcd", [(1, 2)])
        await asyncio.wait_for(stage.reader.ended(), WAIT_S)
