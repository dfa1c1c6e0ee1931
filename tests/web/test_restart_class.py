"""A class after a restart: its rooms, people, credentials and desks are there."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path

import psutil

from tests.classroom import Member, hosting, join, make_room
from tests.server import Playground


def again(member: Member, playground: Playground) -> Member:
    """Return the same person, of a playground that was started anew."""
    return replace(member, playground=playground)


def by_name(people: list[dict[str, object]]) -> dict[object, dict[str, object]]:
    return {person["name"]: {**person, "online": False} for person in people}


async def test_a_room_comes_back_with_its_people_policy_door_and_code(tmp_path: Path) -> None:
    with hosting(data=tmp_path) as playground:
        host = await make_room(playground, policy="own_desks")
        ann, bob = await join(host, "Аня"), await join(host, "Bob")
        left = await join(host, "Gone")
        await host.ask("PATCH", f"people/{bob.id}", json={"muted": True, "name": "Bobby"})
        await host.ask("DELETE", f"people/{left.id}")
        run = await ann.start("udp/echo", room=ann.desk, port=0)
        await host.ask("PATCH", json={"name": "Another", "locked": True})
        await host.ask("PATCH", json={"shown": {"room": ann.desk, "lab": "udp/echo"}})
        await host.ask("PUT", "peers/127.0.0.1:7", json={"name": "Teacher's nc"})
        before = await host.info()
    with hosting(data=tmp_path) as playground:
        host, ann, bob = (again(each, playground) for each in (host, ann, bob))
        after = await host.info()
        for field in ("id", "code", "name", "policy", "locked", "shown", "peers", "epoch"):
            assert after[field] == before[field], field
        assert by_name(after["people"]) == by_name(before["people"])
        assert [person["name"] for person in after["people"]] == ["Host", "Аня", "Bobby"]
        assert after["people"][2]["muted"]
        assert (await again(left, playground).ask("GET")).status_code == 401
        answer = await ann.ask("GET", f"/api/rooms/{ann.desk}/runs/{run['id']}")
        assert (answer.json()["state"], answer.json()["error"]["code"]) == ("exited", "restarted")
        answer = await ann.ask("POST", f"/api/rooms/{ann.desk}/runs/{run['id']}/again")
        assert (answer.status_code, answer.json()["state"]) == (201, "listening")
        await host.ask("PATCH", json={"locked": False})
        newcomer = await join(host, "New")
        assert newcomer.id not in {host.id, ann.id, bob.id, left.id}


async def test_what_was_answered_before_a_kill_is_there(tmp_path: Path) -> None:
    with hosting(data=tmp_path, ends_with=-signal.SIGKILL) as playground:
        host = await make_room(playground)
        ann = await join(host, "Ann")
        assert (await host.ask("POST", f"people/{ann.id}/token")).status_code == 201
        bob = await join(host, "Bob")
        await host.ask("PATCH", json={"policy": "watch"})
        await host.ask("PATCH", f"people/{bob.id}", json={"muted": True})
        os.kill(playground.program.pid, signal.SIGKILL)
    with hosting(data=tmp_path) as playground:
        info = await again(host, playground).info()
        assert info["policy"] == "watch"
        assert [(each["name"], each["muted"]) for each in info["people"]] == [
            ("Host", False),
            ("Ann", False),
            ("Bob", True),
        ]
        assert (await again(bob, playground).ask("GET")).status_code == 200
        assert (await again(ann, playground).ask("GET")).status_code == 401  # a token of before


async def test_a_closed_room_does_not_come_back(tmp_path: Path) -> None:
    with hosting(data=tmp_path) as playground:
        host = await make_room(playground, policy="own_desks")
        ann = await join(host, "Ann")
        await ann.start("udp/echo", room=ann.desk, port=0)
        assert (await host.ask("DELETE")).status_code == 204
    with hosting(data=tmp_path) as playground:
        for path in (host.path, f"/api/rooms/{ann.desk}"):
            answer = await again(host, playground).ask("GET", path)
            assert answer.status_code == 404


async def test_nobody_is_online_after_a_kill_who_has_not_come_back(tmp_path: Path) -> None:
    with hosting(data=tmp_path, ends_with=-signal.SIGKILL) as playground:
        host = await make_room(playground)
        ann = await join(host, "Ann")
        async with ann.view() as viewer:
            told = ""
            while '"person.online"' not in told:
                told += str(await viewer.recv())
            await join(host, "Bob")  # kept after what came before it
            os.kill(playground.program.pid, signal.SIGKILL)
    with hosting(data=tmp_path) as playground:
        host = again(host, playground)
        assert not any(person["online"] for person in (await host.info())["people"])
        answer = await host.ask("GET", "events")
        lines = [line for line in answer.text.splitlines() if '"person.online"' in line]
        assert '"online":true' in lines[0]
        assert '"online":false' in lines[-1]


async def test_a_full_disk_lets_nobody_in_unkept_but_holds_back_whom_the_host_mutes(
    tmp_path: Path,
) -> None:
    warned = re.compile(r"(.*WARNING Socket Lab (does not remember|remembers again).*\n)*")
    with hosting(data=tmp_path, store_patience_s=0.5, may_say=warned) as playground:
        host = await make_room(playground)
        ann = await join(host, "Ann")
        process = psutil.Process(playground.program.pid)
        _soft, hard = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (4096, hard))
        answer = await playground.request("POST", f"{host.path}/people", json={"name": "Bob"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_kept")
        answer = await host.ask("PATCH", f"people/{ann.id}", json={"muted": True})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_kept")
        people = (await host.info())["people"]
        assert [(each["name"], each["muted"]) for each in people] == [
            ("Host", False),
            ("Ann", True),
        ]
        process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))
        answer = await playground.request("POST", f"{host.path}/people", json={"name": "Bob"})
        while answer.status_code == 503:
            answer = await playground.request("POST", f"{host.path}/people", json={"name": "Bob"})
        assert answer.status_code == 201
