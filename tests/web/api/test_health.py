"""Alive, ready, and in numbers: what an operator's programs ask."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from backend.app import create_app
from backend.settings import Settings
from backend.web.playground import playground_served_by
from tests.classroom import HOST_KEY, hosting, join, make_room
from tests.lab_folder import write_lab
from tests.server import Playground, serving


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    write_lab(tmp_path / "labs")
    app = create_app(Settings(labs_dir=tmp_path / "labs", port=8000, host_key=HOST_KEY))
    transport = ASGITransport(app=app, client=("127.0.0.1", 4711))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        client.app = app  # type: ignore[attr-defined]  # for the tests below
        yield client


async def test_who_is_alive_is_ready_until_the_end_or_without_labs(
    client: AsyncClient, tmp_path: Path
) -> None:
    assert (await client.get("/readyz")).status_code == 200
    (tmp_path / "labs").rename(tmp_path / "gone")
    assert (await client.get("/readyz")).status_code == 500
    (tmp_path / "gone").rename(tmp_path / "labs")
    await playground_served_by(client.app).close()  # type: ignore[attr-defined]
    ended = await client.get("/readyz")
    assert (ended.status_code, ended.json()["error"]["code"]) == (503, "shutting_down")
    assert (await client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"x-forwarded-for": "192.0.2.7"}, 401),
        ({"forwarded": "for=192.0.2.7"}, 401),
        ({"via": "1.1 proxy"}, 401),
        ({"x-forwarded-for": "192.0.2.7", "authorization": f"Bearer {HOST_KEY}"}, 200),
        ({"x-forwarded-for": "192.0.2.7", "authorization": "Bearer no"}, 401),
    ],
)
async def test_numbers_are_for_the_host_and_for_this_machine(
    client: AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert answer.text.startswith("# HELP" if status == 200 else '{"error"')


async def test_who_asks_from_elsewhere_has_to_hold_the_key(tmp_path: Path) -> None:
    write_lab(tmp_path / "labs")
    settings = Settings(labs_dir=tmp_path / "labs", host_key=HOST_KEY)
    transport = ASGITransport(app=create_app(settings), client=("192.0.2.7", 4711))
    async with AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        assert (await client.get("/metrics")).status_code == 401
        headers = {"authorization": f"Bearer {HOST_KEY}"}
        assert (await client.get("/metrics", headers=headers)).status_code == 200


def numbers_in(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def numbers(playground: Playground) -> dict[str, float]:
    answer = await playground.request("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return numbers_in(answer.text)


async def test_the_numbers_are_those_of_the_rooms() -> None:
    with hosting() as playground:
        host = await make_room(playground)
        guest = await join(host, "Ann")
        run = await host.start("tcp/echo", port=0)
        async with guest.view() as viewer, guest.client(run) as peer:
            await viewer.recv()
            await peer.send(b"x" * 1000)
            got = 0
            while got < 1000:
                got += len(await peer.data())
            seen = await numbers(playground)
            assert seen["socketlab_rooms"] == 1
            assert seen["socketlab_people_online"] == 1
            assert seen['socketlab_runs{state="listening"}'] == 1
            assert seen["socketlab_clients"] == 1
            assert seen["socketlab_viewers"] == 1
            assert seen['socketlab_bridge_bytes_total{way="sent"}'] == 1000
            assert seen['socketlab_bridge_bytes_total{way="received"}'] == 1000
            assert seen["socketlab_run_start_seconds_count"] == 1
            assert 0 < seen["socketlab_run_start_seconds_sum"] < 15
            assert seen['socketlab_run_start_seconds_bucket{le="+Inf"}'] == 1
            assert seen["process_resident_memory_bytes"] > 2**20
        await host.ask("DELETE", f"runs/{run['id']}")
        after = await numbers(playground)
        assert after['socketlab_runs{state="exited"}'] == 1
        assert after["socketlab_clients"] == 0
        assert after['socketlab_events_total{type="run.started"}'] == 1


async def test_no_number_names_anybody() -> None:
    with hosting() as playground:
        host = await make_room(playground)
        guest = await join(host, "Annabel")
        text = (await playground.request("GET", "/metrics")).text
        for word in ("Annabel", host.room, guest.id + '"', host.token, HOST_KEY):
            assert word not in text
        assert re.search(r'\{type="person.joined"\} 2', text)


async def test_the_doctor_s_questions_are_answered() -> None:
    with serving() as playground:
        first, second = await playground.get("/api/echo"), await playground.get("/api/echo")
        assert first["instance"] == second["instance"]
        assert (first["caller"], first["hidden_by"]) == ("127.0.0.1", None)
        hidden = await playground.get("/api/echo", headers={"x-forwarded-for": "192.0.2.7"})
        assert hidden["hidden_by"] == hidden["caller"] == "127.0.0.1"
        async with playground.connect("/ws/echo") as websocket:
            await websocket.send("here" + "x" * 1000)
            assert await websocket.recv() == "here" + "x" * 196
    with serving(trusted_proxy='["127.0.0.1"]') as playground:
        known = await playground.get("/api/echo", headers={"x-forwarded-for": "192.0.2.7"})
        assert (known["caller"], known["hidden_by"]) == ("192.0.2.7", None)


async def test_the_doctor_s_report_is_for_the_host() -> None:
    with hosting() as playground:
        host = await make_room(playground)
        guest = await join(host, "Ann")
        assert (await guest.ask("GET", "doctor")).status_code == 403
        report = (await host.ask("GET", "doctor")).json()
        codes = [each["code"] for each in report["findings"]]
        assert "labs_here" in codes
        assert "not_running" not in codes
