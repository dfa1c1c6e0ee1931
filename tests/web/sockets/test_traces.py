"""The WebSocket of `socketlab trace --room`: another lifeline, or a clear refusal."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from tests.labs.programs import WAIT_S
from tests.server import Playground, serving
from tests.web.protocol.raw import TEXT, connected, frame

PATH = "/ws/rooms/local/trace"


def hello(**more: Any) -> str:
    said = {"program": "mine.py", "args": ["x"], "pid": 42, **more}
    return json.dumps({"t": time.monotonic(), **said})


def call(n: int) -> dict[str, Any]:
    fields = {"type": "call", "t": time.monotonic(), "run": "trace", "call": "recv", "n": n}
    return {**fields, "socket": 1, "transport": "tcp", "thread": "MainThread", "tid": 1}


async def begin(websocket: ClientConnection) -> str:
    """Say hello; return the id of the run."""
    await websocket.send(hello())
    run: str = json.loads(await asyncio.wait_for(websocket.recv(), WAIT_S))["run"]
    return run


async def closed(websocket: ClientConnection) -> tuple[int, str]:
    """Wait until the playground hangs up; return code and reason."""
    await asyncio.wait_for(websocket.wait_closed(), WAIT_S)
    assert websocket.close_code is not None
    assert websocket.close_reason is not None
    return websocket.close_code, websocket.close_reason


async def test_a_program_of_ones_own_is_told_from_its_start_to_its_end(
    playground: Playground,
) -> None:
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        await websocket.send(json.dumps([call(1), call(2)]))
        await websocket.send(json.dumps({"exit_status": 3}))
        await playground.wait_for_event("run.exited", run=run)
    events = [event for event in await playground.events() if event.get("run") == run]
    assert [event["type"] for event in events] == ["run.started", "call", "call", "run.exited"]
    assert events[0]["lab"] == ""
    assert (events[0]["program"], events[0]["args"], events[0]["pid"]) == ("mine.py", ["x"], 42)
    assert events[-1]["exit_status"] == 3


async def test_it_is_no_run_that_anybody_here_can_stop(playground: Playground) -> None:
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        assert run not in [one["id"] for one in (await playground.room())["runs"]]
        response = await playground.request("DELETE", f"/api/rooms/local/runs/{run}")
        assert response.status_code == 404
        ours = await playground.start("udp/echo")
        assert ours["id"] != run
        await playground.stop(ours)


async def test_its_end_is_told_when_the_connection_goes(playground: Playground) -> None:
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        websocket.transport.abort()
    end = await playground.wait_for_event("run.exited", run=run)
    assert "exit_status" not in end  # nobody knows it


@pytest.mark.parametrize("message", ["", "{}", "[]", hello(pid="x", t=1), hello(more=1, t=1)])
async def test_a_malformed_hello_is_refused_with_words(
    playground: Playground, message: str
) -> None:
    before = (await playground.room())["last_seq"]
    async with playground.connect(PATH) as websocket:
        await websocket.send(message)
        code, reason = await closed(websocket)
    assert code == 1007
    assert reason.startswith("The first message is to name the program")
    assert (await playground.room())["last_seq"] == before


NESTED = '[{"type": "call", "more": ' + "[" * 60_000 + "]" * 60_000 + "}]"


@pytest.mark.parametrize("message", ["{", "5", '["', '{"exit_status": 0.5}', NESTED])
async def test_a_malformed_message_ends_it(playground: Playground, message: str) -> None:
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        await websocket.send(json.dumps([call(1)]))
        await websocket.send(message)
        code, reason = await closed(websocket)
    assert code == 1007
    assert reason.startswith("Expected a list of events, or the end")
    assert await playground.wait_for_event("run.exited", run=run)


async def test_nothing_is_taken_after_a_message_that_ends_it(playground: Playground) -> None:
    with connected(playground) as connection:
        connection.open(PATH)
        connection.send(frame(TEXT, hello().encode()))
        run = json.loads(connection.frame()[1])["run"]
        said = (json.dumps([call(1)]), "5", json.dumps([call(2)]), json.dumps({"exit_status": 0}))
        connection.send(b"".join(frame(TEXT, text.encode()) for text in said))
        assert connection.closed_with()[0] == 1007
    end = await playground.wait_for_event("run.exited", run=run)
    assert "exit_status" not in end
    told = [event for event in await playground.events() if event.get("run") == run]
    assert [event.get("n") for event in told if event["type"] == "call"] == [1]


async def test_an_event_that_is_none_costs_itself_only(playground: Playground) -> None:
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        more: list[dict[str, object]] = [{"line": -1}, {"backlog": "5"}, {"data": "?"}]
        odd = [{"type": "output"}, *({**call(1), **each} for each in more)]
        await websocket.send(json.dumps([*odd, call(4)]))
        await websocket.send(json.dumps([call(5)]))
        lost = await playground.wait_for_event("dropped", run=run)
        assert (lost["count"], lost["what"]) == (4, "calls")
        assert await playground.wait_for_event("call", run=run, n=5)


async def test_bytes_are_refused(playground: Playground) -> None:
    async with playground.connect(PATH) as websocket:
        await websocket.send(b"{}")
        assert (await closed(websocket))[0] == 1003
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        await websocket.send(b"[]")
        assert (await closed(websocket))[0] == 1003
    assert await playground.wait_for_event("run.exited", run=run)


async def test_a_message_that_is_too_large_ends_it(playground: Playground) -> None:
    async with playground.connect(PATH) as websocket:
        run = await begin(websocket)
        await websocket.send("[" + " " * 200_000 + "]")
        assert (await closed(websocket))[0] == 1009
    assert await playground.wait_for_event("run.exited", run=run)


async def test_a_room_that_does_not_exist_is_refused(playground: Playground) -> None:
    with pytest.raises(InvalidStatus):
        async with playground.connect("/ws/rooms/none/trace"):
            pass


async def test_a_page_of_another_site_is_refused(playground: Playground) -> None:
    with pytest.raises(InvalidStatus):
        async with playground.connect(PATH, origin="http://evil.example"):
            pass


async def test_more_than_the_rate_is_counted() -> None:
    with serving(trace_events_rate=20) as playground:
        async with playground.connect(PATH) as websocket:
            run = await begin(websocket)
            await websocket.send(json.dumps([call(n) for n in range(300)]))
            await websocket.send(json.dumps({"exit_status": 0}))
            await playground.wait_for_event("run.exited", run=run)
        events = await playground.events()
        told = sum(event["type"] == "call" for event in events)
        dropped = sum(event["count"] for event in events if event["type"] == "dropped")
        assert 80 <= told < 120
        assert told + dropped == 300


async def test_one_program_too_many_is_refused_and_room_comes_again() -> None:
    with serving(runs_per_room=1) as playground:
        async with playground.connect(PATH) as first:
            run = await begin(first)
            async with playground.connect(PATH) as second:
                await second.send(hello())
                assert (await closed(second))[0] == 1013
        await playground.wait_for_event("run.exited", run=run)
        async with playground.connect(PATH) as third:
            await begin(third)
