"""Tasks of asyncio: each has a lane of its own, and waits on the line that awaits.

The programs go on when a line comes, which is sent when what they have told was seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backend.tracing.naming import awaited_path
from tests.tracing.drawn import arrows
from tests.tracing.runs import Record, Traced, traced, untraced

PROGRAM = """\
import asyncio, socket, sys
async def worker(messages):
    await messages.get()  # first
    await asyncio.sleep(3600)  # second
async def echo(reader, writer):
    await reader.readline()  # third
    writer.write(b"answer")
    writer.close()
async def lines():
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader
async def main():
    typed, messages = await lines(), asyncio.Queue()
    task = asyncio.create_task(worker(messages), name="worker")
    await typed.readline()  # one
    messages.put_nowait(1)
    await typed.readline()  # two
    task.cancel()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    client = socket.create_connection(server.sockets[0].getsockname())
    await typed.readline()  # three
    client.sendall(b"question\\n")
    await typed.readline()  # four
    server.close()
asyncio.run(main())
"""


def line_of(mark: str) -> int:
    return 1 + next(n for n, text in enumerate(PROGRAM.splitlines()) if text.endswith(mark))


def waiting(name: str, mark: str) -> Callable[[Record], bool]:
    return lambda record: (
        record["type"] == "thread"
        and record["event"] == "waits"
        and record["thread"].endswith(name)
        and record.get("line") == line_of(mark)
    )


def test_a_task_is_told_on_the_line_that_awaits_until_it_ends(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    steps = [
        ("worker (worker)", "# first", "messages.get"),
        ("worker (worker)", "# second", "asyncio.sleep"),
        ("(echo)", "# third", "reader.readline"),
        ("(main)", "# four", "typed.readline"),
    ]
    told: list[Record] = []
    with Traced(program) as run:
        for name, mark, call in steps:
            records = run.records(until=waiting(name, mark))
            assert (records[-1]["call"], records[-1]["until"]) == (call, "loop")
            told += records
            assert run.process.stdin is not None
            run.process.stdin.write(b"\n")
            run.process.stdin.flush()
        told += run.records()
        assert (run.outcome().status, run.outcome().err) == (0, "")
    worker = [r for r in told if r.get("thread") == "worker (worker)"]
    assert [r["event"] for r in worker] == ["began", "waits", "waited", "waits", "ended"]
    assert worker == sorted(worker, key=lambda record: record["t"])
    tids = {r["thread"]: r["tid"] for r in told if r["type"] == "thread"}
    assert len(set(tids.values())) == len(tids) == 4
    sent = [r for r in told if r.get("call") == "send" and r["bytes"] == 6]
    assert [(r["transport"], r["line"]) for r in sent] == [("tcp", line_of('b"answer")'))]


ENDPOINTS = """\
import asyncio, socket
class Answering(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, address):
        self.transport.sendto(data.upper(), address)  # answers
class Asking(asyncio.DatagramProtocol):
    def __init__(self):
        self.answer = asyncio.get_running_loop().create_future()
    def datagram_received(self, data, address):
        self.answer.set_result(data)
async def ask(question, peer):
    loop = asyncio.get_running_loop()
    transport, asking = await loop.create_datagram_endpoint(Asking, ("127.0.0.1", 0))
    transport.sendto(question, peer)  # asks
    print(await asking.answer)
    transport.close()
async def main():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Answering, ("127.0.0.1", 0))
    peer = transport.get_extra_info("sockname")
    for question in (b"one", b"two"):
        await asyncio.create_task(ask(question, peer), name=question.decode())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()) as client:
            client.send(b"waits if need be")
    transport.close()
asyncio.run(main())
"""


def test_calls_that_a_task_makes_stand_in_its_lane_and_those_of_the_loop_do_not(
    tmp_path: Path,
) -> None:
    program = tmp_path / "program.py"
    program.write_text(ENDPOINTS)
    outcome, told = traced(program)
    assert (outcome.status, outcome.out, outcome.err) == (0, "b'ONE'\nb'TWO'\n", "")
    line = 1 + next(n for n, text in enumerate(ENDPOINTS.splitlines()) if "# asks" in text)
    sent = [r for r in told if r.get("call") == "sendto"]
    assert [(r["thread"], r["line"] == line) for r in sent] == [
        ("one (ask)", True),
        ("MainThread", False),
        ("two (ask)", True),
        ("MainThread", False),
    ]
    got = [r for r in told if r.get("call") == "recvfrom" and "error" not in r]
    assert {r["thread"] for r in got} == {"MainThread"}
    assert arrows(told, "datagram") == [(data, "arrived") for data in ("one", "ONE", "two", "TWO")]
    # A call that may wait holds up the loop, not only the task.
    waits = [r for r in told if r.get("call") == "send" and r.get("phase") == "return"]
    assert [r["thread"] for r in waits] == ["MainThread"]
    for name in ("one (ask)", "two (ask)"):
        lane = [r for r in told if r.get("thread") == name]
        assert len({r["tid"] for r in lane}) == 1
        steps = [r["event"] for r in lane if r["type"] == "thread"]
        assert steps[0] == "began"
        assert steps.count("began") == 1
        assert name.startswith("two") or steps[-1] == "ended"
        assert lane == sorted(lane, key=lambda record: record["t"])
    tids = {r["tid"]: r["thread"] for r in told if "tid" in r}
    assert len(set(tids.values())) == len(tids)


FLOCK = """\
import asyncio, socket
ours, theirs = socket.socketpair()
ours.setblocking(False)
async def work():
    ours.send(b"x")
