"""The invitation into a room: its code, the ways to its door, a QR code that says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import segno

from backend.settings import Settings
from backend.web.invitation import qr_code, ways_to
from tests.classroom import hosting, join, make_room
from tests.server import Playground


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with hosting() as served:
        yield served


async def test_everybody_in_the_room_can_invite(playground: Playground) -> None:
    host = await make_room(playground, policy="own_desks")
    guest = await join(host, "Anna")
    code = (await host.info())["code"]
    for answer in (
        await host.ask("GET", "invitation"),
        await guest.ask("GET", "invitation"),
        await guest.ask("GET", f"/api/rooms/{guest.desk}/invitation"),
    ):
        assert answer.status_code == 200, answer.text
        invitation = answer.json()
        assert invitation["code"] == code
        assert [way["link"] for way in invitation["ways"]] == [f"{playground.url}/join/{code}"]
    nobody = await playground.request("GET", f"{host.path}/invitation")
    assert nobody.status_code == 401


@pytest.mark.parametrize(
    ("settings", "links"),
    [
        ({"host": "0.0.0.0"}, ["http://192.0.2.7:8000/join/123456"]),
        ({"host": "192.0.2.9"}, ["http://192.0.2.9:8000/join/123456"]),
        (
            {"public_url": "https://lab.example/sockets"},
            ["https://lab.example/sockets/join/123456"],
        ),
    ],
)
def test_the_ways_are_the_addresses_that_lead_here(
    settings: dict[str, Any], links: list[str]
) -> None:
    ways = ways_to("123456", Settings(**settings), ["192.0.2.7", "2001:db8::7"])
    assert [way.link for way in ways] == links


def test_the_qr_code_is_drawn_as_it_is_made() -> None:
    text = "http://192.0.2.7:8000/join/123456"
    code = qr_code(text)
    drawn = [[0] * code.size for _ in range(code.size)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path):
        for at in range(int(x), int(x) + int(length)):
            drawn[int(y)][at] = 1
    made = segno.make(text, error="m", micro=False)
    assert drawn == [list(row) for row in made.matrix]
