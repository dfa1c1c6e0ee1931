"""Behind real proxies with TLS, at the root and under a path: pages, WebSockets, the bridge, waits.

The proxies are set up with the very lines of docs/hosting.md.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from backend.runtime.doctor.through import look_through
from tests.certificate import make_certificate
from tests.classroom import Member, hosting, join, make_room
from tests.labs.programs import WAIT_S
from tests.peers import Peer
from tests.ports import unused_port
from tests.server import Playground
from tests.soak.proxies import Front, is_here, proxy

pytestmark = pytest.mark.soak

PATH = "/sockets"  # as the document names it
CASES = {"caddy": "", "caddy-path": PATH, "caddy-strip": PATH, "nginx": "", "apache": ""}
LINK = re.compile(r'(?:href|src|action)="(/[^"]*)"')
STREAM = bytes(range(256)) * 2000


@dataclass(frozen=True)
class Behind:
    """A playground as its people see it: through a proxy, at this base."""

    playground: Playground
    base: str


def cases() -> list[object]:
    """Return the cases, those of proxies that are not on this machine marked to be skipped."""
    return [
        pytest.param(name, marks=() if is_here(name) else pytest.mark.skip(f"{name} is not here"))
        for name in CASES
    ]


@pytest.fixture(scope="module", params=cases())
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp(request.param)
    certificate = make_certificate(folder)
    port, base = unused_port(), CASES[request.param]
    public_url = f"https://localhost:{port}{base}"
    with hosting(public_url=public_url, trusted_proxy='["127.0.0.1"]') as playground:
        upstream = f"127.0.0.1:{playground.port}"
        with proxy(request.param, Front(port, upstream, certificate, folder)):
            playground.url = public_url
            playground.tls = {"ssl": certificate.trust}
            yield Behind(playground, base)


@pytest.fixture
async def host(behind: Behind) -> Member:
    return await make_room(behind.playground)


async def test_pages_and_all_that_they_load_are_there(behind: Behind, host: Member) -> None:
    for path in (f"/r/{host.room}", f"/r/{host.room}/labs/udp/echo", "/api/docs", "/nowhere"):
        page = await behind.playground.request("GET", path)
        assert page.status_code == (404 if path == "/nowhere" else 200), path
        links = LINK.findall(page.text)
        assert [link for link in links if not link.startswith(f"{behind.base}/")] == []
        for link in {each for each in links if "/static/" in each}:
            file = await behind.playground.request("GET", link.removeprefix(behind.base))
            assert file.status_code == 200, link
            assert "immutable" in file.headers["cache-control"]


async def test_redirects_stay_at_the_public_address(behind: Behind) -> None:
    answer = await behind.playground.request("GET", "/replay/")
    assert answer.status_code == 307
    assert answer.headers["location"] in (
        f"{behind.base}/replay",
        f"{behind.playground.url}/replay",  # some proxies write it out
    )


async def test_a_guest_talks_to_a_lab_and_everybody_sees_it(host: Member) -> None:
    guest = await join(host, "Ann")
    run = await host.start("tcp/echo", port=0)
    async with guest.view() as viewer, guest.client(run) as peer:
        sending = asyncio.create_task(_send_all(peer))
        got = bytearray()
        while len(got) < len(STREAM):
            got += await asyncio.wait_for(peer.data(), WAIT_S)
        await sending
        assert bytes(got) == STREAM
        seen: set[str] = set()
        while not {"client.opened", "client.sent", "client.received"} <= seen:
            batch = await asyncio.wait_for(viewer.recv(), WAIT_S)
            seen |= {event["type"] for event in json.loads(batch)}


async def _send_all(peer: Peer) -> None:
    for start in range(0, len(STREAM), 16_384):
        piece = STREAM[start : start + 16_384]
        await peer.websocket.send(piece)
        await asyncio.sleep(0.01)


async def test_datagrams_keep_their_borders(host: Member) -> None:
    run = await host.start("udp/echo", port=0)
    async with host.client(run) as peer:
        for size in (1, 1000, 1):
            await peer.send(b"x" * size)
            assert len(await asyncio.wait_for(peer.data(), WAIT_S)) == size


async def test_who_waits_for_events_gets_them_when_they_come(host: Member) -> None:
    last, seen = (await host.info())["last_seq"], set()
    starting = asyncio.create_task(_start_soon(host))
    async with asyncio.timeout(WAIT_S):
        while "run.started" not in seen:
            answer = await host.ask("GET", f"events?after={last}&wait_s=20")
            assert answer.status_code == 200
            events = [json.loads(line) for line in answer.text.splitlines()]
            seen |= {event["type"] for event in events}
            last = events[-1]["seq"]
    await starting


async def _start_soon(host: Member) -> None:
    await asyncio.sleep(0.5)  # so that somebody waits by then
    await host.start("threads/sleeper", "demo")


@pytest.mark.parametrize("origin", ["https://localhost", "http://127.0.0.1:8000", "null"])
async def test_pages_of_others_are_refused(behind: Behind, host: Member, origin: str) -> None:
    refused = await host.ask("GET", headers={"origin": origin})
    assert refused.status_code == 403
    own = behind.playground.url.removesuffix(behind.base)
    assert (await host.ask("GET", headers={"origin": own})).status_code == 200


async def test_the_doctor_finds_nothing_that_is_wrong(behind: Behind) -> None:
    found = await asyncio.to_thread(lambda: list(look_through(behind.playground.url, None)))
    assert [each.code for each in found] == [
        "certificate_unknown",  # nobody else has signed it
        "url_leads_here",
        "clock_right",
        "caller_seen",
        "websocket_works",
        "waiting_works",
    ]


async def test_a_caller_cannot_choose_their_address(behind: Behind) -> None:
    headers = {"x-forwarded-for": "192.0.2.66", "forwarded": "for=192.0.2.66"}
    way = httpx.AsyncHTTPTransport(verify=False, local_address="127.0.0.5")  # no proxy's address
    async with httpx.AsyncClient(transport=way) as client:
        answer = await client.get(f"{behind.playground.url}/api/echo", headers=headers)
    assert answer.json()["caller"] == "127.0.0.5"
