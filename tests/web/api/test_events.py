"""The timeline as JSON lines: whole, in order, from where a reader left it."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest

from tests.labs.programs import WAIT_S
from tests.server import ROOM, Event, Playground, serving
from tests.web.viewing import make_events


async def test_the_timeline_as_json_lines_has_every_number_once(playground: Playground) -> None:
    await make_events(playground, 40)
    events = await playground.events(after=0)
    assert [event["seq"] for event in events] == [*range(1, len(events) + 1)]
    assert len(events) == (await playground.room())["last_seq"]


async def test_json_lines_keep_to_limit_and_after(playground: Playground) -> None:
    await make_events(playground, 40)
    everything = await playground.events(after=0)
    got: list[Event] = []
    while page := await playground.events(after=len(got), limit=7):
        assert len(page) <= 7
        got += page
    assert got == everything
    assert await playground.events(after=len(everything)) == []


@pytest.mark.parametrize(
    "query",
    [
        *("wait_s=-1", "wait_s=x", "wait_s=nan", "wait_s=inf"),
        *("after=-1", "after=x", "after=1.5", "limit=0", "limit=-5", "limit=100001", "limit="),
        "epoch=" + "x" * 65,
    ],
)
async def test_numbers_that_cannot_be_are_refused(playground: Playground, query: str) -> None:
    response = await playground.request("GET", f"{ROOM}/events?{query}")
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"


async def test_json_lines_are_declared_as_such(playground: Playground) -> None:
    response = await playground.request("GET", f"{ROOM}/events")
    assert response.headers["content-type"].startswith("application/x-ndjson")


async def test_whoever_reads_line_by_line_gets_an_event_a_line(playground: Playground) -> None:
    run = await playground.start("threads/typed", "demo")
    text = "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i"
    assert (await playground.type(run, text=text)).status_code == 204
    await playground.stop(run)
    for path in (f"{ROOM}/events?after={playground.since}", f"{ROOM}/recording"):
        with httpx.stream("GET", playground.url + path, trust_env=False) as response:
            events = [json.loads(line) for line in response.iter_lines()]
        assert [one["text"] for one in events if one.get("stream") == "stdin"][-1] == text


# Waiting


async def test_who_waits_is_answered_with_what_comes_next(playground: Playground) -> None:
    last = (await playground.room())["last_seq"]
    waiting = asyncio.create_task(
        playground.request("GET", f"{ROOM}/events?after={last}&wait_s=20")
    )
    done, _ = await asyncio.wait({waiting}, timeout=0.3)
    assert not done
    run = await playground.start("udp/echo")
    lines = (await asyncio.wait_for(waiting, WAIT_S)).text.splitlines()
    first = json.loads(lines[0])
    assert (first["seq"], first["type"], first["run"]) == (last + 1, "run.started", run["id"])
    await playground.stop(run)


async def test_who_waits_in_vain_gets_an_empty_answer_in_time(playground: Playground) -> None:
    last = (await playground.room())["last_seq"]
    began = time.monotonic()
    answer = await playground.request("GET", f"{ROOM}/events?after={last}&wait_s=0.4")
    assert (answer.status_code, answer.text) == (200, "")
    assert 0.4 <= time.monotonic() - began < WAIT_S


async def test_nobody_waits_longer_than_the_bound() -> None:
    with serving(wait_limit_s=0.3) as playground:
        answer = await playground.request("GET", f"{ROOM}/events?wait_s=1e9")
        assert (answer.status_code, answer.text) == (200, "")


async def test_who_has_another_history_does_not_wait(playground: Playground) -> None:
    last = (await playground.room())["last_seq"]
    query = f"after={last}&epoch=another&wait_s=20"
    answer = await asyncio.wait_for(playground.request("GET", f"{ROOM}/events?{query}"), WAIT_S)
    assert json.loads(answer.text.splitlines()[0])["type"] == "gap"


async def test_who_waits_again_and_again_gets_every_event_once(playground: Playground) -> None:
    making = asyncio.create_task(make_events(playground, 300))
    got: list[Event] = []
    async with asyncio.timeout(WAIT_S):
        while not (got and got[-1]["type"] == "run.exited"):
            query = f"after={playground.since + len(got)}&wait_s=20&limit=50"
            answer = await playground.request("GET", f"{ROOM}/events?{query}")
            got += [json.loads(line) for line in answer.text.splitlines()]
    await making
    assert got == await playground.events()


async def test_who_waits_is_a_viewer_and_those_are_bounded() -> None:
    with serving(viewers_per_room=1) as playground:
        async with playground.view(after=0):
            await make_events(playground, 2)
            answer = await playground.request("GET", f"{ROOM}/events?wait_s=1")
        assert (answer.status_code, answer.json()["error"]["code"]) == (429, "limit")
