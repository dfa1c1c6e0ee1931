"""What a program writes into its trace channel is read a piece at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.domain.events import Dropped
from tests.runtime.processes.test_supervisor import started

RECORD = '{"type":"dropped","t":1,"run":"r1","what":"calls","count":COUNT,"bytes":0}'


@pytest.mark.parametrize(
    "wrong",
    ["", "no record", RECORD.replace("COUNT", "-1"), f"{RECORD} ".replace("COUNT", "1") * 2],
)
async def test_of_many_records_in_one_piece_one_that_is_none_costs_itself_only(
    tmp_path: Path, wrong: str
) -> None:
    source = f"""
        import os, stat
        for fd in range(3, 300):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    channel = fd
            except OSError:
                pass
        lines = [{RECORD!r}.replace("COUNT", str(count)) for count in range(40)]
        os.write(channel, "\\n".join([*lines, {wrong!r}, *lines, ""]).encode())
    """
    async with started(tmp_path, source) as run:
        assert await run.status() == 0
    counts = [each.count for each in run.ear.events if isinstance(each, Dropped)]
    assert counts == 2 * [*range(40)]
    assert run.ear.unfit == 1
