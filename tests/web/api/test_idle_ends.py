"""What nobody uses in a hosted playground ends, announced; what somebody uses stays."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.classroom import Member, hosting, join, make_room
from tests.labs.programs import WAIT_S


async def events_of(member: Member, room: str) -> list[dict[str, Any]]:
    """Return the timeline; to ask for it once is not to look at the room."""
    answer = await member.ask("GET", f"/api/rooms/{room}/events")
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def told(member: Member, room: str, kind: str, *, count: int = 1) -> list[dict[str, Any]]:
    """Wait until the timeline has told this so often."""
    async with asyncio.timeout(WAIT_S):
        while True:
            found = [each for each in await events_of(member, room) if each["type"] == kind]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.1)


async def test_a_program_that_nobody_uses_ends_after_its_notice() -> None:
    with hosting(run_idle_s=1.0, idle_notice_s=0.4) as playground:
        host = await make_room(playground, policy="own_desks")
        guest = await join(host, "Anna")
        run = await guest.start("udp/echo", room=guest.desk)
        await told(guest, guest.desk, "run.exited")
        kinds = [event["type"] for event in await events_of(guest, guest.desk)]
        own = [kind for kind in kinds if kind.startswith("run.")]
        assert own[-3:] == ["run.ending", "run.stopping", "run.exited"]
        (ending,) = await told(guest, guest.desk, "run.ending")
        assert 0 < ending["in_s"] <= 0.4 + 1e-6
        assert (await guest.ask("GET", f"/api/rooms/{guest.desk}/runs/{run['id']}")).json()[
            "state"
        ] == "exited"


async def test_a_program_that_is_used_after_its_notice_stays() -> None:
    with hosting(run_idle_s=30.0, idle_notice_s=29.5) as playground:
        host = await make_room(playground)
        run = await host.start("udp/echo", port=0)
        await told(host, host.room, "run.ending")
        async with host.client(run) as client:
            await client.websocket.send(b"still here")
            endings = await told(host, host.room, "run.ending", count=2)
        assert "in_s" in endings[0]
        assert "in_s" not in endings[1]


async def test_a_program_that_somebody_looks_at_is_in_use() -> None:
    with hosting(run_idle_s=0.5, idle_notice_s=0.2) as playground:
        host = await make_room(playground)
        async with host.view():
            run = await host.start("udp/echo", port=0)
            await asyncio.sleep(1.5)  # three times what would end it
            info = await host.info()
            assert [each["state"] for each in info["runs"]] == ["listening"]
            assert not [e for e in await events_of(host, host.room) if e["type"] == "run.ending"]
        await told(host, host.room, "run.exited")
        assert run["state"] == "listening"


async def test_a_room_in_which_nobody_is_ends_after_its_notice() -> None:
    with hosting(room_idle_s=1.0, idle_notice_s=0.5) as playground:
        host = await make_room(playground)
        closing = await told(host, host.room, "room.closing")
        assert 0 < closing[0]["in_s"] <= 0.5 + 1e-6
        assert closing[0]["reason"] == "nobody has used it for 1 s"
        async with asyncio.timeout(WAIT_S):
            while (await host.ask("GET")).status_code == 200:
                await asyncio.sleep(0.1)
        assert (await host.ask("GET")).status_code in (401, 404)