async def main():
    for _ in range(3):
        await asyncio.gather(*[work() for _ in range(150)])
        theirs.recv(1000)
asyncio.run(main())
"""


def test_many_tasks_that_come_and_go_are_followed_as_far_as_there_is_room(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(FLOCK)
    outcome, told = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    lanes = [r["tid"] for r in told if r.get("event") == "began" and "work" in r["thread"]]
    assert len(lanes) == len(set(lanes)) == 450
    ends = [r["tid"] for r in told if r.get("event") == "ended"]
    assert len(ends) == len(set(ends)) >= 250
    assert sorted(r["tid"] for r in told if r.get("call") == "send") == sorted(lanes)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("await box.items.get()", "box.items.get"),
        ("await (box.items.get())", "box.items.get"),
        ("print(1, await box.items.get())", "box.items.get"),
        ("await box.task", "box.task"),
        ("task = box.task; await task", "task"),
        ("task = box.task; print(box, await task)", "task"),
        ("lock = box.lock; await asyncio.sleep(0, await lock.acquire())", "lock.acquire"),
        ("async with box.lock: pass", "box.lock.__aenter__"),
        ("await [box.items.get][0]()", None),
    ],
)
async def test_what_is_awaited_is_named_as_it_is_written(line: str, expected: str | None) -> None:
    names: dict[str, Any] = {"asyncio": asyncio}
    exec(f"async def work(box):\n    {line}\n", names)
    box = SimpleNamespace(items=asyncio.Queue(), lock=asyncio.Lock())
    box.task = asyncio.ensure_future(box.items.get())
    await box.lock.acquire()
    work = names["work"](box)
    task = asyncio.create_task(work)
    await asyncio.sleep(0)
    assert awaited_path(work.cr_code, work.cr_frame.f_lasti) == expected
    task.cancel()
    box.task.cancel()
    await asyncio.wait({task, box.task})


ODD = """\
import asyncio, gc, sys, weakref
class Task(asyncio.Task):
    def get_name(self):
        raise SystemError
    def get_coro(self):
        return self
class Awaitable:
    def __await__(self):
        yield from asyncio.sleep(0.05).__await__()
async def one():
    await Awaitable()
async def two():
    async for each in three():
        await asyncio.gather(one(), asyncio.shield(one()))
async def three():
    for each in range(2):
        await asyncio.sleep(0.03)
        yield each
async def main():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coro, **more: Task(coro, loop=loop, **more))
    tasks = [loop.create_task(each()) for each in (one, two)]
    await asyncio.wait(tasks)
    gone = weakref.ref(tasks.pop())
    tasks.clear()
    await asyncio.sleep(0.03)
    gc.collect()
    print(gone())
    try:
        await asyncio.wait_for(one(), 0.01)
    except TimeoutError as error:
        print(repr(error))
    print(len(asyncio.all_tasks()), len(gc.get_referrers(asyncio.current_task())) > 0)
for _ in range(2):
    asyncio.run(main())
print(sorted(name for name in sys.modules if "tracing" in name))
"""


def test_odd_tasks_do_as_without_us_and_end_no_telling(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(ODD)
    outcome, records = traced(program)
    assert outcome == untraced(program)
    assert outcome.status == 0, outcome.err
    assert [r for r in records if r.get("until") == "ready"]


AFTERWARDS = """\
import asyncio, sys, threading, time
async def main():
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    await reader.readline()
def begin():
    asyncio.run(main())
    time.sleep(0.1)
def run():
    asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("begin", "after"),
    [("begin()", "sleeps"), ("threading.Thread(target=run).start()", "ended")],
)
def test_tasks_end_with_their_loop_before_what_its_thread_does_next(
    tmp_path: Path, begin: str, after: str
) -> None:
    program = tmp_path / "program.py"
    program.write_text(AFTERWARDS + begin)
    with Traced(program) as run:
        told = run.records(until=lambda r: r.get("call") == "reader.readline")
        assert run.process.stdin is not None
        run.process.stdin.write(b"\n")
        run.process.stdin.flush()
        told += run.records()
        assert (run.outcome().status, run.outcome().err) == (0, "")
    task = [r for r in told if r["type"] == "thread" and r["thread"].endswith("(main)")]
    assert [r["event"] for r in task][-1] == "ended"
    (next_step,) = (r for r in told if r.get("event") == after and r not in task)
    assert told.index(task[-1]) < told.index(next_step)
