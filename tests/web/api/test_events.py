"""The timeline as JSON lines: whole, in order, from where a reader left it."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.server import ROOM, Event, Playground
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
