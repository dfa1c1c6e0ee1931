"""A playground that is started anew: its room is there, with its numbers; what ran can be again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
from pathlib import Path

import psutil

from tests.labs.programs import WAIT_S
from tests.server import ROOM, Playground, serving, until
from tests.web.api.test_health import numbers_in

RESTARTED = "restarted"


async def leave_a_history(playground: Playground) -> None:
    """Start two servers, talk to one, stop one; leave the other, and a client of it, alone."""
    stopped = await playground.start("udp/echo")
    await playground.stop(stopped)
    run = await playground.start("tcp/echo", "server", "--host", "localhost")
    async with playground.open_client(run) as client:
        await client.send(b"hello")
        assert await client.data() == b"hello"
    await playground.wait_for_event("client.closed")


async def written(playground: Playground, folder: Path) -> list[dict[str, object]]:
    """Wait until all that the timeline tells is in the database; return it."""
    async with asyncio.timeout(WAIT_S):
        while True:
            events = await playground.events(after=0)
            database = sqlite3.connect(folder / "socketlab.sqlite")
            (last,) = database.execute("SELECT max(last) FROM chunks").fetchone()
            database.close()
            if last == events[-1]["seq"]:
                return events
            await asyncio.sleep(0.02)


async def test_after_a_stop_everything_is_there_in_the_same_epoch(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        await leave_a_history(playground)
        before = await playground.room()
        told = await playground.events(after=0)
    with serving(data=tmp_path) as playground:
        room = await playground.room()
        events = await playground.events(after=0)
        assert room["epoch"] == before["epoch"]
        assert events[: len(told)] == told
        assert [event["seq"] for event in events] == [*range(1, len(events) + 1)]
        ended = [event for event in events[len(told) :] if event["type"] == "run.exited"]
        assert [(event["run"], event["error"]["code"]) for event in ended] == [("r2", RESTARTED)]
        assert [(run["id"], run["state"]) for run in room["runs"]] == [
            ("r1", "exited"),
            ("r2", "exited"),
        ]
        assert [run["error"] and run["error"]["code"] for run in room["runs"]] == [None, RESTARTED]
        offset_s = room["clock_offset_s"] - before["clock_offset_s"]
        assert abs(offset_s) < 1


async def test_after_a_kill_what_was_written_is_there_in_another_epoch(tmp_path: Path) -> None:
    with serving(data=tmp_path, ends_with=-signal.SIGKILL) as playground:
        run = await playground.start("tcp/echo")
        async with playground.open_client(run):
            before = await playground.room()
            told = await written(playground, tmp_path)
            os.kill(playground.program.pid, signal.SIGKILL)
            await until(lambda: not psutil.pid_exists(run["pid"]), within_s=WAIT_S, what="gone")
    with serving(data=tmp_path) as playground:
        room = await playground.room()
        events = await playground.events(after=0)
        assert room["epoch"] != before["epoch"]
        assert events[: len(told)] == told
        assert [
            (event["type"], event.get("client"), event["run"]) for event in events[len(told) :]
        ] == [("client.closed", "c1", "r1"), ("run.exited", None, "r1")]
        assert events[-1]["error"]["code"] == RESTARTED
        (run,) = room["runs"]
        assert (run["state"], run["error"]["code"]) == ("exited", RESTARTED)
        # A viewer of before is told that the numbers are others.
        path = f"/ws/rooms/local/events?after={before['last_seq']}&epoch={before['epoch']}"
        async with playground.connect(path) as viewer:
            gap = json.loads(await viewer.recv())[0]
        assert (gap["type"], gap["epoch"], gap["next"]) == ("gap", room["epoch"], 1)


async def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        await leave_a_history(playground)
    with serving(data=tmp_path) as playground:
        last_seq = (await playground.room())["last_seq"]
        run = await playground.start("tcp/echo")
        assert run["id"] == "r3"
        async with playground.open_client(run) as client:
            assert client.opened["client"] == "c2"
        started = await playground.wait_for_event("run.started", run="r3")
        assert started["seq"] == last_seq + 1


async def test_what_ran_is_started_again_as_it_was_asked_for(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        before = await playground.start("tcp/echo", "server", "--host", "localhost")
    with serving(data=tmp_path) as playground:
        answer = await playground.request("POST", f"{ROOM}/runs/{before['id']}/again")
        assert answer.status_code == 201, answer.text
        again = answer.json()
        assert (again["lab"], again["program"], again["state"]) == (
            "tcp/echo",
            "server",
            "listening",
        )
        assert again["id"] != before["id"]
        started = await playground.wait_for_event("run.started", run=again["id"])
        assert started["args"][:2] == ["--host", "localhost"]
        answer = await playground.request("POST", f"{ROOM}/runs/r99/again")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_run")


async def test_typing_into_what_ended_before_the_restart_is_refused_in_words(
    tmp_path: Path,
) -> None:
    with serving(data=tmp_path) as playground:
        run = await playground.start("tcp/echo")
    with serving(data=tmp_path) as playground:
        answer = await playground.type(run, text="x")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "run_ended")
        assert (await playground.stop(run))["state"] == "exited"


async def test_a_cleared_timeline_stays_cleared(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        await leave_a_history(playground)
        answer = await playground.request("DELETE", f"{ROOM}/events")
        assert answer.is_success
        epoch = (await playground.room())["epoch"]
    with serving(data=tmp_path) as playground:
        assert (await playground.room())["epoch"] == epoch
        kept = {event["type"] for event in await playground.events(after=0)}
        assert "run.exited" in kept  # what came after the clearing
        assert not kept & {"run.started", "client.opened"}


async def test_a_full_disk_stops_nothing_is_told_and_passes(tmp_path: Path) -> None:
    warned = re.compile(r"(.*WARNING Socket Lab (does not remember|remembers again).*\n)*")
    with serving(data=tmp_path, may_say=warned) as playground:
        run = await playground.start("tcp/echo")
        process = psutil.Process(playground.program.pid)
        _soft, hard = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (4096, hard))
        async with playground.open_client(run) as client:
            await client.send(b"one")
            assert await client.data() == b"one"
            told = await playground.wait_for_event("memory.changed", state="failing")
            assert told["reason"]
            ready = (await playground.request("GET", "/readyz")).json()
            assert ready == {"status": "ok", "memory": "failing"}
            seen = numbers_in((await playground.request("GET", "/metrics")).text)
            assert seen['socketlab_memory{state="failing"}'] == 1
            assert seen["socketlab_store_waiting_events"] > 0
            assert seen["socketlab_store_lag_seconds"] > 0
            await client.send(b"two")
            assert await client.data() == b"two"
            other = await playground.start("udp/echo")
            assert other["state"] == "listening"
            process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
            await playground.wait_for_event("memory.changed", state="kept")
            ready = (await playground.request("GET", "/readyz")).json()
            assert ready == {"status": "ok", "memory": "kept"}
        events = await playground.events(after=0)
    with serving(data=tmp_path) as playground:
        assert (await playground.events(after=0))[: len(events)] == events


async def test_a_second_playground_goes_on_without_memory_and_tells_why(tmp_path: Path) -> None:
    with serving(data=tmp_path) as first:
        said = re.compile(
            rf"The data folder {re.escape(str(tmp_path))} belongs to the playground on "
            rf"http://127\.0\.0\.1:{first.port} \(process {first.program.pid}\)\. "
            r"This one goes on without memory\.\n"
        )
        with serving(data=tmp_path, may_say=said) as second:
            await second.start("udp/echo")
            told = (await second.events(after=0))[0]
            assert (told["type"], told["state"]) == ("memory.changed", "none")
            assert str(first.program.pid) in told["reason"]
        await first.start("udp/echo")
        assert len((await first.room())["runs"]) == 1
