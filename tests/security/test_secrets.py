"""No token and no host key stands where anybody reads: logs, answers, addresses, what is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from backend.domain.people import hash_of
from tests.classroom import HOST_KEY, Member, hosting, join, make_room
from tests.labs.programs import WAIT_S

ANYTHING = re.compile(r"[\s\S]*")  # what the log says is looked at here
HELLO = {"program": "mine.py", "args": [], "pid": 1, "t": 0.0}


def forms_of(secret: str) -> list[bytes]:
    """Return how a secret may stand somewhere: as it is, or encoded."""
    plain = secret.encode()
    encoded = [b64encode(plain), urlsafe_b64encode(plain), plain.hex().encode()]
    return [plain, quote(secret).encode(), *encoded]


def hidden(secrets: list[str], text: str | bytes, where: str) -> None:
    data = text.encode() if isinstance(text, str) else text
    for number, secret in enumerate(secrets):
        found = [form for form in forms_of(secret) if form in data]
        assert not found, f"secret {number} in {where}"


async def answers_of(host: Member, guest: Member) -> dict[str, str]:
    """Ask for everything that shows something; and wrongly, with secrets where none are to be."""
    client = httpx.AsyncClient(base_url=host.playground.url, trust_env=False, timeout=WAIT_S)
    bearer = {"authorization": f"Bearer {host.token}"}
    got = {}
    async with client:
        for path in ("", "/events", "/recording", "/people/me", "/desks", "/invitation"):
            answer = await client.get(host.path + path, headers=bearer)
            got[path or "room"] = answer.text + str(answer.headers)
        for path in (
            "/",
            f"/r/{host.room}",
            "/metrics",
            "/api/openapi.json",
            "/healthz",
            "/readyz",
        ):
            got[path] = (await client.get(path)).text
        wrong: dict[str, dict[str, Any]] = {
            "body": {"content": f'{{"name": "{guest.token}', "headers": {**bearer}},
            "type": {"content": "x", "headers": {**bearer, "content-type": "text/plain"}},
            "field": {"json": {"name": "N", "token": 1}, "headers": bearer},
        }
        for name, request in wrong.items():
            got[f"wrong {name}"] = (await client.patch(host.path, **request)).text.replace(
                guest.token if name == "body" else "\0", ""
            )
        for header in (f"Basic {host.token}", host.token, f"Bearer {host.token} {HOST_KEY}"):
            answer = await client.get(host.path, headers={"authorization": header})
            got[header[:5]] = answer.text + str(answer.headers)
        answer = await client.get(
            "/api/rooms/nowhere", headers={"authorization": f"Bearer {HOST_KEY}"}
        )
        got["nowhere"] = answer.text
        got["origin"] = (await client.get("/", headers={**bearer, "origin": "null"})).text
    return got


async def be_everywhere(host: Member, guest: Member) -> None:
    """Use credentials in all the ways in which they come."""
    run = await host.start("udp/echo", port=0)
    async with guest.client(run) as peer, guest.view() as viewer:
        await peer.send(b"hello")
        await peer.data()
        await viewer.recv()
    async with guest.connect(f"/ws/rooms/{host.room}/trace") as websocket:
        await websocket.send(json.dumps(HELLO))
        await websocket.recv()
        await websocket.send("no event")
        with contextlib.suppress(ConnectionClosed):
            await asyncio.wait_for(websocket.recv(), WAIT_S)
    for said in (f'{{"type": "hello", "token": "{guest.token}', f'{{"tokens": "{guest.token}"}}'):
        async with host.playground.connect(f"/ws/rooms/{host.room}/events") as websocket:
            await websocket.send(said)
            with contextlib.suppress(ConnectionClosed):
                await asyncio.wait_for(websocket.recv(), WAIT_S)
            assert websocket.close_reason == "unauthorized"
    opened = await guest.ask("POST", f"runs/{run['id']}/clients")
    assert opened.status_code == 201


@pytest.mark.parametrize("log_format", ["plain", "json"])
async def test_no_credential_stands_anywhere(tmp_path: Path, log_format: str) -> None:
    data = tmp_path / "data"
    with hosting(data=data, log_format=log_format, may_say=ANYTHING) as playground:
        host = await make_room(playground)
        guest = await join(host, "Guest")
        await be_everywhere(host, guest)
        renewed = await host.ask("POST", f"people/{guest.id}/token")
        secrets = [HOST_KEY, host.token, guest.token, renewed.json()["token"]]
        assert len(set(secrets)) == 4
        for where, text in (await answers_of(host, guest)).items():
            hidden(secrets, text, where)
    hidden(secrets, playground.program.errors, "the log")
    for path in data.rglob("*"):
        hidden(secrets, str(path), "a file's name")
        if path.is_file():
            hidden(secrets, path.read_bytes(), path.name)


async def test_only_the_hash_of_a_token_is_known_to_the_server() -> None:
    with hosting() as playground:
        host = await make_room(playground)
        for credential in (hash_of(host.token).hex(), hash_of(HOST_KEY).hex()):
            asked = await playground.request(
                "GET", host.path, headers={"authorization": f"Bearer {credential}"}
            )
            assert asked.status_code == 401
