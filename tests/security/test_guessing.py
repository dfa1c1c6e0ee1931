"""Who guesses codes and keys soon has to wait, and nobody else with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.classroom import HOST_KEY, Json, hosting, join, make_room
from tests.server import Playground

LIMIT = 20


@pytest.fixture
def playground() -> Iterator[Playground]:
    with hosting() as served:
        yield served


async def guess_key(playground: Playground, key: str, **headers: str) -> tuple[int, Json]:
    response = await playground.request(
        "GET", "/api/rooms", headers={"authorization": f"Bearer {key}", **headers}
    )
    if response.status_code == 429:
        assert 1 <= int(response.headers["retry-after"]) <= 60
    answer: Json = response.json()
    return response.status_code, answer


async def guess_code(playground: Playground, code: str) -> int:
    response = await playground.request("POST", f"/api/rooms/{code}/people", json={"name": "G"})
    return response.status_code


async def test_after_twenty_wrong_keys_even_the_right_one_has_to_wait(
    playground: Playground,
) -> None:
    host = await make_room(playground)
    statuses = [(await guess_key(playground, f"{HOST_KEY}{n}"))[0] for n in range(LIMIT + 5)]
    assert statuses == [401] * LIMIT + [429] * 5
    status, answer = await guess_key(playground, HOST_KEY)
    assert (status, answer["error"]["code"]) == (429, "attempts")
    # Who is in already is not hurt by who guesses beside them.
    assert (await host.ask("GET")).status_code == 200
    assert (await host.ask("PATCH", json={"name": "Goes on"})).status_code == 200


async def test_codes_and_keys_are_counted_together(playground: Playground) -> None:
    host = await make_room(playground)
    code = (await host.info())["code"]
    await join(host, "In time")
    for number in range(LIMIT // 2):
        assert await guess_code(playground, f"no-room-{number}") == 404
        assert (await guess_key(playground, "wrong"))[0] == 401
    assert await guess_code(playground, code) == 429


async def test_nobody_is_another_address_because_they_say_so(playground: Playground) -> None:
    statuses = []
    for number in range(LIMIT + 1):
        address = f"198.51.100.{number}"
        status, _ = await guess_key(
            playground,
            "wrong",
            **{"x-forwarded-for": address, "forwarded": f"for={address}", "x-real-ip": address},
        )
        statuses.append(status)
    assert statuses == [401] * LIMIT + [429]
