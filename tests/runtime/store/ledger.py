"""A playground's store that writes without end and says what was acknowledged; to be killed.

`python -m tests.runtime.store.ledger FOLDER`: first a line of what is remembered, then a line for
each thing that is durable. A line on standard input ends it in peace.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from backend.runtime.store.opening import store_for
from backend.settings import Settings
from tests.runtime.store.stage import line_of, lines, person, room


def say(**values: object) -> None:
    os.write(1, json.dumps(values).encode() + b"\n")


async def main(folder: str) -> None:
    store = store_for(Settings(data=folder, store_interval_s=0.01, events_kept=100_000))
    memories = await store.open()
    if memories:
        (memory,) = memories
        seq, number, epoch = memory.last_seq, len(memory.people), memory.epoch
        wanted = [line_of(each, "x" * 100) for each in range(1, seq + 1)]
        assert lines(memory) == wanted, "events are missing, or others"
        assert [each.id for each in memory.people] == [f"p{n}" for n in range(1, number + 1)]
    else:
        seq, number, epoch = 0, 0, "e0"
        await store.keep_room(room("a"), epoch)
    say(seq=seq, person=number, epoch=epoch)
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    while not ended.done():
        for _ in range(20):
            seq += 1
            store.note_events("a", seq, [line_of(seq, "x" * 100)], 1)
            await asyncio.sleep(0)
        number += 1
        await store.keep_person(person("a", number))
        say(seq=seq, person=number)  # what was noted before is written in the same order
    await store.close()


asyncio.run(main(sys.argv[1]))
