"""Takes over HTTP: a lab's board is cleared, its clients count from 1, and all of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.peers import Way
from tests.server import ROOM, Playground, serving
from tests.web.api.answers import code_of
from tests.web.sockets.stage import both_ways, running


async def begin(playground: Playground, lab: str) -> int:
    answer = await playground.request("POST", f"{ROOM}/takes", json={"lab": lab})
    assert answer.status_code == 201, answer.text
    took = answer.json()
    assert took["lab"] == lab
    number: int = took["take"]
    return number


@both_ways
async def test_clients_are_counted_in_their_lab_and_from_1_in_each_take(way: Way) -> None:
    with serving() as playground:
        async with running(playground, "udp/echo") as udp, running(playground, "tcp/echo") as tcp:
            async with playground.open_client(udp, way) as first:
                async with (
                    playground.open_client(udp, way) as second,
                    playground.open_client(tcp, way) as other,
                ):
                    numbers = [each.opened["number"] for each in (first, second, other)]
                    assert numbers == [1, 2, 1]
                for each in (second, other):
                    await playground.wait_for_event("client.closed", client=each.opened["client"])
                assert await begin(playground, "udp/echo") == 2
                # Who is still connected keeps the number, and nobody else gets it.
                async with playground.open_client(udp, way) as third:
                    assert third.opened["number"] == 2
            assert await begin(playground, "udp/echo") == 3
            async with playground.open_client(udp, way) as fourth:
                assert fourth.opened["number"] == 1
            opened = [
                (event["run"] == udp["id"], event["number"])
                for event in await playground.events(after=0)
                if event["type"] == "client.opened"
            ]
            assert opened == [(True, 1), (True, 2), (False, 1), (True, 2), (True, 1)]
            assert (await playground.room())["takes"] == {"udp/echo": 3, "tcp/echo": 1}


async def test_a_demo_that_is_started_anew_begins_a_take(playground: Playground) -> None:
    lab = "threads/status"
    before = (await playground.room())["takes"].get(lab, 1)
    for _ in range(2):
        await playground.stop(await playground.start(lab, "demo"))
    began = (await playground.room())["takes"][lab]
    told = [
        event["take"]
        for event in await playground.events(after=0)
        if event["type"] == "take.began" and event["lab"] == lab
    ]
    assert began > before
    assert told[-1] == began


async def test_takes_go_on_after_a_restart(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        async with running(playground, "udp/echo") as run, playground.open_client(run):
            assert await begin(playground, "udp/echo") == 2
    with serving(data=tmp_path) as playground:
        assert (await playground.room())["takes"]["udp/echo"] == 2
        told = [event["type"] for event in await playground.events(after=0)]
        assert told.count("take.began") == 1
        assert await begin(playground, "udp/echo") == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"lab": "udp/nowhere"}, 404, "unknown_lab"),
        ({"lab": 5}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"lab": "udp/echo", "take": 9}, 422, "invalid"),
    ],
)
async def test_a_take_of_no_lab_is_refused(
    playground: Playground, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await playground.request("POST", f"{ROOM}/takes", json=body)
    assert (answer.status_code, code_of(answer)) == (status, code)
