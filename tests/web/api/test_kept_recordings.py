"""Recordings that a room keeps: named, listed, opened, deleted and brought back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.classroom import hosting, join, make_room
from tests.server import ROOM, Playground, serving

PATH = f"{ROOM}/recordings"


async def keep(playground: Playground, name: str) -> dict[str, Any]:
    answer = await playground.request("POST", PATH, json={"name": name})
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


async def names(playground: Playground) -> list[str]:
    return [each["name"] for each in (await playground.get(PATH))["recordings"]]


async def test_a_recording_is_kept_as_it_would_be_downloaded_now() -> None:
    with serving() as playground:
        run = await playground.start("udp/echo")
        async with playground.open_client(run) as client:
            await client.send("привет".encode())
            await client.data()
        await playground.stop(run)
        now = (await playground.request("GET", f"{ROOM}/recording")).content
        kept = await keep(playground, "  Урок  1 ")
        await playground.stop(await playground.start("tcp/echo"))
        answer = await playground.request("GET", f"{PATH}/{kept['id']}")
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.content.splitlines()[1:] == now.splitlines()[1:]
        assert (kept["name"], kept["room"], kept["labs"], kept["by"]) == (
            "Урок 1",
            "local",
            ["udp/echo"],
            None,
        )
        assert kept["size_bytes"] == len(answer.content)
        assert kept["events"] == len(now.splitlines()) - 1
        assert json.loads(answer.content.splitlines()[0])["type"] == "recording"


async def test_of_a_lab_its_present_take_is_kept_or_another() -> None:
    with serving() as playground:
        first = await playground.start("udp/echo")
        await playground.stop(first)
        await playground.request("POST", f"{ROOM}/takes", json={"lab": "udp/echo"})
        await playground.stop(await playground.start("tcp/echo"))
        second = await playground.start("udp/echo")
        await playground.stop(second)
        for take, run in ((None, second), (1, first)):
            body = {"name": "take", "lab": "udp/echo", **({} if take is None else {"take": take})}
            answer = await playground.request("POST", PATH, json=body)
            assert answer.status_code == 201, answer.text
            assert answer.json()["labs"] == ["udp/echo"]
            file = await playground.request("GET", f"{PATH}/{answer.json()['id']}")
            header = json.loads(file.content.splitlines()[0])
            assert header["take"] == (take or 2)
            assert [each["id"] for each in header["runs"]] == [run["id"]]


async def test_recordings_are_renamed_deleted_and_brought_back() -> None:
    with serving() as playground:
        first, second = await keep(playground, "one"), await keep(playground, "two")
        assert await names(playground) == ["two", "one"]
        path = f"{PATH}/{first['id']}"
        answer = await playground.request("PATCH", path, json={"name": "first"})
        assert answer.json() == {**first, "name": "first"}
        answer = await playground.request("DELETE", path)
        assert (answer.status_code, answer.json()["deleted"]) == (200, True)
        assert await names(playground) == ["two"]
        assert (await playground.request("GET", path)).status_code == 404
        answer = await playground.request("PATCH", path, json={"deleted": False})
        assert answer.json() == {**first, "name": "first"}
        assert await names(playground) == ["two", "first"]
        assert second["id"] != first["id"]


async def test_what_cannot_be_is_refused_in_words() -> None:
    with serving(recordings_per_room=1) as playground:
        await keep(playground, "one")
        for method, path, body, expected in (
            ("POST", PATH, {"name": "two"}, (429, "limit")),
            ("POST", PATH, {"name": " "}, (422, "invalid")),
            ("POST", PATH, {"name": "a\u202eb"}, (422, "invalid")),
            ("POST", PATH, {"name": "two", "lab": "no/lab"}, (404, "unknown_lab")),
            ("POST", PATH, {"name": "two", "take": 1}, (422, "invalid")),
            ("GET", f"{PATH}/nothing", None, (404, "unknown_recording")),
            ("DELETE", f"{PATH}/nothing", None, (404, "unknown_recording")),
            ("PATCH", f"{PATH}/nothing", {"name": "x"}, (404, "unknown_recording")),
            ("GET", "/api/rooms/nowhere/recordings", None, (404, "unknown_room")),
        ):
            answer = await playground.request(method, path, json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == expected, path


async def test_recordings_are_there_after_a_restart(tmp_path: Path) -> None:
    with serving(data=tmp_path) as playground:
        await playground.stop(await playground.start("udp/echo"))
        kept = await keep(playground, "one")
        content = (await playground.request("GET", f"{PATH}/{kept['id']}")).content
    with serving(data=tmp_path) as playground:
        assert (await playground.get(PATH))["recordings"] == [kept]
        assert (await playground.request("GET", f"{PATH}/{kept['id']}")).content == content


async def test_the_host_keeps_and_guests_of_the_room_open() -> None:
    with hosting() as playground:
        host = await make_room(playground)
        guest, stranger = await join(host, "Ann"), await make_room(playground)
        answer = await host.ask("POST", "recordings", json={"name": "one"})
        assert (answer.status_code, answer.json()["by"]) == (201, host.id)
        path = f"{host.path}/recordings/{answer.json()['id']}"
        assert (await guest.ask("GET", path)).status_code == 200
        assert (await guest.ask("GET", "recordings")).json()["recordings"] == [answer.json()]
        assert (await stranger.ask("GET", path)).status_code == 401
        assert (await playground.request("GET", path)).status_code == 401
        assert (await guest.ask("DELETE", path)).status_code == 403
        assert (await guest.ask("POST", "recordings", json={"name": "x"})).status_code == 403


class TestDrafts:
    @pytest.fixture
    def path(self) -> str:
        return f"{ROOM}/drafts/udp/echo/my_server.py"

    async def test_a_draft_is_kept_shown_and_forgotten(self, path: str, tmp_path: Path) -> None:
        with serving(data=tmp_path) as playground:
            answer = await playground.request("GET", path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_draft")
            for text in ("first", "import socket\n# ещё\n"):
                answer = await playground.request("PUT", path, json={"text": text})
                assert answer.status_code == 200, answer.text
        with serving(data=tmp_path) as playground:
            assert await playground.get(path) == answer.json()
            assert answer.json()["text"] == "import socket\n# ещё\n"
            for _ in range(2):
                assert (await playground.request("DELETE", path)).status_code == 204
            assert (await playground.request("GET", path)).status_code == 404

    async def test_what_cannot_be_a_draft_is_refused(self, path: str) -> None:
        with serving(draft_limit_bytes=10, drafts_per_person=1) as playground:
            assert (await playground.request("PUT", path, json={"text": "x" * 10})).is_success
            for text in ("x" * 11, "ж" * 6, "\ud800"):
                body = json.dumps({"text": text}).encode()
                answer = await playground.request(
                    "PUT", path, content=body, headers={"content-type": "application/json"}
                )
                assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
            other = path.replace("my_server", "other")
            answer = await playground.request("PUT", other, json={"text": ""})
            assert (answer.status_code, answer.json()["error"]["code"]) == (429, "limit")
            for wrong, code in (
                (path.replace("udp/echo", "no/lab"), "unknown_lab"),
                (path.replace("my_server.py", "-rf"), "invalid"),
                (path.replace("my_server.py", "x" * 65), "invalid"),
            ):
                answer = await playground.request("PUT", wrong, json={"text": ""})
                assert answer.json()["error"]["code"] == code

    async def test_everybody_has_drafts_of_their_own(self) -> None:
        with hosting() as playground:
            host = await make_room(playground, policy="own_desks")
            ann, bob = await join(host, "Ann"), await join(host, "Bob")
            for member in (ann, bob):
                path = f"/api/rooms/{member.desk}/drafts/udp/echo/a.py"
                answer = await member.ask("PUT", path, json={"text": member.id})
                assert answer.status_code == 200, answer.text
            theirs = f"/api/rooms/{ann.desk}/drafts/udp/echo/a.py"
            assert (await ann.ask("GET", theirs)).json()["text"] == ann.id
            assert (await bob.ask("GET", theirs)).status_code == 403
            assert (
                await host.ask("GET", theirs)
            ).status_code == 404  # the host's own, of that name
