"""How a traced program's calls go to a room: in messages of a bounded size."""

from __future__ import annotations

from backend.terminal.room import BATCH_LIMIT_BYTES, batches


def test_batches_keep_to_the_limit_and_lose_nothing() -> None:
    lines = [b"x" * size for size in (1, BATCH_LIMIT_BYTES, 1, 1, BATCH_LIMIT_BYTES // 2 + 1) * 3]
    cut = list(batches(lines))
    assert [line for batch in cut for line in batch] == lines
    assert all(sum(map(len, batch)) <= BATCH_LIMIT_BYTES for batch in cut)
    assert list(batches([])) == []
