"""A room: what it starts, what it counts, which addresses are its own."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.errors import (
    InvalidRequest,
    LimitReached,
    NotListening,
    UnknownLab,
    UnknownProgram,
    UnknownRoom,
    UnknownRun,
)
from backend.domain.room_info import ClientInfo
from backend.runtime.catalog import Catalog
from backend.runtime.room import Room
from backend.runtime.rooms import Rooms
from backend.settings import Settings
from tests.labs.programs import WAIT_S
from tests.launching import launcher
from tests.runtime.conftest import make_room
from tests.server import is_alive


async def test_runs_have_ids_of_their_own(room: Room) -> None:
    runs = await asyncio.gather(
        *(room.start_run("tcp/echo", "server", port=0, args=()) for _ in range(3))
    )
    assert {run.id for run in runs} == {"r1", "r2", "r3"}
    assert all(room.run(run.id) is run for run in runs)
    assert [run.id for run in room.info().runs] == ["r1", "r2", "r3"]


async def test_closing_a_room_stops_all_its_runs_at_once(room: Room) -> None:
    runs = [
        await room.start_run("tcp/echo", "server", port=0, args=()),
        await room.start_run("udp/echo", "server", port=0, args=()),
        await room.start_run("threads/sleeper", "demo", port=None, args=()),
    ]
    await asyncio.wait_for(room.close(), WAIT_S)
    assert [str(run.life.state) for run in runs] == ["exited"] * 3
    assert not any(is_alive(run.life.pid) for run in runs if run.life.pid)


async def test_what_does_not_exist_is_refused(room: Room, settings: Settings) -> None:
    with pytest.raises(UnknownLab):
        await room.start_run("udp/none", "server", port=None, args=())
    with pytest.raises(UnknownProgram):
        await room.start_run("tcp/echo", "demo", port=None, args=())
    with pytest.raises(InvalidRequest, match="no port"):
        await room.start_run("threads/sleeper", "demo", port=80, args=())
    with pytest.raises(UnknownRun):
        room.run("r1")
    rooms = Rooms(catalog=Catalog.read(settings.labs_dir), settings=settings, launcher=launcher())
    assert rooms.get("local").id == "local"
    with pytest.raises(UnknownRoom):
        rooms.get("elsewhere")
    assert room.info().runs == ()


@pytest.mark.parametrize(
    "args", [["x"] * 33, ["x" * 4097], ["й" * 2049], ["a\0b"], ["\ud800"], ["ok", "\0"]]
)
async def test_arguments_that_no_program_could_get_are_refused(room: Room, args: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        await room.start_run("tcp/echo", "server", port=0, args=args)
    assert room.info().runs == ()


async def test_arguments_of_every_other_kind_arrive(room: Room) -> None:
    args = ["", " ", "--", "-1", "'\"$(ls)", "й" * 2048, "\n", "\u202e", *["x"] * 24]
    run = await room.start_run("threads/status", "demo", port=None, args=["0", *args[1:]])
    assert run.order.args == ("0", *args[1:])


async def test_runs_that_start_count_too(room: Room, settings: Settings) -> None:
    small = make_room("small", settings.model_copy(update={"runs_per_room": 3}))
    results = await asyncio.gather(
        *(small.start_run("threads/sleeper", "demo", port=None, args=()) for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, LimitReached) for result in results) == 7
    await small.close()


async def test_only_addresses_of_living_runs_are_ours(room: Room) -> None:
    run = await room.start_run("udp/echo", "server", port=0, args=())
    assert run.life.address is not None
    assert room.runs.listens(*run.life.address)
    assert not room.runs.listens("127.0.0.1", 1)
    address = run.life.address
    await run.stop()
    assert not room.runs.listens(*address)


async def test_a_client_is_shown_while_it_is_held(room: Room) -> None:
    run = await room.start_run("udp/echo", "server", port=0, args=())
    with room.client(run):
        (client,) = room.info().clients
        assert client == ClientInfo(
            id="c1",
            run="r1",
            transport="udp",
            local=None,
            peer=f"127.0.0.1:{run.life.port}",
            number=1,
        )
    assert room.info().clients == ()
    await run.stop()
    with pytest.raises(NotListening), room.client(run):
        pass
